from collections import Counter
from datetime import timedelta

import pytest

from stillwatch.findings.describe import (
    Indicator,
    activity_of,
    examples_of,
    keep_counts,
    keep_examples,
    matches_of,
    members_of,
    taken_by,
    targets_of,
)
from stillwatch.findings.own_marks import show_members
from stillwatch.findings.settings import Price
from stillwatch.findings.statement import Activity, Match, Taken, Target


@pytest.fixture
def at(small_world):
    return small_world.MIDNIGHT


@pytest.fixture
def described(bench, small_world):
    """Make rows the world: accounts named m are the members, h the honest; exchanges named x are extraction.

    By hand, for what is told are exact counts, hours and orders of a few rows.
    """

    def show(rows):
        rows = [{"exchange_id": f"c{place:03}", "account_id": "m"} | row for place, row in enumerate(rows)]
        accounts = bench.show(small_world.rows_of(rows)).accounts.to_pylist()
        bench.name_members([one for one in accounts if one.startswith("m")])
        bench.name_accounts("honest", [one for one in accounts if one.startswith("h")])
        show_members(bench.engine)
        bench.engine.show("told_apart", "SELECT *, exchange_id LIKE 'x%' AS is_taken FROM member_exchange")
        keep_counts(bench.engine)
        keep_examples(bench.engine)
        return bench.engine

    return show


def taken(count, **row):
    return [
        {"exchange_id": f"x{row.get('intent', '')}{row.get('model', '')}{place:03}", **row} for place in range(count)
    ]


def test_targets_are_shares_against_the_public(described):
    engine = described([
        *taken(6, intent="coding"), *taken(2, intent="vision"), *taken(9), {"intent": "role play"},
        *[{"account_id": "h", "intent": "coding"}] * 1, *[{"account_id": "h", "intent": "role play"}] * 3,
    ])  # fmt: skip
    assert targets_of(engine, 0) == (
        Target("coding", 0.75, 0.25),
        Target("vision", 0.25, 0.0),
        Target("role play", 0.0, 0.75),
    )


def test_activity_counts_hours_and_leaves_empty_ones_out(described, at):
    hours = [0, 0, 1, 5]
    engine = described([
        *({"exchange_id": f"{'xcxc'[place]}{place}", "asked_at": at + timedelta(hours=hour, minutes=7 * place)}
          for place, hour in enumerate(hours)),
        {"account_id": "h", "asked_at": at + timedelta(hours=9)},
    ])  # fmt: skip
    assert activity_of(engine, 0) == (
        Activity(at, 2, 1), Activity(at + timedelta(hours=1), 1, 1), Activity(at + timedelta(hours=5), 1, 0),
    )  # fmt: skip


def test_members_come_most_strongly_tied_first(described, at):
    engine = described([
        {"account_id": "m1", "asked_at": at}, {"account_id": "m1", "asked_at": at + timedelta(days=2)},
        {"account_id": "m2", "exchange_id": "x1", "asked_at": at}, {"account_id": "m3", "asked_at": at},
        {"account_id": "h"},
    ])  # fmt: skip
    members = members_of(engine, 0, {"m1": 3.0, "m2": 40.00049, "m3": 3.0})
    assert [(one.account_id, one.membership_bits, one.exchanges_count, one.extraction_count) for one in members] == [
        ("m2", 40.0, 1, 1), ("m1", 3.0, 2, 0), ("m3", 3.0, 1, 0),
    ]  # fmt: skip
    assert (members[1].first_seen_at, members[1].last_seen_at) == (at, at + timedelta(days=2))


def test_what_was_taken_has_a_cost_when_every_model_has_a_price(described):
    used = {"input_tokens": 1_000_000, "output_tokens": 500_000, "reasoning_tokens": 7}
    engine = described([*taken(2, model="a", **used), *taken(1, model="b", **used), {"model": "c", **used}])
    prices = {"a": Price(2.0, 10.0), "b": Price(1.0, 4.0)}
    assert taken_by(engine, 0, prices, "EUR") == Taken(3, 3_000_000, 1_500_000, 21, 2 * 2 + 2 * 5 + 1 + 2, "EUR")
    assert taken_by(engine, 0, {"a": Price(2.0, 10.0)}, "EUR") == Taken(3, 3_000_000, 1_500_000, 21, None, None, ("b",))
    assert taken_by(engine, 0, {}, "EUR") == Taken(3, 3_000_000, 1_500_000, 21, None, None)


def test_what_was_taken_of_nothing_or_without_counts(described):
    assert taken_by(described([{"model": "a"}]), 0, {}, "USD") == Taken(0, 0, 0, 0, None, None)
    assert taken_by(described(taken(3)), 0, {"a": Price(1, 1)}, "USD") == Taken(
        3, 0, 0, 0, None, None, ("a model that the logs do not name",)
    )


def test_matches_are_indicators_that_members_show(described):
    engine = described([
        {"account_id": "m1", "ip": "192.0.2.9"}, {"account_id": "m2", "ip": "192.0.2.9"},
        {"account_id": "h", "ip": "192.0.2.7"},
    ])  # fmt: skip
    known = [
        Indicator("HAZEL", "address", "192.0.2.9", "our list"), Indicator("HAZEL", "address", "192.0.2.7", "our list"),
        Indicator("HAZEL", "payment card", "192.0.2.9", "our list"),
    ]  # fmt: skip
    assert matches_of(engine, 0, known) == (Match("HAZEL", "address: 192.0.2.9", "our list", 2),)
    assert matches_of(engine, 0, []) == ()


def test_examples_are_the_earliest_of_each_intent(described, at):
    rows = [
        {"exchange_id": f"x{place:02}", "intent": intent, "asked_at": at - timedelta(hours=place)}
        for place, intent in enumerate(["coding"] * 9 + ["vision"] * 4 + [None] * 2)
    ]
    examples = examples_of(described([*rows, {"intent": "agentic"}]), 0)
    assert Counter(one.intent for one in examples) == {"coding": 3, "vision": 3, "other": 2}
    assert [one.exchange_id for one in examples][:4] == ["x08", "x07", "x06", "x12"]
    assert {one.text for one in examples} == {None}, "texts are given by whoever may show them"
