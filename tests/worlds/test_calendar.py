from datetime import UTC, datetime

import numpy as np
import pytest

from stillwatch.worlds.calendar import DAY_US, HOUR_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.seeds import generator

MONDAY = Calendar(datetime(2026, 2, 2, tzinfo=UTC), 14, ())


def local_hours(rhythm: Rhythm, count: int = 20_000) -> np.ndarray:
    starts = draw_starts(generator(1), MONDAY, count, rhythm)
    return (starts // HOUR_US + rhythm.offset_h) % 24


@pytest.mark.parametrize("offset_h", [0, 9, -6])
def test_offices_work_by_day_where_they_are(offset_h):
    hours = local_hours(Rhythm("office", offset_h))
    assert ((hours >= 7) & (hours < 19)).mean() > 0.9


def test_night_jobs_sleep_by_day_and_machines_never():
    night = local_hours(Rhythm("night"))
    assert ((night >= 8) & (night < 20)).sum() == 0
    assert np.bincount(local_hours(Rhythm("always")), minlength=24).min() > 700


def test_offices_rest_at_the_weekend():
    starts = draw_starts(generator(1), MONDAY, 20_000, Rhythm("office"))
    day = (starts - MONDAY.start_us) // DAY_US % 7
    assert (day >= 5).mean() < 0.06


def test_starts_are_sorted_and_stay_between():
    between = (MONDAY.day(2.3), MONDAY.day(2.6))
    starts = draw_starts(generator(2), MONDAY, 500, Rhythm("evening"), between)
    assert (np.diff(starts) >= 0).all()
    assert starts.min() >= between[0]
    assert starts.max() < between[1]


def test_a_stretch_without_waking_hours_still_gives_starts():
    noon = (MONDAY.day(0.5), MONDAY.day(0.51))
    assert len(draw_starts(generator(2), MONDAY, 5, Rhythm("night"), noon)) == 5
