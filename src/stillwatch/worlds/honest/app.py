"""Apps: one template, one system prompt, one program; a few apps make most of the calls, in bursts."""

from dataclasses import dataclass

import numpy as np

from stillwatch.worlds.accounts import Account, open_account, with_visits
from stillwatch.worlds.calendar import HOUR_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.seeds import generator, mix, seed_of
from stillwatch.worlds.speech import set_system, speak_as
from stillwatch.worlds.visits import draw_seeds, single_visits


@dataclass(frozen=True)
class App:
    """One app.

    Parameters
    ----------
    calls
        Median calls in a week. The tail is heavy: one app in fifty makes twenty times as many.
    hours
        As in `calendar.draw_starts`; None: two in three by their people's hours, the others round the clock.
    batch
        A job that works through documents, alone or in the night, and not people's messages.
    """

    calls: float = 14
    hours: str | None = None
    batch: bool = False

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the app's account."""
        rng = generator(seed_of(seed, "life"))
        account = open_account(calendar, seed, "night batch" if self.batch else "app", "sdk")
        count = 2 + int(min(self.calls * calendar.days / 7 * rng.lognormal(0.0, 1.45), 150 * self.calls))
        hours = self.hours or str(rng.choice(["office", "evening", "always"]))
        between = (max(account.created_us, calendar.start_us), calendar.end_us)
        at = draw_starts(rng, calendar, count, Rhythm(hours, account.offset_h), between)
        bursts = rng.random(count) < 0.35
        # a burst: calls gather in the ten minutes after an earlier call
        at = np.where(
            bursts,
            at[np.maximum(np.arange(count) - rng.integers(1, 9, count), 0)] + rng.integers(0, HOUR_US // 6, count),
            at,
        )
        visits = single_visits(rng, at)
        voice = "nightly" if self.batch else "bare app" if rng.random() < 0.5 else "app"
        people = draw_seeds(rng, 2 + count // 4)
        speak_as(visits, voice, people[(mix(visits["seed"], 3) % np.uint64(len(people))).astype(np.int64)], seed)
        if voice == "bare app":
            set_system(visits, "system.app", seed)
        return [with_visits(account, visits, calendar, rng)]
