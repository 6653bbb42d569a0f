from collections import Counter

import pytest

from stillwatch.worlds.clients import TOOLS, draw_habits, draw_stack
from stillwatch.worlds.seeds import generator


@pytest.mark.parametrize("client", ["chat", "sdk", "agent"])
def test_a_few_stacks_are_popular_and_some_are_rare(client):
    rng = generator(1)
    seen = Counter(draw_stack(rng, client).ja4 for _ in range(3000))
    assert max(seen.values()) > 60
    assert 60 < sum(count == 1 for count in seen.values()) < 400


@pytest.mark.parametrize("client", ["chat", "sdk", "agent"])
def test_habits_keep_their_ranges(client):
    rng = generator(2)
    for habits in (draw_habits(rng, client) for _ in range(300)):
        assert habits.temperature is None or 0 <= habits.temperature <= 1
        assert habits.max_tokens is None or 512 <= habits.max_tokens <= 16384
        assert -1 <= habits.tools < len(TOOLS)
        assert not (client == "chat" and habits.tools >= 0)
