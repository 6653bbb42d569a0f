"""The days that a world covers, and when people, offices and machines are awake."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
import numpy.typing as npt

Instants = npt.NDArray[np.int64]

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US

# shares of a day's requests by local hour, from midnight
_HOURS = {
    "evening": (
        3,
        1.5,
        1,
        0.6,
        0.5,
        0.6,
        1.2,
        2.5,
        4,
        5,
        5.5,
        5.5,
        5.5,
        5.5,
        5.5,
        5.5,
        5.5,
        6,
        6.5,
        7.5,
        8.5,
        8.5,
        7,
        5,
    ),
    "office": (
        0.1,
        0.1,
        0.1,
        0.1,
        0.1,
        0.2,
        0.6,
        2.5,
        7,
        11,
        12,
        11,
        7,
        8,
        11,
        11.5,
        10,
        6.5,
        2,
        0.8,
        0.5,
        0.4,
        0.3,
        0.2,
    ),
    "night": (9, 12, 12, 12, 10, 7, 2, 0.2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 2, 4, 7),
    "always": (1,) * 24,
}
_WEEKEND = {"evening": 1.15, "office": 0.12, "night": 1.0, "always": 1.0}


@dataclass(frozen=True)
class Release:
    """A model that the operator released in the middle of a world."""

    model: str
    at: datetime


@dataclass(frozen=True)
class Calendar:
    """The first day (UTC), the number of days, and the models released meanwhile.

    `moving_share` (0-1) of the honest accounts turn to a released model, `pace_days` after it in the mean.
    """

    first: datetime
    days: int
    releases: tuple[Release, ...]
    moving_share: float = 0.67
    pace_days: float = 2.8

    @property
    def start_us(self) -> int:
        """First instant, in microseconds since 1970."""
        return round(self.first.timestamp()) * SECOND_US

    @property
    def end_us(self) -> int:
        """The instant after the last, in microseconds since 1970."""
        return self.start_us + self.days * DAY_US

    def day(self, number: float) -> int:
        """Return an instant so many days after the first, in microseconds since 1970."""
        return self.start_us + round(number * DAY_US)


@dataclass(frozen=True)
class Rhythm:
    """Hours of work: `evening` (people), `office`, `night` or `always`, at local time less UTC in hours."""

    hours: str
    offset_h: int = 0


def draw_starts(
    rng: np.random.Generator, calendar: Calendar, count: int, rhythm: Rhythm, between: tuple[int, int] | None = None
) -> Instants:
    """Draw instants, sorted, by the hours at which a person, an office or a machine is awake.

    Parameters
    ----------
    between
        First and last instant (microseconds since 1970); None: the whole calendar.
    """
    since, until = between or (calendar.start_us, calendar.end_us)
    weights = _weights(calendar, rhythm)
    first = max(0, (since - calendar.start_us) // HOUR_US)
    last = min(len(weights), -(-(until - calendar.start_us) // HOUR_US))
    total = np.cumsum(weights[first:last]) if last > first else np.zeros(1)
    if not total[-1]:
        return np.sort(rng.integers(since, max(until, since + 1), count))
    hour = first + np.searchsorted(total, rng.random(count) * total[-1], side="right")
    drawn = calendar.start_us + hour * HOUR_US + rng.integers(0, HOUR_US, count)
    return np.sort(np.clip(drawn, since, until - 1))


@cache
def _weights(calendar: Calendar, rhythm: Rhythm) -> npt.NDArray[np.float64]:
    local = np.arange(calendar.days * 24) + calendar.first.hour + rhythm.offset_h
    weekday = (calendar.first.weekday() + local // 24) % 7
    weekend = np.where(weekday >= 5, _WEEKEND[rhythm.hours], 1.0)
    return np.asarray(_HOURS[rhythm.hours])[local % 24] * weekend
