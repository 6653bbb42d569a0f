"""Every story that ships: whether it can be made, holds what it tells, and has the sizes that were published."""

from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from stillwatch.worlds import find_story, shipped_stories
from stillwatch.worlds.calls import OLD_MODELS
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.honest.app import App, NightBatch
from stillwatch.worlds.honest.benchmark import Benchmark
from stillwatch.worlds.honest.crowd import CarrierNat, SharedVpn, ViralCrowd
from stillwatch.worlds.honest.developer import Developer
from stillwatch.worlds.honest.migration import Migration
from stillwatch.worlds.honest.office import Office
from stillwatch.worlds.honest.person import Person
from stillwatch.worlds.honest.program import Program
from stillwatch.worlds.honest.reseller import Reseller
from stillwatch.worlds.honest.university import Course, UniversityClass
from stillwatch.worlds.planning import plan_story
from stillwatch.worlds.recording import Recorder
from stillwatch.worlds.world import account_truth

STORIES = shipped_stories()
ATTACKS = [name for name, story in STORIES.items() if story.campaigns]
HONEST = [name for name, story in STORIES.items() if not story.campaigns]
# what the design says must not fool a detector: the story that shows it, the kind, and its telling knobs
ITEMS = {
    "An office or campus behind one address": ("one_office", Office, {"declared": True}),
    "carrier-grade NAT": ("carrier_nat", CarrierNat, {}),
    "shared VPN exits": ("shared_vpn", SharedVpn, {}),
    "a class with one assignment": ("university_class", UniversityClass, {}),
    "thousands of strangers on one coding agent with one long system prompt": (
        "framework_developers", Developer, {"newest": True}
    ),
    "an app with one template and a million calls": ("one_template_app", App, {"hours": "always"}),
    "an honest reseller": ("reseller", Reseller, {}),
    "a researcher running a public benchmark": ("benchmark_runner", Benchmark, {}),
    "a public prompt that went viral": ("viral_prompt", ViralCrowd, {}),
    "release day, when honest people also move": ("release_day", Person, {}),
    "a batch job that runs day and night": ("night_batch", NightBatch, {"hours": "always"}),
    "a migration of one customer from one gateway to another": ("migration", Migration, {}),
}  # fmt: skip
COMPLAINTS = {
    "a firm that nobody declared": ("undeclared_office", Office, {"declared": False}),
    "agents that loop": ("agent_loops", Developer, {"loops": True}),
    "sessions that run at one time": ("agent_loops", Developer, {"parallel": 4}),
    "no payment": ("free_tier", Person, {"pays": False}),
    "ten clients that carry most calls": ("api_clients", kinds()["api clients"], {}),
}

# stateless programs that many accounts run: the story, and the knobs of each group that it is about
PROGRAMS = {
    "firms with one product on several accounts": (
        "software_firms", [{"held_by": "one firm", "installs": size, "hours": "always"} for size in (5, 8, 12)]
    ),
    "strangers with an open-source tool": (
        "tool_users",
        [
            {"held_by": "people", "addresses": None, "installs": size, "work": work}
            for work, size in (("commits", 100), ("logs", 40), ("commands", 12))
        ],
    ),
    "firms on a platform without code": (
        "no_code", [{"held_by": "firms", "addresses": 12, "installs": 150, "on_the_hour": True, "hours": "always"}]
    ),
}  # fmt: skip


class Planned(NamedTuple):
    exchanges: int
    accounts: Counter[str | None]
    extraction: Counter[str]
    roles: set[str]
    recorded: int
    closed: set[str | None]


@cache
def planned(name: str) -> Planned:
    """Plan a story at the scale at which it is rehearsed, and record its first thousand exchanges."""
    story = find_story(name)
    with plan_story(story, seed=1, scale=story.rehearsal_scale) as plan:
        visits = np.concatenate(list(plan.visits.hours()))
        campaigns, roles = (plan.known.accounts[column].to_pylist() for column in ("campaign", "role"))
        truth = account_truth(plan.known, np.bincount(visits["account"], minlength=len(roles)))
        rows = Recorder.of(plan).record(visits[:1000]).recorded.exchanges
    asking = np.unique(visits["account"]).tolist()
    lost = truth.filter(truth["closed_at"].is_valid())["campaign"].to_pylist()
    extraction = Counter(campaigns[one] for one in visits["account"][visits["extraction"]].tolist())
    return Planned(
        len(visits), Counter(campaigns[one] for one in asking), extraction, {roles[one] for one in asking},
        rows.num_rows, set(lost),
    )  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_a_story_can_be_made_in_seconds_and_holds_the_campaigns_that_it_tells_of(name):
    story, plan = STORIES[name], planned(name)
    assert story.name == name
    assert plan.recorded == 1000
    assert plan.exchanges < 200_000
    assert set(plan.accounts) == set(plan.extraction) | {None} == {one.name for one in story.campaigns} | {None}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_campaign_has_its_accounts_and_exchanges_and_is_a_part_of_its_world(name):
    story, plan = STORIES[name], planned(name)
    for one in story.campaigns:
        working = max(one.fewest_accounts, round(one.accounts * story.rehearsal_scale))
        assert plan.extraction[one.name] == pytest.approx(one.exchanges * story.rehearsal_scale, rel=0.2)
        assert plan.accounts[one.name] >= 0.9 * working
    assert 0.03 < plan.extraction.total() / plan.exchanges < 0.6
    assert plan.accounts[None] > plan.accounts.total() / 2


@pytest.mark.parametrize("name", STORIES)
def test_the_truth_tells_which_campaigns_lost_accounts(name):
    def closes(hiding):
        return hiding.closed_daily_share or hiding.swept_days

    losing = {one.name for one in STORIES[name].campaigns if closes(one.hiding) or one.adapting}
    assert planned(name).closed == losing


@pytest.mark.parametrize("name", HONEST)
def test_in_an_honest_story_people_developers_and_apps_are_around(name):
    assert {"person", "developer", "app"} <= planned(name).roles
    assert not planned(name).extraction


@pytest.mark.parametrize(("name", "kind", "knobs"), [*ITEMS.values(), *COMPLAINTS.values()], ids=[*ITEMS, *COMPLAINTS])
def test_what_must_not_fool_a_detector_has_an_honest_story_and_is_in_peace(name, kind, knobs):
    def shows(story):
        told = [one.kind for one in story.population.kinds if isinstance(one.kind, kind)]
        return any(all(getattr(one, knob) == value for knob, value in knobs.items()) for one in told)

    assert not STORIES[name].campaigns
    assert shows(STORIES[name])
    assert kind in {type(one.kind) for one in STORIES["peace"].population.kinds}


@pytest.mark.parametrize(("name", "groups"), PROGRAMS.values(), ids=PROGRAMS)
def test_programs_that_many_accounts_run_have_an_honest_story(name, groups):
    told = [one.kind for one in STORIES[name].population.kinds if isinstance(one.kind, Program)]
    assert [{knob: getattr(kind, knob) for knob in knobs} for kind, knobs in zip(told, groups, strict=True)] == groups
    assert not STORIES[name].campaigns
    assert "program" in planned(name).roles
    assert 7_000 < planned(name).exchanges < 15_000
    assert 300 < planned(name).accounts[None] < 500


def test_a_course_with_one_public_benchmark_has_an_honest_story():
    (course,) = [one.kind for one in STORIES["course_benchmark"].population.kinds if isinstance(one.kind, Course)]
    assert (course.students, course.problems) == (60, 60)
    assert 7_000 < planned("course_benchmark").exchanges < 15_000
    assert 300 < planned("course_benchmark").accounts[None] < 500


def test_the_items_are_those_of_the_design(shared):
    design = (shared / "DESIGN.md").read_text(encoding="utf-8")
    section = design.split("## What it must not be fooled by")[1].split("\n", 1)[1].split("\n\n")[0]
    assert [item.strip() for item in " ".join(section.split()).removesuffix(".").split(";")] == list(ITEMS)


def test_every_kind_of_honest_account_is_in_a_story():
    told = {type(one.kind) for story in STORIES.values() for one in story.population.kinds}
    assert told == set(kinds().values())


def test_on_release_day_more_people_move_and_sooner():
    calendar, usual = STORIES["release_day"].calendar, STORIES["peace"].calendar
    assert calendar.moving_share > usual.moving_share
    assert calendar.pace_days < usual.pace_days


@pytest.mark.parametrize("name", STORIES)
def test_every_model_has_a_price_and_every_release_falls_within(name):
    story = STORIES[name]
    releases = story.calendar.releases
    assert set(story.prices) == {*OLD_MODELS, *(release.model for release in releases)}
    for release in releases:
        assert story.calendar.start_us < release.at.timestamp() * 1e6 < story.calendar.end_us


@pytest.mark.parametrize("name", ATTACKS)
def test_the_shares_of_what_a_campaign_wants_add_up(name):
    for one in STORIES[name].campaigns:
        assert sum(one.wants.values()) == pytest.approx(1.0) or one.forwarding.share == 1


def accounts_in_all(campaign, days):
    """Accounts at work at any time, and the successors of those that are closed in the course of the campaign."""
    lasts = (days if campaign.pace.until_day is None else campaign.pace.until_day) - campaign.pace.from_day
    return campaign.accounts * (1 + campaign.hiding.closed_daily_share * lasts)


def test_february_has_the_published_sizes_targets_and_pivot():
    story = STORIES["february"]
    ash, birch, cedar = story.campaigns
    assert [one.exchanges for one in story.campaigns] == [150_000, 3_400_000, 13_000_000]
    assert sum(accounts_in_all(one, story.calendar.days) for one in story.campaigns) == pytest.approx(24_000, rel=0.01)
    assert cedar.accounts >= 20_000
    assert cedar.hiding.closed_daily_share > 0
    assert cedar.cover.share > 0
    assert cedar.pace.pivot_h < 24
    assert {"reasoning", "rubric", "sensitive"} == set(ash.wants)
    assert {"trajectory", "tools", "coding", "analysis", "vision"} == set(birch.wants)
    assert {"coding", "trajectory", "tools"} == set(cedar.wants)


def test_june_has_the_published_sizes():
    story = STORIES["june"]
    (quince,) = story.campaigns
    assert (quince.exchanges, story.calendar.days) == (28_800_000, 45)
    assert accounts_in_all(quince, 45) == pytest.approx(25_000, rel=0.01)


def test_september_has_the_published_sizes_peak_and_tactics():
    story = STORIES["september"]
    rowan, sorrel = story.campaigns
    assert rowan.exchanges + sorrel.exchanges == 151_000_000
    assert sum(accounts_in_all(one, story.calendar.days) for one in story.campaigns) == pytest.approx(3500, rel=0.02)
    # the pace rises evenly from 1 to `rise`, so the last day is that much above the mean
    peak = sum(one.exchanges / story.calendar.days * 2 * one.pace.rise / (1 + one.pace.rise) for one in story.campaigns)
    assert peak == pytest.approx(3_000_000, rel=0.05)
    assert (rowan.forwarding.share, rowan.forwarding.replays) == (1.0, True)
    assert sorrel.work.probing_share > 0


def test_a_ghost_has_nothing_to_share_and_a_solo_nobody_to_share_with():
    ghost, solo = STORIES["ghost"].campaigns[0], STORIES["solo"].campaigns[0]
    assert ghost.meaningful == {"account_created_at", "prompt_text", "response_text", "input_tokens"}
    assert solo.accounts == 1
