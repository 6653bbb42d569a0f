import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.findings import pivot
from stillwatch.findings.pivot import (
    alikeness,
    likelihood_ratio,
    pivots_of,
    public_rates,
    turning_habits,
    weigh_turn,
)
from stillwatch.findings.settings import Judging
from stillwatch.findings.statement import Pivot
from stillwatch.findings.surprise import group_surprise, least_surprise
from stillwatch.findings.turns import Turn, Turns, read_turns

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HONEST = 200


def turn(moved, hours=None, *, judged=None, back=False, looks=1):
    moved = np.array(moved, bool)
    judged = np.ones(len(moved), bool) if judged is None else np.array(judged, bool)
    hours = None if back else np.full(len(moved), 5.0) if hours is None else np.array(hours, float)
    return Turn("lantern-4", AT, back, judged, moved, hours, looks)


def release(campaign_moved, campaign_count=30, rate=0.3, seed=1, **kind):
    """A turn of `HONEST` accounts, of which so many move, then a campaign's; who is honest, and the campaign."""
    draw = np.random.default_rng(seed)
    moved = [*(draw.uniform(size=HONEST) < rate), *(np.arange(campaign_count) < campaign_moved)]
    honest = np.arange(len(moved)) < HONEST
    return turn(moved, **kind), np.flatnonzero(~honest), honest


def weighed(one, members, honest, firms=None, judging=None):
    firms = np.full(len(honest), -1) if firms is None else firms
    return weigh_turn(one, members, honest, firms, judging or Judging())


def test_a_campaign_that_moves_at_once_is_weighed_with_its_counts():
    one, members, honest = release(29)
    found = weighed(one, members, honest)
    assert (found.moved_count, found.judged_count) == (29, 30)
    assert found.rate == pytest.approx(one.moved[honest].mean(), abs=0.03)
    assert found.expected_count == pytest.approx(30 * found.rate)
    assert found.probability == pytest.approx(group_surprise(29, 30, found.rate, 0.3))
    assert found.bits > -math.log2(0.02)


def test_who_moves_as_the_public_does_shows_nothing():
    assert weighed(*release(9)).bits < 2


def test_more_movers_are_more_surprising_and_likelier_of_one_operator():
    found = [weighed(*release(count)) for count in (10, 15, 20, 25, 30)]
    assert [one.bits for one in found] == sorted(one.bits for one in found)
    assert [one.ratio for one in found] == sorted(one.ratio for one in found)


@pytest.mark.parametrize(
    ("moved", "honest", "why"), [(1, HONEST, "one account is no group"), (20, 4, "too few to compare with")]
)
def test_nothing_can_be_said_of_too_few(moved, honest, why):
    one, members, _ = release(moved)
    assert weighed(one, members, np.arange(HONEST + 30) < honest) is None, why


def test_only_who_asked_counts():
    one, members, honest = release(29)
    judged = one.judged.copy()
    judged[members[20:]] = False
    assert weighed(replace(one, judged=judged), members, honest).judged_count == 20


def test_the_strongest_of_many_looks_is_less_surprising():
    one, many = weighed(*release(25, back=True)), weighed(*release(25, back=True, looks=8))
    assert many.bits == pytest.approx(one.bits - 3)


def test_firms_that_turn_one_by_one_make_a_group_that_turns_together_rarer():
    one, members, honest = release(28)
    apart = np.where(honest, np.arange(len(honest)) // 5, -1)
    assert weighed(one, members, honest, apart).bits > weighed(one, members, honest).bits + 3


def test_firms_that_turn_as_one_make_it_commoner():
    firms = np.repeat(np.arange(40), 5)
    together = np.repeat(np.random.default_rng(1).uniform(size=40) < 0.3, 5)
    one = turn([*together, *[True] * 28, *[False] * 2])
    honest = np.arange(230) < 200
    members = np.flatnonzero(~honest)
    told = weighed(one, members, honest, np.where(honest, np.pad(firms, (0, 30)), -1))
    assert told.bits < weighed(one, members, honest).bits
    assert told.probability > 0.05


def test_few_of_many_are_held_against_firms_that_are_less_alike():
    one, members, honest = release(60, campaign_count=1_000, rate=0.02)
    found = weighed(one, members, honest)
    assert found.probability == least_surprise(60, 1_000, found.rate, 0.3)
    assert found.probability > 1.5 * group_surprise(60, 1_000, found.rate, 0.3)


def test_how_alike_firms_turn_is_learned_once_for_all_groups(monkeypatch):
    one, members, honest = release(28)
    firms, asked = np.where(honest, np.arange(len(honest)) // 5, -1), []
    monkeypatch.setattr(pivot, "alikeness", lambda *given: asked.append(1) or alikeness(*given))
    first, again, fewer = (
        weighed(one, some, known, firms.copy())
        for some, known in ((members, honest), (members[:9], honest), (members, honest & (np.arange(230) > 20)))
    )
    assert len(asked) == 2, "of other accounts it is learned anew"
    assert again == weigh_turn(replace(one, alike={}), members[:9], honest, firms, Judging()) != first != fewer


@pytest.mark.parametrize(("true", "low", "high"), [(0.02, 0.0, 0.1), (0.3, 0.2, 0.4), (0.8, 0.7, 0.9)])
def test_alikeness_is_learned_from_firms(true, low, high):
    draw, spread = np.random.default_rng(3), (1 - true) / true
    of_firm = draw.beta(0.3 * spread, 0.7 * spread, 300)
    firms = np.repeat(np.arange(300), 6)
    moved = draw.uniform(size=1800) < of_firm[firms]
    assert low < alikeness(moved, np.full(1800, 0.3), firms, 0.3) < high


def test_alikeness_without_firms_is_the_least():
    assert alikeness(np.array([True, False]), np.array([0.5, 0.5]), np.array([-1, 4]), 0.3) == 0.3


def test_the_public_rises_with_the_hours():
    draw = np.random.default_rng(5)
    hours = draw.uniform(0, 24, 2_000)
    one = turn(draw.uniform(size=2_000) < hours / 48, hours)
    rates = public_rates(one, np.arange(2_000) >= 10)
    assert (np.diff(rates[np.argsort(hours)]) >= 0).all()
    assert rates == pytest.approx(hours / 48, abs=0.09)


def test_a_few_late_movers_do_not_make_the_public_leap():
    hours = np.arange(100) / 4
    assert public_rates(turn(hours > 24, hours), np.ones(100, bool)).max() < 0.25


def test_who_did_not_ask_has_no_rate_and_a_retreat_has_one_for_all():
    hours = [1.0, 2.0, np.nan]
    rates = public_rates(turn([0, 1, 0], hours, judged=[1, 1, 0]), np.array([True, True, False]))
    assert list(np.isfinite(rates)) == [True, True, False]
    assert [*public_rates(turn([0, 1, 0], back=True), np.ones(3, bool))] == [1.5 / 4] * 3


@pytest.mark.parametrize(("rate", "alike"), [(0.02, 0.3), (0.3, 0.05), (0.7, 0.6)])
def test_an_honest_group_has_a_ratio_of_one_on_average(rate, alike):
    """So it reaches any ratio at most once in as many releases, by Markov's inequality."""
    tails = [group_surprise(count, 25, rate, alike) for count in range(26)] + [0.0]
    chances = -np.diff(tails)
    ratios = np.array([likelihood_ratio(count, 25, rate, alike) for count in range(26)])
    assert chances @ ratios == pytest.approx(1.0)
    for bound in (2, 8, 64):
        assert chances[ratios >= bound].sum() <= 1 / bound


def test_none_of_a_hundred_honest_releases_is_a_pivot():
    """Three honest accounts in ten move, and thirty others, no campaign, as they do."""
    draw = np.random.default_rng(2)
    for seed in range(100):
        one, members, honest = release(int(draw.binomial(30, 0.3)), seed=seed)
        assert pivots_of(Turns((one,), np.full(230, -1)), members, honest, np.full(230, -1), Judging()) == ()


def test_pivots_are_all_releases_and_the_strongest_way_back():
    new, members, honest = release(29)
    weak, strong = (release(count, rate=0.01, back=True, looks=9)[0] for count in (27, 30))
    turns = Turns((weak, new, strong), np.full(230, -1))
    first, second = pivots_of(turns, members, honest, np.full(230, -1), Judging())
    assert first == Pivot("lantern-4", AT, 0.966667, first.public_share, first.bits, False, 29, 30)
    assert (second.back, second.moved_count, second.campaign_share) == (True, 30, 1.0)
    assert pivots_of(turns, members, honest, np.full(230, -1), replace(Judging(), false_discovery_rate=1e-9)) == ()


def test_a_habit_weighs_the_strongest_turn_of_its_kind():
    new, members, honest = release(29)
    turns = Turns((new, release(30, rate=0.01, back=True)[0]), np.full(230, -1))
    adoption, retreat = turning_habits(turns)
    assert [(one.name, one.family) for one in (adoption, retreat)] == [
        ("early adoption", "model"),
        ("retreat", "model"),
    ]
    found = adoption.by_group(members, honest, np.full(230, -1), Judging())
    assert (found.shown_count, found.judged_count) == (29, 30)
    assert found.habit.seen.startswith("had turned to lantern-4 by their latest request within 24 h from")
    assert "times likelier of one operator than of an honest group" in found.habit.seen
    assert found.habit.honest_reasons
    assert "turned back to lantern-4" in retreat.by_group(members, honest, np.full(230, -1), Judging()).habit.seen
    assert adoption.by_group(members[:1], honest, np.full(230, -1), Judging()) is None
    assert turning_habits(Turns((), np.full(230, -1))) == ()


@pytest.mark.parametrize("name", ["new", "o'model\"; --", "模型"])
def test_examples_are_the_exchanges_that_asked_the_model(bench, small_world, name):
    at = small_world.MIDNIGHT
    rows = [
        {"exchange_id": f"{account}{hour}", "account_id": account, "asked_at": at + timedelta(hours=hour),
         "model": name if account < "c" and hour else "old"}
        for account in "abcdefghij" for hour in (0, 2, 30)
    ]  # fmt: skip
    accounts = bench.show(small_world.rows_of(rows)).accounts
    released = pa.array([at.replace(tzinfo=None)], pa.timestamp("us"))
    bench.engine.name("releases", pa.table({"model": [name], "released": released}))
    [adoption] = [one for one in turning_habits(read_turns(bench.engine, accounts)) if one.name == "early adoption"]
    found = adoption.by_group(np.arange(2), np.arange(10) >= 2, np.full(10, -1), Judging())
    shown = bench.engine.sql(f"SELECT exchange_id FROM exchange WHERE {found.habit.examples} ORDER BY exchange_id")
    assert shown["exchange_id"].to_pylist() == ["a2", "b2"]
