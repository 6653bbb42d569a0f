import re
from collections import Counter

import pytest

from stillwatch.worlds.clients import ACCESS_PATHS, TOOLS, draw_habits, draw_own_stack, draw_stack
from stillwatch.worlds.seeds import generator

CLIENTS = ("chat", "sdk", "agent")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_few_stacks_are_popular_and_some_are_rare(client):
    rng = generator(1)
    seen = Counter(draw_stack(rng, client).ja4 for _ in range(3000))
    assert max(seen.values()) > 60
    assert 60 < sum(count == 1 for count in seen.values()) < 400


@pytest.mark.parametrize("client", CLIENTS)
def test_a_stack_is_written_as_programs_write_theirs(client):
    rng = generator(3)
    for stack in (draw_stack(rng, client) for _ in range(300)):
        assert re.fullmatch(r"t13d\d{4}h[12]_[0-9a-f]{12}_[0-9a-f]{12}", stack.ja4)
        assert not re.search(r"[{}]", stack.user_agent)


def test_programs_of_one_kind_are_not_those_of_another():
    rng = generator(4)
    chat, sdk = ({draw_stack(rng, client).ja4 for _ in range(500)} for client in ("chat", "sdk"))
    assert not chat & sdk


def test_a_program_that_somebody_made_is_written_as_the_others_and_is_no_other():
    rng = generator(5)
    made = [draw_own_stack(rng, "cli") for _ in range(300)]
    assert len({stack.ja4 for stack in made}) == 300
    for stack in made:
        assert re.fullmatch(r"t13d\d{4}h[12]_[0-9a-f]{12}_[0-9a-f]{12}", stack.ja4)
        assert re.fullmatch(r"[a-z]+-cli/\d\.\d+\.\d", stack.user_agent)


@pytest.mark.parametrize("client", CLIENTS)
def test_habits_keep_their_ranges(client):
    rng = generator(2)
    some = [draw_habits(rng, client) for _ in range(300)]
    for habits in some:
        assert habits.client == client
        assert habits.access_path in ACCESS_PATHS[client]
        assert habits.temperature is None or 0 <= habits.temperature <= 1
        assert habits.max_tokens is None or 512 <= habits.max_tokens <= 16384
        assert -1 <= habits.tools < len(TOOLS)
        assert not (client == "chat" and habits.tools >= 0)
        assert not (client != "sdk" and habits.names_end_users)
    assert {habits.access_path for habits in some} == set(ACCESS_PATHS[client])


def test_coding_agents_always_offer_tools_of_an_editor_and_replay_signed_reasoning():
    rng = generator(2)
    some = [draw_habits(rng, "agent") for _ in range(200)]
    assert {habits.tools for habits in some} == {0, 1}
    assert all(habits.replays_signatures for habits in some)
