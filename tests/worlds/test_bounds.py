"""Every number of a story is held within bounds; with the least that it may be, all is still planned."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from stillwatch.settings_table import read_table
from stillwatch.worlds import Calendar
from stillwatch.worlds.calendar import Instants
from stillwatch.worlds.campaigns import Campaign, open_crew
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.knobs import knobs_of, parts_of
from stillwatch.worlds.story import Population, Price, Story

PLAIN = {"name": "yew", "accounts": 20, "exchanges": 300, "wants": {"coding": 0.5, "rubric": 0.5}}
# so that every part of a campaign has work to do
BUSY = {
    "": {}, "work": {"probing_share": 0.2, "languages": {"es": 0.1}}, "pace": {"works_h": 5, "pivot_h": 20.0},
    "hiding": {"cards": 3, "addresses": 3, "domains": 2, "stacks": 2, "closed_daily_share": 0.05, "swept_days": [3]},
    "cover": {"share": 0.3}, "forwarding": {"share": 0.3}, "adapting": {"every_days": 3},
}  # fmt: skip
BEYOND = [-1, -1e300, 1e300, 10**30, math.nan, math.inf, -math.inf]
SEED = 7
# what is least of these is no campaign; `contradictions.py` has more to say of them
ABOVE_LEAST = {"wants": 0.001, "until_day": 0.05}


def numbers_of(kind: type[Any]) -> Iterator[str]:
    """Yield the names of the knobs that are numbers, or lists or tables of numbers."""
    for name, hint in get_type_hints(kind).items():
        kinds_of = {inner for one in (hint, *get_args(hint)) for inner in (one, *get_args(one))}
        if kinds_of & {int, float} and name in {one.name for one in knobs_of(kind)}:
            yield name


def given(kind: type[Any], name: str, number: float) -> Any:
    """Return a number as the field holds it."""
    told = str(get_type_hints(kind)[name])
    return (
        [number] if "tuple" in told else {"coding" if name == "wants" else "es": number} if "dict" in told else number
    )


def least(kind: type[Any], name: str) -> float:
    """Return the least that a number of a field may be."""
    (knob,) = (one for one in knobs_of(kind) if one.name == name)
    if knob.least is not None:
        return knob.least
    hint = get_type_hints(kind)[name]
    return 1 if int in {hint, *get_args(hint)} else 0


PARTS = [("", Campaign), *parts_of(Campaign)]
OF_CAMPAIGNS = [(within, kind, name) for within, kind in PARTS for name in numbers_of(kind)]
OF_KINDS = [(kind, name) for kind in kinds().values() for name in numbers_of(kind)]
OTHERS = [(kind, name) for kind in (Story, Calendar, Population, Price) for name in numbers_of(kind)]


def campaign_table(within: str, changes: dict[str, Any]) -> dict[str, Any]:
    parts = {name: {**part, **(changes if name == within else {})} for name, part in BUSY.items() if name}
    return {**PLAIN, **parts, **({} if within else changes)}


def planned(table: dict[str, Any], calendar: Calendar) -> Instants:
    """Return when a campaign sends what it sends."""
    faults: list[str] = []
    campaign = read_table(Campaign, table, Path(), faults)
    assert faults == []
    crew = open_crew(calendar, campaign, SEED, 1.0, calendar.days)
    return np.concatenate([np.zeros(0, np.int64), *(visits["at"] for visits in crew.visits())])


def faults_of(kind: type[Any], table: dict[str, Any]) -> list[str]:
    faults: list[str] = []
    read_table(kind, table, Path(), faults)
    return faults


def test_there_are_numbers_in_every_part():
    assert {within for within, _ in PARTS} == {within for within, *_ in OF_CAMPAIGNS}
    assert {kind for kind, _ in OF_KINDS} == set(kinds().values())
    assert len(OF_CAMPAIGNS) > 35
    assert len(OF_KINDS) > 25


@pytest.mark.parametrize("number", BEYOND)
@pytest.mark.parametrize(
    ("kind", "name"),
    [*[(kind, name) for _, kind, name in OF_CAMPAIGNS], *OF_KINDS, *OTHERS],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_a_number_beyond_its_bounds_is_told(kind, name, number):
    if name == "offset_h" and number == -1:
        return
    faults = faults_of(kind, {name: given(kind, name, number)})
    assert len([fault for fault in faults if fault.startswith(f"`{name}") and "missing" not in fault]) == 1


@pytest.mark.parametrize(("within", "kind", "name"), OF_CAMPAIGNS, ids=lambda one: getattr(one, "__name__", one))
def test_a_campaign_with_the_least_of_a_knob_is_planned(within, kind, name, fortnight):
    number = ABOVE_LEAST.get(name, least(kind, name))
    sent = planned(campaign_table(within, {name: given(kind, name, number)}), fortnight)
    assert ((sent >= fortnight.start_us) & (sent < fortnight.end_us)).all()
    assert len(sent) > 100 or name in {"exchanges", "until_day"}


@pytest.mark.parametrize(("kind", "name"), OF_KINDS, ids=lambda one: getattr(one, "__name__", one))
@pytest.mark.parametrize("days", [14, 1])
def test_an_honest_kind_with_the_least_of_a_knob_is_planned(kind, name, days, fortnight):
    calendar = Calendar(fortnight.first, days)
    faults: list[str] = []
    one = read_table(kind, {name: least(kind, name)}, Path(), faults)
    assert faults == []
    for seed in range(SEED):
        assert len(one.accounts(calendar, seed)) == one.size


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind, name in OF_KINDS
        if name in {"tail", "variation", "addresses", "exits", "ten_largest_share"}
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_an_honest_kind_with_the_most_of_a_knob_that_draws_chance_is_planned(kind, name, fortnight):
    (knob,) = (one for one in knobs_of(kind) if one.name == name)
    most = 1 if name.endswith("_share") else knob.most
    calls = {"calls": 5.0} if "calls" in {one.name for one in knobs_of(kind)} else {}
    one = kind(**{**calls, name: most})
    for seed in range(3):
        assert len(one.accounts(fortnight, seed)) == one.size


@pytest.mark.parametrize(("within", "name"), [("pace", "swings"), ("pace", "rise"), ("pace", "rests_h"),
                                              ("work", "turns"), ("work", "samples"), ("hiding", "successor_h"),
                                              ("pace", "pivot_h"), ("work", "probing_days"), ("work", "templates"),
                                              ("adapting", "every_days"), ("pace", "works_h")])  # fmt: skip
def test_a_campaign_with_the_most_of_a_knob_is_planned(within, name, fortnight):
    kind = dict(PARTS)[within]
    (knob,) = (one for one in knobs_of(kind) if one.name == name)
    sent = planned(campaign_table(within, {name: int(knob.most)}), fortnight)
    assert len(sent) > 50
