from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from stillwatch.worlds.calendar import Calendar, Release
from stillwatch.worlds.campaigns import Campaign, Cover, Forwarding, Hiding, Pace, Work
from stillwatch.worlds.contradictions import calendar_faults, campaign_faults

DAYS = 10
FINE = Campaign("yew", 20, 2000, {"coding": 1.0})
MONDAY = Calendar(date(2026, 2, 2), DAYS)


def released(*when: datetime) -> Calendar:
    return replace(MONDAY, releases=tuple(Release("lantern-4", at) for at in when))


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"pace": Pace(from_day=9.9)},
        {"pace": Pace(until_day=10.0, retreat_day=9.5)},
        {"pace": Pace(from_day=2.0), "hiding": Hiding(swept_days=(2.5, 9.9))},
        {"wants": {}, "forwarding": Forwarding(share=1.0)},
        {"wants": {"coding": 0.001}},
        {"work": Work(probing_share=0.5, probing_days=9.9)},
        {"work": Work(probing_share=1.0, probing_days=20.0)},
        {"work": Work(probing_days=20.0)},
        {"work": Work(languages={"es": 0.5, "de": 0.5})},
        {"cover": Cover(0.999)},
        {"fewest_accounts": 20},
    ],
)
def test_a_campaign_that_fits_has_no_fault(knobs):
    assert list(campaign_faults(replace(FINE, **knobs), DAYS)) == []


@pytest.mark.parametrize(
    ("knobs", "fault"),
    [
        ({"pace": Pace(from_day=10.0)}, "pace.from_day` is 10: it begins after the world ends, which has 10 days"),
        ({"pace": Pace(until_day=10.5)}, "pace.until_day` is 10.5: it ends after the world, which has 10 days"),
        ({"pace": Pace(from_day=3.0, until_day=3.0)}, "pace` ends before it begins"),
        ({"pace": Pace(from_day=3.0, until_day=3.01)}, "pace` lasts less than an hour"),
        ({"pace": Pace(from_day=9.99)}, "pace` lasts less than an hour"),
        ({"pace": Pace(retreat_day=10.0)},
         "pace.retreat_day` is 10: it retreats after the world ends, which has 10 days"),
        ({"hiding": Hiding(swept_days=(3.0, 10.0))},
         "hiding.swept_days` has 10, but it works between the days 0 and 10"),
        ({"hiding": Hiding(swept_days=(3.0,)), "pace": Pace(from_day=4.0, until_day=8.0)},
         "hiding.swept_days` has 3, but it works between the days 4 and 8"),
        ({"work": Work(probing_share=0.5, probing_days=12.0)},
         "work.probing_days` is 12: of its 10 days none is left for the harvest"),
        ({"work": Work(languages={"es": 0.7, "de": 0.6})}, "work.languages` has shares of more than 1 together"),
        ({"wants": {}}, "wants` names no target"),
        ({"wants": {"coding": 0.0}}, "wants` has no share above 0"),
        ({"wants": {"coding": 5e-324}}, "wants` has shares of less than 0.001 together"),
        ({"cover": Cover(1.0)}, "cover.share` is 1: nothing of it would be extraction"),
        ({"cover": Cover(1 - 1e-9)}, "cover.share` asks for more than 1,000,000,000 exchanges of cover"),
        ({"fewest_accounts": 2000}, "fewest_accounts` is 2,000, more than its 20 `accounts`"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_told_once(knobs, fault):
    assert list(campaign_faults(replace(FINE, **knobs), DAYS)) == [fault]


def test_a_campaign_that_lies_outside_the_world_altogether_is_told_both_its_ends():
    outside = replace(FINE, pace=Pace(from_day=12.0, until_day=20.0), hiding=Hiding(swept_days=(15.0,)))
    assert [fault.partition(":")[0] for fault in campaign_faults(outside, DAYS)] == [
        "pace.from_day` is 12", "pace.until_day` is 20"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "calendar",
    [
        MONDAY,
        released(datetime(2026, 2, 2, tzinfo=UTC)),
        released(datetime(2026, 2, 11, 23, 59, 59, tzinfo=UTC)),
        # local midnight is before the end in UTC
        released(datetime(2026, 2, 12, tzinfo=timezone(timedelta(hours=5)))),
        replace(MONDAY, first=date(1980, 1, 1)),
        replace(MONDAY, first=date(2199, 12, 31)),
    ],
)
def test_a_calendar_that_fits_has_no_fault(calendar):
    assert list(calendar_faults(calendar, {"lantern-4"})) == list(calendar_faults(calendar, ())) == []


@pytest.mark.parametrize("at", [datetime(2026, 2, 1, 23, tzinfo=UTC), datetime(2026, 2, 12, tzinfo=UTC)])
def test_a_release_outside_the_world_is_told(at):
    assert list(calendar_faults(released(at), ())) == [
        "the release of `lantern-4` is outside the world, which lasts from 2026-02-02 to 2026-02-11 (UTC)"
    ]


def test_releases_are_told_oldest_first():
    first, second = datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)
    assert list(calendar_faults(released(first, second), ())) == []
    assert list(calendar_faults(released(second, first), ())) == ["`calendar.releases` does not name the oldest first"]


def test_a_release_without_a_zone_is_told_alone():
    assert list(calendar_faults(released(datetime(2000, 1, 1)), ())) == [
        "the release of `lantern-4` has a time without a zone"
    ]


def test_a_story_that_tells_prices_tells_those_of_the_models_it_releases():
    calendar = released(datetime(2026, 2, 4, tzinfo=UTC))
    assert list(calendar_faults(calendar, {"lantern-3"})) == [
        "`prices` has no price of `lantern-4`, which `calendar.releases` names"
    ]


@pytest.mark.parametrize("first", [date(1, 1, 1), date(1979, 12, 31), date(2200, 1, 1), date(9999, 12, 31)])
def test_a_world_in_a_year_that_no_instant_holds_is_told(first):
    assert list(calendar_faults(replace(released(datetime(2026, 2, 4, tzinfo=UTC)), first=first), ())) == [
        f"`calendar.first` is {first}, which is not from 1980-01-01 to 2199-12-31"
    ]
