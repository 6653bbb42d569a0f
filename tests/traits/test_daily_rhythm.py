from datetime import timedelta

import pytest

from stillwatch.tables import PROFILES
from stillwatch.traits.daily_rhythm import DailyRhythm
from stillwatch.traits.find import find_traits

CASES = [
    ([0], {12: 1}, "the hour in UTC, from 0"),
    ([0, 59, 60], {12: 2, 13: 1}, "an hour ends with its last minute"),
    ([0, 24 * 60], {12: 2}, "the same hour of two days adds up"),
    ([11 * 60 + 59, 12 * 60], {23: 1, 0: 1}, "midnight begins another day"),
]


@pytest.mark.parametrize(("minutes", "hours", "why"), CASES)
def test_exchanges_fall_into_hours(minutes, hours, why, shelf, noon):
    shelf.show([{"asked_at": noon + timedelta(minutes=later)} for later in minutes])
    find_traits(shelf.engine)
    days = shelf.engine.sql(f"SELECT {DailyRhythm.vector} AS vector FROM profiles")["vector"].to_pylist()
    assert [sum(hour) for hour in zip(*days, strict=True)] == [hours.get(hour, 0) for hour in range(24)], why


def test_it_reads_what_adds_up_over_days():
    assert DailyRhythm.vector in PROFILES.names
    assert DailyRhythm.least_exchanges == 20
