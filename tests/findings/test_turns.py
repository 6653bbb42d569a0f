from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.findings.turns import Turns, read_turns


@pytest.fixture
def at(small_world):
    return small_world.MIDNIGHT


@pytest.fixture
def turned(bench, small_world, at):
    """The turns of rows (account, hours from midnight, model); the models that are released, with hours."""

    def read(rows, **released):
        named = [
            {"account_id": account, "asked_at": at + timedelta(hours=hours), "model": model,
             "payment_hash": f"card {account[0]}"}
            for account, hours, model in rows
        ]  # fmt: skip
        accounts = bench.show(small_world.rows_of(named)).accounts
        times = [(at + timedelta(hours=hours)).replace(tzinfo=None) for hours in released.values()]
        table = pa.table({"model": pa.array(released, pa.string()), "released": pa.array(times, pa.timestamp("us"))})
        bench.engine.name("releases", table)
        return read_turns(bench.engine, accounts), np.array(accounts.to_pylist())

    return read


def told(turn, names):
    return turn.model, [*names[turn.judged]], [*names[turn.moved]]


@pytest.mark.parametrize(
    ("rows", "judged", "moved", "why"),
    [
        ([("a", 1, "new")], ["a"], ["a"], "asked it"),
        ([("a", 1, "old"), ("a", 2, "new")], ["a"], ["a"], "the latest request counts"),
        ([("a", 1, "new"), ("a", 2, "old")], ["a"], [], "tried it and went on with the old"),
        ([("a", 23.9, "new"), ("a", 24, "old")], ["a"], ["a"], "a day later is another day"),
        ([("a", -1, "new"), ("b", 0, "old")], ["b"], [], "before the release nobody is judged"),
        ([("a", 1, None), ("b", 1, "old")], ["b"], [], "an unknown model tells nothing"),
    ],
)
def test_who_turned_to_a_release(turned, rows, judged, moved, why):
    turns, names = turned(rows, new=0)
    [turn] = [one for one in turns.turns if not one.back]
    assert told(turn, names) == ("new", judged, moved), why


def test_hours_are_those_of_the_latest_request(turned, at):
    turns, _ = turned([("a", 2, "old"), ("a", 5.5, "new"), ("b", 30, "new")], new=1)
    [turn] = [one for one in turns.turns if not one.back]
    assert turn.from_at == at + timedelta(hours=1)
    assert turn.hours == pytest.approx([4.5, np.nan], nan_ok=True)
    assert turn.looks == 1
    assert turn.from_at.tzinfo is UTC


def test_a_model_released_twice_was_released_the_first_time(bench, turned, at):
    turned([("a", 3, "new"), ("a", 25, "old")], new=0)
    naive = at.replace(tzinfo=None)
    twice = pa.table(
        {"model": ["new", "new"], "released": pa.array([naive + timedelta(hours=2), naive], pa.timestamp("us"))}
    )
    bench.engine.name("releases", twice)
    [turn] = [one for one in read_turns(bench.engine, pa.array(["a"])).turns if not one.back]
    assert (turn.from_at, turn.looks) == (at, 1)
    assert ([*turn.moved], [*turn.hours]) == ([True], [3.0]), "the day after the second release is another day"


@pytest.mark.parametrize(
    ("rows", "found", "why"),
    [
        ([("a", 1, "b"), ("a", 25, "old")], [("old", ["a"], ["a"])], "asked another the day before"),
        ([("a", 1, "b"), ("a", 25, "old"), ("a", 26, "b")], [], "went back to it within the day"),
        ([("a", 1, "old"), ("a", 25, "old")], [], "asked it before"),
        ([("a", 25, "old")], [], "has no past"),
        ([("a", 1, "b"), ("a", 2, "b"), ("a", 3, "old"), ("a", 25, "old")], [("old", ["a"], ["a"])], "asked it less"),
        ([("a", 1, "b"), ("a", 25, "new")], [], "a released model is no way back"),
        ([("a", 1, "b"), ("a", 25, "c")], [], "a model that was not there on the first day is not old"),
    ],
)
def test_who_turned_back(turned, rows, found, why):
    turns, names = turned([("z", 0.5, "old"), *rows], new=20)
    assert [told(one, names) for one in turns.turns if one.back] == found, why


def test_a_retreat_is_one_of_as_many_looks_as_days_and_models(turned, at):
    turns, _ = turned([("a", 1, "b"), ("b", 1, "old"), ("a", 49, "old"), ("b", 73, "old")], new=20)
    [turn] = [one for one in turns.turns if one.back]
    assert (turn.from_at, turn.hours, turn.looks) == (at + timedelta(days=2), None, 2 * 2)


def test_logs_of_one_day_show_no_retreat(turned):
    turns, _ = turned([("a", 1, "b"), ("a", 2, "old")])
    assert turns.turns == ()


def test_accounts_of_one_card_are_a_firm_unless_they_declare_another(turned):
    turns, _ = turned([(name, 1, "old") for name in ("a1", "a2", "b1", "c1")])
    alone = turns.firms(np.full(4, -1))
    assert alone[0] == alone[1] >= 0
    assert alone.tolist()[2:] == [-1, -1], "a card of its own makes no firm"
    declared = turns.firms(np.array([-1, 0, 0, -1]))
    assert declared[1] == declared[2] == 0
    assert len({*declared}) == 3


def test_of_several_cards_the_one_that_pays_for_most_is_the_payer(bench, small_world):
    """An old card of its own, or one that two share, hides no firm, whichever comes first in the alphabet."""
    rows = [{"account_id": name, "payment_hash": "firm"} for name in "abcd"]
    rows += [
        {"account_id": name, "payment_hash": card} for name, card in (("a", "alone"), ("b", "both"), ("c", "both"))
    ]
    shown = bench.show(small_world.rows_of(rows))
    assert read_turns(bench.engine, shown.accounts).payers.tolist() == [0, 0, 0, 0]


def test_an_account_without_a_card_belongs_to_no_firm():
    assert [*Turns((), np.array([-1, 3])).firms(np.array([-1, -1]))] == [-1, 3]


def test_no_model_in_the_logs_is_no_turn(turned):
    turns, _ = turned([("a", 1, None), ("a", 30, None)])
    assert turns.turns == ()


def test_days_are_utc_days(turned, at):
    assert at == datetime(at.year, at.month, at.day, tzinfo=UTC)
    turns, _ = turned([("a", 23.9, "b"), ("b", 1, "old"), ("a", 24, "old")])
    assert [one.from_at for one in turns.turns] == [at + timedelta(days=1)]
