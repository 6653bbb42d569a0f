from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from stillwatch.worlds import find_story, planning, shipped_stories
from stillwatch.worlds.accounts import NEVER_US, open_account
from stillwatch.worlds.calendar import DAY_US, HOUR_US, Calendar
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.planning import Spill, plan_story
from stillwatch.worlds.registry import Known
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.visits import NO_VISITS, single_visits

STORIES = [("relay", 0.05), ("regrowth", 0.05), ("migration", 0.3)]


def scattered(calendar, count=3000, seed=1):
    rng = generator(seed)
    return single_visits(rng, rng.integers(calendar.start_us, calendar.end_us, count))


class Planned(NamedTuple):
    calendar: Calendar
    known: Known
    spilled: bool


def planned(story, *, seed=1, scale=0.05, days=None):
    with plan_story(story, seed=seed, scale=scale, days=days) as plan:
        spilled = any(plan.visits.folder.iterdir())
        return np.concatenate([NO_VISITS, *plan.visits.hours()]), Planned(plan.calendar, plan.known, spilled)


def spill_all(spill):
    spill._sort_in()
    spill._write()


def honest(visits, plan):
    """Return the visits of honest accounts by their seeds, less the number of the account."""
    ours = ~plan.known.accounts["campaign"].is_valid().to_numpy(zero_copy_only=False)
    kept = visits[ours[visits["account"]]]
    names = [name for name in kept.dtype.names if name != "account"]
    return dict(zip(kept["seed"].tolist(), kept[names].tolist(), strict=True))


@pytest.mark.parametrize("held_bytes", [0, 100_000, 2**30])
def test_visits_come_by_the_hour_in_the_order_of_time(fortnight, tmp_path, monkeypatch, held_bytes):
    monkeypatch.setattr(planning, "_PENDING_VISITS", 400)
    spill, given = Spill(fortnight, tmp_path, held_bytes), scattered(fortnight)
    for part in np.split(given, [10, 10, 700, 1500]):
        spill.add(part)
    assert (spill.count, bool(list(tmp_path.iterdir()))) == (3000, held_bytes < 2**30)
    hours = list(spill.hours())
    assert all(len(set((hour["at"] // HOUR_US).tolist())) == 1 for hour in hours)
    assert (np.concatenate(hours) == given[np.argsort(given["at"])]).all()
    assert list(tmp_path.iterdir()) == []


def test_equal_instants_come_by_their_seeds(fortnight, tmp_path):
    visits = single_visits(generator(1), np.full(200, fortnight.day(3)))
    orders = []
    for given in (visits, visits[::-1]):
        spill = Spill(fortnight, tmp_path)
        spill.add(given)
        orders.append(np.concatenate(list(spill.hours()))["seed"].tolist())
    assert orders[0] == orders[1] == sorted(visits["seed"].tolist())


def test_nothing_planned_gives_no_hours(fortnight, tmp_path):
    assert list(Spill(fortnight, tmp_path).hours()) == []


def test_what_is_held_is_bounded(fortnight, tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "_PENDING_VISITS", 500)
    spill = Spill(fortnight, tmp_path, held_bytes=100_000)
    for seed in range(40):
        spill.add(scattered(fortnight, 200, seed))
        assert spill._held <= 100_000
        assert spill._waiting < 500


@pytest.mark.parametrize(("name", "scale"), STORIES)
@pytest.mark.parametrize("held_bytes", [0, 50_000])
def test_what_is_spilled_changes_nothing(tiny, monkeypatch, name, scale, held_bytes):
    whole, plan = planned(tiny(name), scale=scale)
    assert not plan.spilled
    monkeypatch.setattr(planning, "_PENDING_VISITS", 100)
    monkeypatch.setattr(planning, "Spill", partial(Spill, held_bytes=held_bytes))
    again, plan = planned(tiny(name), scale=scale)
    assert plan.spilled
    assert (again == whole).all()


@pytest.mark.parametrize("accounts", [1, 7])
def test_how_many_accounts_are_entered_at_once_changes_nothing(tiny, monkeypatch, accounts):
    whole, _ = planned(tiny("relay"))
    monkeypatch.setattr(planning, "_ENTERED_ACCOUNTS", accounts)
    assert (planned(tiny("relay"))[0] == whole).all()


def test_spilled_files_are_gone_when_the_plan_is(tiny, monkeypatch):
    with plan_story(tiny("relay"), seed=1, scale=0.05) as plan:
        folder = plan.visits.folder
        spill_all(plan.visits)
        assert len(list(folder.iterdir())) > 100
    assert not folder.exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_spilled_files_are_gone_after_an_error(tiny, monkeypatch, tmp_path, error):
    monkeypatch.setattr(planning.tempfile, "tempdir", str(tmp_path))

    def broken_off():
        with plan_story(tiny("relay"), seed=1, scale=0.05) as plan:
            spill_all(plan.visits)
            assert len(list(tmp_path.rglob("*.visits"))) > 100
            raise error("now")

    with pytest.raises(error, match="now"):
        broken_off()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_as_the_system_tells_it(fortnight, tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    spill = Spill(fortnight, tmp_path)
    for hour in range(14 * 24):
        (tmp_path / f"{hour}.visits").symlink_to("/dev/full")
    spill.add(scattered(fortnight))
    with pytest.raises(OSError, match="No space left on device"):
        spill_all(spill)


@pytest.mark.parametrize(("name", "scale"), STORIES)
def test_a_larger_world_keeps_the_honest_visits_of_a_smaller(tiny, name, scale):
    small, large = (honest(*planned(tiny(name), scale=one)) for one in (scale, 3 * scale))
    assert len(small) < 0.7 * len(large)
    assert {seed: large.get(seed) for seed in small} == small


def test_another_seed_is_another_world(tiny):
    one, other = (planned(tiny("relay"), seed=seed)[0] for seed in (1, 2))
    assert not set(one["seed"].tolist()) & set(other["seed"].tolist())


@pytest.mark.parametrize("days", [1, 3, 20])
def test_other_days_keep_the_accounts_and_nobody_asks_outside_of_them(tiny, days):
    visits, plan = planned(tiny("one_office"), days=days)
    _, whole = planned(tiny("one_office"))
    assert plan.known.accounts["account_id"].equals(whole.known.accounts["account_id"])
    assert plan.calendar.days == days
    assert visits["at"].min() >= plan.calendar.start_us
    assert visits["at"].max() < plan.calendar.end_us


def test_in_fewer_days_a_campaign_sends_as_much_less(tiny):
    sent = [planned(tiny("hydra"), scale=0.3, days=days)[0]["extraction"].sum() for days in (7, 14)]
    assert sent[0] / sent[1] == pytest.approx(0.5, rel=0.1)


@cache
def small_plan(name):
    story = find_story(name)
    story = replace(story, population=replace(story.population, fewest_accounts=80))
    return planned(story, scale=0.2 * story.rehearsal_scale)


@pytest.mark.parametrize("name", shipped_stories())
def test_a_conversation_comes_turn_by_turn_and_ends_at_most_once(name):
    visits, _ = small_plan(name)
    frame = pl.DataFrame({part: visits[part] for part in ("at", "talk", "turn", "last", "opening")})
    talks = frame.with_columns(pl.int_range(pl.len()).over("talk").alias("place"), pl.len().over("talk").alias("size"))
    assert (talks["turn"] == talks["place"]).all()
    assert talks.filter(pl.col("last"), pl.col("place") + 1 < pl.col("size")).is_empty()
    assert talks["last"].mean() > 0.1
    assert talks.group_by("talk").agg(pl.col("opening").n_unique())["opening"].max() == 1
    assert talks.select(pl.col("at").diff().over("talk"))["at"].max() < DAY_US


@pytest.mark.parametrize("name", shipped_stories())
def test_everybody_asks_in_the_calendar_and_while_the_account_is_open(name):
    visits, plan = small_plan(name)
    opened = plan.known.accounts["account_created_at"].to_numpy()
    closed = plan.known.accounts["closed_at"].fill_null(NEVER_US).to_numpy()
    account = visits["account"]
    assert (visits["at"] >= plan.calendar.start_us).all()
    assert (visits["at"] < plan.calendar.end_us).all()
    assert (visits["at"] >= opened[account]).all()
    assert (visits["at"] < closed[account]).all()
    assert (np.diff(visits["at"]) >= 0).all()
    assert len(np.unique(visits["seed"])) == len(visits)
    assert len(np.unique(plan.known.accounts["seed"])) == len(opened)


@pytest.mark.parametrize("name", shipped_stories())
def test_only_accounts_of_campaigns_extract_and_none_belongs_to_another(name):
    visits, plan = small_plan(name)
    campaigns = plan.known.accounts["campaign"].to_pylist()
    asked = {campaigns[number] for number in np.unique(visits["account"][visits["extraction"]]).tolist()}
    assert asked == {campaign.name for campaign in find_story(name).campaigns}
    roles = zip(campaigns, plan.known.accounts["role"].to_pylist(), strict=True)
    assert all((campaign is not None) == (role == "fraud") for campaign, role in roles)


def test_a_reseller_answers_no_conversation_that_began_before_it_was_there(fortnight):
    opened_meanwhile = 0
    for seed in range(150):
        if open_account(fortnight, seed, "reseller", "sdk").created_us < fortnight.start_us:
            continue
        (reseller,) = kinds()["reseller"](people=1000, talks=3.0).accounts(fortnight, seed)
        begun = set(reseller.visits["talk"][reseller.visits["turn"] == 0].tolist())
        assert set(reseller.visits["talk"].tolist()) == begun
        opened_meanwhile += len(begun) > 100
    assert opened_meanwhile > 5
