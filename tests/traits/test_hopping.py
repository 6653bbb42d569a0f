from datetime import timedelta

import pytest

from stillwatch.traits.hopping import find_wanderers
from stillwatch.traits.shared import find_shared_traits


def talk(accounts, name=0):
    """Turns of one conversation, each under the account named: a request carries one digest for each turn before it."""
    return [{"account_id": account, "history_digests": [100 * name + n for n in range(1, turn)], "turn": turn - 1}
            for turn, account in enumerate(accounts, 1)]  # fmt: skip


CASES = [
    (talk("aaaa") + talk("bbbb", 2), [], [], "each has its conversation for itself"),
    (talk("aaaabbb"), [("b", "a")], [], "a customer who moved: no third account takes part"),
    (talk("abababa"), [("a", "b"), ("b", "a")], [], "two accounts of one customer"),
    (talk("aaaabbb") + talk("cccb", 2), [("b", "a"), ("b", "c")], ["b"], "b carries on what two others began"),
    (talk("abcabcabc"), None, ["a", "b", "c"], "turns go round"),
    (talk("aaaabbb") + talk("aaaaccc", 2), [("b", "a"), ("c", "a")], [], "a carries on nothing"),
]


def found(shelf, rows):
    shelf.show(rows)
    find_shared_traits(shelf.engine, [])
    find_wanderers(shelf.engine)
    return shelf.engine


@pytest.mark.parametrize(("rows", "hops", "wanderers", "why"), CASES)
def test_who_passes_conversations_on(shelf, rows, hops, wanderers, why):
    engine = found(shelf, rows)
    hopped = engine.sql("SELECT DISTINCT account_id, origin FROM hopped ORDER BY account_id, origin").to_pylist()
    assert hops is None or [(one["account_id"], one["origin"]) for one in hopped] == hops, why
    assert sorted(engine.sql("FROM wanderers")["account_id"].to_pylist()) == wanderers, why


@pytest.mark.parametrize(("times", "wanderers"), [(1, ["a", "b", "c"]), (3, [])])
def test_what_a_program_begins_with_each_time_is_passed_on_by_nobody(shelf, times, wanderers):
    """Examples before the question are the same in every request: two programs that three colleagues use."""
    begins = [("abc", [1, 2, 3, 4]), ("bca", [5, 6, 7, 8])]
    rows = [
        {"account_id": account, "history_digests": history, "turn": 4}
        for order, history in begins for _ in range(times) for account in order
    ]  # fmt: skip
    assert sorted(found(shelf, rows).sql("FROM wanderers")["account_id"].to_pylist()) == wanderers


def test_whoever_comes_first_began_it(shelf, noon):
    late = [row | {"asked_at": noon + timedelta(hours=place)} for place, row in enumerate(talk("aaaabbb"))]
    assert set(found(shelf, late[::-1]).sql("FROM hopped")["origin"].to_pylist()) == {"a"}


CROSSED = [
    ({"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2, 3]}, ["a", "b", "c"], "one list of tasks is dealt to three"),
    ({"a": [1, 2], "b": [1, 2]}, [], "one person with two machines and two accounts"),
    ({"a": [1, 2, 3, 4], "b": [1, 2, 5, 6]}, [], "half of their customers bear the same names"),
    ({"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 9, 8, 7, 6]}, ["a"], "most of whom one serves another serves too"),
    ({"a": [1, 2, 3], "b": [4, 5, 6]}, [], "each has customers of its own"),
]


@pytest.mark.parametrize(("homes", "crossing", "why"), CROSSED)
def test_who_asks_for_people_who_stand_behind_others_too(shelf, homes, crossing, why):
    rows = [{"account_id": account, "owner_digests": [one]} for account, shown in homes.items() for one in shown]
    assert sorted(found(shelf, rows).sql("FROM crossing")["account_id"].to_pylist()) == crossing, why
