"""The days that a world covers, and when people, offices and machines are awake."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.knobs import OURS, knob

Instants = npt.NDArray[np.int64]
Hours = Literal["evening", "office", "night", "always"]

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
LONGEST_DAYS = 3660

# shares of a day's requests by local hour, from midnight
_HOURS = {
    "evening": (3, 1.5, 1, 0.6, 0.5, 0.6, 1.2, 2.5, 4, 5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 5.5, 6, 6.5, 7.5, 8.5, 8.5, 7,
                5),
    "office": (0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.6, 2.5, 7, 11, 12, 11, 7, 8, 11, 11.5, 10, 6.5, 2, 0.8, 0.5, 0.4, 0.3,
               0.2),
    "night": (9, 12, 12, 12, 10, 7, 2, 0.2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 2, 4, 7),
    "always": (1,) * 24,
}  # fmt: skip
_WEEKEND = {"evening": 1.15, "office": 0.12, "night": 1.0, "always": 1.0}


@dataclass(frozen=True)
class Release:
    """A model that the operator released in the middle of a world."""

    model: str = knob("name of the model", unit="text")
    at: datetime = knob("when it was released", unit="instant with its zone")


@dataclass(frozen=True)
class Calendar:
    """The days of a world, and the models released meanwhile."""

    first: date = knob("the first day", unit="UTC day")
    days: int = knob("days from the first to the last", unit="days", default=14, most=LONGEST_DAYS)
    releases: tuple[Release, ...] = knob("models released meanwhile, oldest first", unit="tables", default=())
    moving_share: float = knob(
        "share of honest accounts that turn to a released model", unit="0-1", source=OURS, default=0.67
    )
    pace_days: float = knob(
        "mean time after which an honest account that turns to a released model does so; half do in a third of it",
        unit="days", source=OURS, default=2.8, most=LONGEST_DAYS,
    )  # fmt: skip

    @property
    def start_us(self) -> int:
        """First instant, in microseconds since 1970."""
        first = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        return round(first.timestamp()) * SECOND_US

    @property
    def end_us(self) -> int:
        """The instant after the last, in microseconds since 1970."""
        return self.start_us + self.days * DAY_US

    def day(self, number: float) -> int:
        """Return an instant so many days after the first, in microseconds since 1970."""
        return self.start_us + round(number * DAY_US)


@dataclass(frozen=True)
class Rhythm:
    """Hours of work: `evening` (people), `office`, `night` or `always`, at local time less UTC in hours.

    `variation` is the coefficient of variation of the waits from call to call: 1 is chance, 2 the median client.
    """

    hours: str
    offset_h: int = 0
    variation: float = 1.0


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
    total = np.cumsum(hour_weights(calendar, rhythm, (since, until)))
    if not len(total) or not total[-1]:
        return np.sort(rng.integers(since, max(until, since + 1), count))
    first = max(0, (since - calendar.start_us) // HOUR_US)
    hour = first + np.searchsorted(total, rng.random(count) * total[-1], "right")
    drawn = calendar.start_us + hour * HOUR_US + rng.integers(0, HOUR_US, count)
    return np.sort(np.clip(drawn, since, until - 1))


def draw_bursts(
    rng: np.random.Generator, calendar: Calendar, count: int, rhythm: Rhythm, between: tuple[int, int]
) -> Instants:
    """Draw instants, sorted, whose waits vary as the rhythm says, within its hours of work.

    Waits are gamma-distributed, as ServeGen finds them for the clients of a model's API, and are told in the time of
    the rhythm: an hour in which twice as much is asked counts for two.

    References
    ----------
    Xiang et al. (2025), ServeGen: Workload Characterization and Generation of Large Language Model Serving.
    """
    since, until = between
    weights = hour_weights(calendar, rhythm, between)
    if not len(weights) or not weights.sum():
        return draw_starts(rng, calendar, count, rhythm, between)
    waits = rng.gamma(1 / rhythm.variation**2, 1.0, count + 1)
    passed = np.cumsum(waits)[:-1] / waits.sum()
    total = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    first = max(0, (since - calendar.start_us) // HOUR_US)
    hours = first + np.interp(passed, total, np.arange(len(total)))
    at = calendar.start_us + (hours * HOUR_US).astype(np.int64)
    return np.sort(np.clip(at + rng.integers(0, SECOND_US, count), since, max(until - 1, since)))


def hour_weights(calendar: Calendar, rhythm: Rhythm, between: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return how much is asked in each hour of the calendar from that of the first instant to that of the last."""
    since, until = between
    first = max(0, (since - calendar.start_us) // HOUR_US)
    last = min(calendar.days * 24, -(-(until - calendar.start_us) // HOUR_US))
    return _weights(calendar, rhythm)[first : max(first, last)]


@cache
def _weights(calendar: Calendar, rhythm: Rhythm) -> npt.NDArray[np.float64]:
    local = np.arange(calendar.days * 24) + rhythm.offset_h
    weekday = (calendar.first.weekday() + local // 24) % 7
    weekend = np.where(weekday >= 5, _WEEKEND[rhythm.hours], 1.0)
    return np.asarray(np.asarray(_HOURS[rhythm.hours])[local % 24] * weekend)
