from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from stillwatch.findings.own_marks import sample_honest, show_members
from stillwatch.findings.talks import PLACED, keep_beginnings, keep_talks, opening_of

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def talks(bench, small_world):
    """The conversations of members `m...`, as the sets of names that the exchanges are given here."""

    def tell(rows):
        bench.show(small_world.rows_of(rows))
        members, honest = (sorted({row["account_id"] for row in rows if row["account_id"][0] == one}) for one in "mh")
        bench.name_members(members)
        bench.name_accounts("honest", honest)
        sample_honest(bench.engine)
        show_members(bench.engine)
        keep_beginnings(bench.engine)
        bench.engine.hold("placed", f"SELECT {PLACED} FROM ({opening_of('member_exchange')})")
        keep_talks(bench.engine, "member, exchange_id")
        found = defaultdict(set)
        for row in bench.engine.sql("FROM talked").to_pylist():
            alone = row["exchange_id"] if row["talk"] is None else None
            found[row["member"], row["talk"], alone].add(row["exchange_id"])
        return sorted("".join(sorted(one)) for one in found.values())

    return tell


def turn(name, minute, history=(), account="m1", **shown):
    return {
        "exchange_id": name, "account_id": account, "asked_at": START + timedelta(minutes=minute),
        "history_digests": list(history), "turn": len(history), **shown,
    }  # fmt: skip


def test_turns_are_put_after_what_the_account_asked_last(talks):
    assert talks([turn("a", 0), turn("b", 1, [1]), turn("c", 2, [1, 2]), turn("d", 3), turn("e", 4, [5])]) == [
        "abc", "de",
    ]  # fmt: skip


def test_a_name_goes_before_everything_else(talks):
    rows = [
        turn("a", 0, conversation_id="x"),
        turn("b", 1, conversation_id="y"),
        turn("c", 2, [1], conversation_id="x"),
    ]
    assert talks(rows) == ["ac", "b"]


def test_a_name_under_which_an_account_opens_several_is_none(talks):
    rows = [turn("a", 0), turn("b", 1), turn("c", 2, [1])]
    assert talks([row | {"conversation_id": "all"} for row in rows]) == ["a", "bc"]


def test_two_accounts_never_share_a_conversation(talks):
    rows = [turn("a", 0, conversation_id="x"), turn("b", 1, conversation_id="x", account="m2")]
    assert talks(rows) == ["a", "b"]


def test_an_account_that_opens_others_in_between_is_given_no_openings(talks):
    """Between two turns that are known to follow each other it opened another: what opened them cannot be guessed."""
    rows = [turn("a", 0), turn("b", 1), turn("c", 2, [1]), turn("d", 3), turn("e", 4, [1, 2])]
    assert talks(rows) == ["a", "b", "ce", "d"]


def test_a_framework_opens_no_conversation(talks):
    """Many begin with its fixed first messages, 9: the turn right after them opens one, and what comes next tells."""
    others = [turn(f"h{n}", n, [9], account=f"h{n}") for n in range(3)]
    rows = [turn("a", 0, [9]), turn("b", 1, [9, 1]), turn("c", 2, [9]), turn("d", 3, [9, 2])]
    assert talks([*rows, *others]) == ["ab", "cd"]


def test_exchanges_of_which_nothing_is_known_stand_alone(talks):
    bare = [{"exchange_id": name, "account_id": "m1", "asked_at": START} for name in "abc"]
    assert talks(bare) == ["a", "b", "c"]


def test_turns_whose_opening_came_before_the_log_are_one_conversation(talks):
    assert talks([turn("b", 1, [1, 2]), turn("c", 2, [1, 2, 3])]) == ["bc"]


def test_turns_without_history_follow_what_was_opened_last(talks):
    rows = [turn("a", 0), turn("b", 1) | {"turn": 1}, turn("c", 2)]
    assert talks([row | {"history_digests": None} for row in rows]) == ["ab", "c"]
