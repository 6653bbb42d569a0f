from datetime import date

import numpy as np
import pytest

from stillwatch.worlds.calendar import (
    DAY_US,
    HOUR_US,
    SECOND_US,
    Calendar,
    Rhythm,
    draw_bursts,
    draw_starts,
    hour_weights,
)
from stillwatch.worlds.seeds import generator

MONDAY = Calendar(date(2026, 2, 2), 14)
WHOLE = (MONDAY.start_us, MONDAY.end_us)
BETWEEN = [
    (MONDAY.day(2.3), MONDAY.day(2.6)), (MONDAY.day(0), MONDAY.day(0.01)), (MONDAY.day(13.99), MONDAY.end_us),
    (MONDAY.day(5), MONDAY.day(5) + 1), (MONDAY.day(-3), MONDAY.day(1)),
]  # fmt: skip


def local_hours(rhythm: Rhythm, count: int = 20_000) -> np.ndarray:
    starts = draw_starts(generator(1), MONDAY, count, rhythm)
    return (starts // HOUR_US + rhythm.offset_h) % 24


def test_a_calendar_begins_at_midnight_utc_and_ends_after_its_days():
    assert MONDAY.start_us == 1_769_990_400 * SECOND_US
    assert MONDAY.end_us - MONDAY.start_us == 14 * DAY_US
    assert MONDAY.day(0.5) - MONDAY.start_us == 12 * HOUR_US


@pytest.mark.parametrize("offset_h", [0, 9, -6])
def test_offices_work_by_day_where_they_are(offset_h):
    hours = local_hours(Rhythm("office", offset_h))
    assert ((hours >= 7) & (hours < 19)).mean() > 0.9


def test_night_jobs_sleep_by_day_and_machines_never():
    night = local_hours(Rhythm("night"))
    assert ((night >= 8) & (night < 20)).sum() == 0
    assert np.bincount(local_hours(Rhythm("always")), minlength=24).min() > 700


@pytest.mark.parametrize(("offset_h", "first"), [(0, 5 * 24), (-6, 5 * 24 + 6), (9, 5 * 24 - 9)])
def test_offices_rest_on_their_own_saturday_and_sunday(offset_h, first):
    weights = hour_weights(MONDAY, Rhythm("office", offset_h), WHOLE)
    weekend = np.zeros(14 * 24, bool)
    for begin in (first, first + 7 * 24):
        weekend[begin : begin + 48] = True
    assert weights[weekend].sum() < 0.06 * weights.sum()
    assert weights[weekend].max() < 0.15 * weights[~weekend].max()


@pytest.mark.parametrize("draw", [draw_starts, draw_bursts])
@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("hours", ["evening", "office", "night", "always"])
def test_instants_are_sorted_and_lie_between(draw, between, hours):
    at = draw(generator(2), MONDAY, 300, Rhythm(hours), between)
    assert len(at) == 300
    assert (np.diff(at) >= 0).all()
    assert between[0] <= at[0]
    assert at[-1] < between[1]


@pytest.mark.parametrize("draw", [draw_starts, draw_bursts])
def test_a_stretch_without_waking_hours_still_gives_instants(draw):
    noon = (MONDAY.day(0.5), MONDAY.day(0.51))
    assert len(draw(generator(2), MONDAY, 5, Rhythm("night"), noon)) == 5


@pytest.mark.parametrize("draw", [draw_starts, draw_bursts])
def test_none_may_be_drawn(draw):
    assert len(draw(generator(2), MONDAY, 0, Rhythm("office"), WHOLE)) == 0


@pytest.mark.parametrize("variation", [0.5, 1.0, 2.0, 4.0])
def test_waits_vary_as_the_rhythm_says(variation):
    waits = np.diff(draw_bursts(generator(3), MONDAY, 20_000, Rhythm("always", 0, variation), WHOLE))
    assert waits.std() / waits.mean() == pytest.approx(variation, rel=0.1)


def test_bursts_keep_the_hours_of_work():
    at = draw_bursts(generator(3), MONDAY, 20_000, Rhythm("office", 0, 2.0), WHOLE)
    hours = at // HOUR_US % 24
    assert ((hours >= 7) & (hours < 19)).mean() > 0.9


def test_weights_are_those_of_the_hours_that_are_touched():
    rhythm = Rhythm("evening", 3)
    whole = hour_weights(MONDAY, rhythm, WHOLE)
    assert len(whole) == 14 * 24
    part = hour_weights(MONDAY, rhythm, (MONDAY.day(1) + 1, MONDAY.day(1) + HOUR_US + 1))
    assert part.tolist() == whole[24:26].tolist()
    assert len(hour_weights(MONDAY, rhythm, (MONDAY.day(20), MONDAY.day(21)))) == 0
