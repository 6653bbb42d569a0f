"""A researcher who runs a public benchmark: one account, one template, hundreds of prompts in an hour."""

from dataclasses import dataclass

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, open_account, with_visits
from stillwatch.worlds.calendar import HOUR_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.seeds import Seeds, generator, mix, seed_of
from stillwatch.worlds.speech import speak_as
from stillwatch.worlds.visits import single_visits

_PUBLIC_ITEMS = 4000


@dataclass(frozen=True)
class Benchmark(Kind):
    """One researcher. All runs draw on one public set, so strangers ask the same questions."""

    kind = "benchmark"

    prompts: int = knob("prompts of one run", unit="exchanges", default=250, most=100_000)
    runs: int = knob("runs in the whole world, each within an hour", unit="runs", default=1, most=1000)

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the researcher's account."""
        rng = generator(seed_of(seed, "life"))
        account = open_account(calendar, seed, "benchmark", "sdk")
        between = (max(account.created_us, calendar.start_us), calendar.end_us - HOUR_US)
        starts = draw_starts(rng, calendar, self.runs, Rhythm("office", account.offset_h), between)
        at = (starts[:, None] + rng.integers(0, HOUR_US, (self.runs, self.prompts))).reshape(-1)
        visits = single_visits(rng, at)
        speak_as(visits, "benchmark" if seed % 3 else "benchmark of letters", seed)
        visits["group"] = draw_public_items(rng, len(at))
        return [with_visits(account, visits, calendar)]


def draw_public_items(rng: np.random.Generator, count: int) -> Seeds:
    """Draw items of the public set, some perhaps twice."""
    return mix(rng.integers(0, _PUBLIC_ITEMS, count).astype(np.uint64), 81)
