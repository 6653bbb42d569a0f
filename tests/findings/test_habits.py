from datetime import timedelta

import numpy as np
import pytest

from stillwatch.findings.habits import find_habits, sum_profiles
from stillwatch.findings.settings import Judging


@pytest.fixture
def showing(bench, small_world):
    """The accounts that show a habit and those judged for it; rows by hand, for the bounds lie between single rows."""

    def find(name, rows):
        at = small_world.MIDNIGHT
        named = [{"account_id": "a", "asked_at": at + timedelta(minutes=place), "prompt_digest": place} | row
                 for place, row in enumerate(rows)]  # fmt: skip
        accounts = bench.show(small_world.rows_of(named)).accounts
        nobody = np.zeros(len(accounts), bool)
        habits = {one.name: one for one in find_habits(bench.engine, accounts, nobody, Judging())}
        if name not in habits:
            return None
        names = np.array(accounts.to_pylist())
        return [*names[habits[name].shown]], [*names[habits[name].judged]]

    return find


def each(count, **row):
    return [row] * count


def alike(prompts):
    """Twelve fillings of one template by so many prompts, whose digests leave the same rest."""
    return [{"opening_digest": 1, "prompt_digest": 31 * (place % prompts)} for place in range(12)]


def hourly(small_world, hours):
    return [{"asked_at": small_world.MIDNIGHT + timedelta(hours=hour)} for hour in hours]


@pytest.mark.parametrize(
    ("hours", "shown", "why"),
    [
        (range(24), True, "an exchange in every hour"),
        ([9] * 24, False, "always the same hour"),
        ([*range(9, 18)] * 3, False, "working hours"),
        ([*range(24), 9, 9, 9], True, "every hour, and a little more in the morning"),
        ([0, 6, 12, 18] * 3, True, "four hours that stand against each other"),
        ([*range(9)], False, "fewer exchanges than are judged"),
    ],
)
def test_round_the_clock(showing, small_world, hours, shown, why):
    found = showing("round the clock", hourly(small_world, hours))
    assert (found is not None and found[0] == ["a"]) == shown, why


@pytest.mark.parametrize(
    ("rows", "shown", "why"),
    [
        (each(1, intent="reasoning elicitation") + each(9, intent="other"), True, "a tenth"),
        (
            each(1, intent="rubric judging") + each(19, intent="other"),
            False,
            "no more than the model's errors may make",
        ),
        (each(10, intent="coding"), False, "coding alone is what people do"),
        (each(5, intent="synthetic data") + each(5), True, "prompts whose intent is not known count as none"),
        (each(9, intent="synthetic data"), True, "few exchanges, all of which harvest"),
        (each(1, intent="synthetic data"), True, "its only one"),
        (each(1, intent="coding"), False, "one that does not"),
    ],
)
def test_harvest_intents(showing, rows, shown, why):
    found = showing("harvest intents", rows)
    assert (found is not None and found[0] == ["a"]) == shown, why


def test_who_harvests_no_more_than_honest_accounts_do_does_not_harvest(bench, small_world):
    def asking(account, harvests):
        return [{"account_id": account, "prompt_digest": place,
                 "intent": "synthetic data" if place < harvests else "other"} for place in range(20)]  # fmt: skip

    rows = [row for number in range(20) for row in asking(f"{number:02}", number)]  # by hand: every share once
    accounts = bench.show(small_world.rows_of(rows)).accounts
    for honest, first in ((8, 7), (16, 15), (0, 2)):
        reference = np.arange(20) < honest
        habits = {one.name: one for one in find_habits(bench.engine, accounts, reference, Judging())}
        assert [*np.flatnonzero(habits["harvest intents"].shown)] == [*range(first, 20)]


@pytest.mark.parametrize(
    ("rows", "found", "why"),
    [
        (each(20, turn=0), (["a"], ["a"]), "no turn but the first"),
        (each(20, history_digests=[]), (["a"], ["a"]), "no earlier messages"),
        (each(19, history_digests=[]) + each(1, history_digests=[7]), (["a"], ["a"]), "one in twenty continues"),
        (each(18, history_digests=[]) + each(2, history_digests=[7]), ([], ["a"]), "two in twenty continue"),
        (each(20), None, "logs that cannot say"),
        (each(10, turn=0) + each(10, account_id="b"), (["a"], ["a"]), "logs that cannot say it of one account"),
    ],
)
def test_stand_alone_requests(showing, rows, found, why):
    assert showing("stand-alone requests", rows) == found, why


@pytest.mark.parametrize(
    ("rows", "shown", "why"),
    [
        (each(5, opening_digest=1) + each(20), True, "a fifth of the exchanges fill one template"),
        (each(4, opening_digest=1) + each(8), False, "four prompts that begin alike are no template"),
        (each(10, opening_digest=1, prompt_digest=5), False, "one prompt again and again fills no template"),
        (alike(5), True, "five prompts of which a mask of few bits cannot say that they differ"),
        (alike(4), False, "four prompts again and again, of which a mask cannot say how many they are"),
        (each(5, opening_digest=1) + each(21), False, "less than a fifth"),
    ],
)
def test_template_filling(showing, rows, shown, why):
    assert (showing("template filling", rows)[0] == ["a"]) == shown, why


@pytest.mark.parametrize(
    ("rows", "shown", "why"),
    [
        (each(5, opening_digest=1, intent="synthetic data") + each(9), ["a"], "five prompts of one that harvests"),
        (each(4, opening_digest=1, intent="synthetic data") + each(9), [], "four are no template"),
        (each(5, opening_digest=1, intent="coding") + each(9), [], "it asks for what people ask for"),
        (each(9, opening_digest=1, intent="synthetic data"), ["a"], "few exchanges, five of which fill it"),
        (
            each(9, account_id="b", opening_digest=1, intent="synthetic data") + each(1, opening_digest=1) + each(1),
            ["a", "b"],
            "half of few exchanges",
        ),
        (
            each(9, account_id="b", opening_digest=1, intent="synthetic data") + each(1, opening_digest=1) + each(2),
            ["b"],
            "less than half of few",
        ),
        (
            each(10, account_id="b", opening_digest=1, intent="synthetic data") + each(10, opening_digest=1),
            ["a", "b"],
            "what the template wants is told by all that fill it",
        ),
        (
            each(10, account_id="b", opening_digest=1, intent="synthetic data") + each(4, opening_digest=1) + each(9),
            ["b"],
            "it was met four times",
        ),
    ],
)
def test_harvest_templates(showing, rows, shown, why):
    assert showing("harvest templates", rows + each(10, account_id="c"))[0] == shown, why


def talk(accounts, name=0, **row):
    """Turns of one conversation, each under the account named: a request carries one digest for each turn before it."""
    return [{"account_id": account, "history_digests": [100 * name + n for n in range(1, turn)], "turn": turn - 1} | row
            for turn, account in enumerate(accounts, 1)]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "shown", "why"),
    [
        (talk("aaaaaaa"), [], "one account has its conversation for itself"),
        (talk("aaaabbb"), [], "a customer who moved to another account in the middle of a talk"),
        (talk("aaaabbb") + talk("aaab", 2), [], "a customer who moved in the middle of two talks"),
        (talk("aaaabbb") + talk("cccb", 2), ["b"], "b goes on with talks of two accounts"),
        (talk("abababa"), [], "two accounts of one customer"),
        (talk("abcabcabc"), ["a", "b", "c"], "turns go round"),
        (talk("ab") + talk("ab", 2), [], "all that is shared is how people begin"),
    ],
)
def test_conversation_hopping(showing, rows, shown, why):
    assert showing("conversation hopping", rows)[0] == shown, why


def test_signatures_replayed_elsewhere_are_hopping_too(showing):
    replayed = [{"account_id": account, "signature_digests": [1 + (account == "c")]} for account in "ac"]
    both = [{"account_id": "b", "signature_digests": [1, 2]}]
    assert showing("conversation hopping", replayed + both)[0] == ["b"]
    assert showing("conversation hopping", [*replayed[:1], *both])[0] == []


def test_carried_reasoning(showing):
    signed = talk("aaaabbb", signature_digests=[99]) + talk("cccb", 2, signature_digests=[98])
    assert showing("carried reasoning", signed)[0] == ["b"], "b carries what a and c received"
    assert showing("carried reasoning", talk("aaaabbb", signature_digests=[99]))[0] == [], "a customer who moved"
    assert showing("carried reasoning", talk("aaaaaaa", signature_digests=[99]))[0] == [], "a carries its own"
    assert showing("carried reasoning", talk("aaaabbb"))[0] == [], "nothing signed is carried"


def test_sums_are_plain_sums(bench, small_world):
    world = small_world.made(small_world.apps(1), small_world.Queue(3, cover=0.5))
    shown = bench.show(world.marks)
    sums = sum_profiles(bench.engine, shown.accounts)
    for place, account in enumerate(shown.accounts.to_pylist()):
        mine = [row for row in world.rows if row["account_id"] == account]
        harvest = [row for row in mine if row["intent"] in small_world.HARVESTED]
        hours = np.array([row["asked_at"].hour for row in mine])
        assert (sums.exchanges[place], sums.harvest[place]) == (len(mine), len(harvest))
        assert sums.harvest_days[place] == len({row["asked_at"].date() for row in harvest})
        assert sums.rhythm[place] == pytest.approx(abs(np.exp(2j * np.pi * hours / 24).mean()), abs=1e-8)
        assert sums.standalone[place] == sum(not row["turn"] and not row["history_digests"] for row in mine)
    assert sums.standalone.sum() < sums.exchanges.sum()


def test_habits_say_why_an_honest_account_may_have_them(bench, small_world):
    world = small_world.made(small_world.Queue(2), small_world.Relay(4))
    shown = bench.show(world.marks)
    for habit in find_habits(bench.engine, shown.accounts, np.ones(len(shown.accounts), bool), Judging()):
        assert habit.honest_reasons
        assert habit.evasion
        assert not (habit.shown & ~habit.judged).any(), habit.name
        assert bench.engine.sql(f"SELECT count(*) AS n FROM exchange WHERE {habit.examples}")["n"][0].as_py() > 0
