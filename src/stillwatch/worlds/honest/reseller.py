"""An honest reseller: many unrelated people behind one account."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, open_account, with_visits
from stillwatch.worlds.calendar import Calendar, Rhythm, draw_starts
from stillwatch.worlds.knobs import RELAYS, knob
from stillwatch.worlds.seeds import Seeds, generator, seed_of
from stillwatch.worlds.speech import set_system, speak_as_people
from stillwatch.worlds.visits import Visits, draw_seeds, talk_visits


@dataclass(frozen=True)
class Reseller(Kind):
    """One reseller: people from everywhere, of whom half are named as end users."""

    kind = "reseller"

    people: int = knob("people behind the account", unit="people", source=RELAYS, default=150, most=100_000)
    talks: float = knob(
        "mean conversations of one of them in the whole world", unit="conversations", default=1.2, most=100
    )

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the reseller's account."""
        rng = generator(seed_of(seed, "life"))
        account = open_account(calendar, seed, self.kind, "sdk")
        account = replace(account, habits=replace(account.habits, names_end_users=bool(rng.random() < 0.5)))
        people = draw_seeds(rng, self.people)
        count = int(self.people * self.talks)
        starts = draw_starts(rng, calendar, count, Rhythm("evening", account.offset_h))
        # a conversation that began before the account was opened would lack its first turns
        visits = talk_visits(rng, starts[starts >= account.created_us], turns=2.2, gap_s=95)
        owner = people[rng.integers(0, self.people, len(visits))]
        speakers = owner[np.maximum.accumulate(np.where(visits["turn"] == 0, np.arange(len(visits)), 0))]
        self._speak(visits, speakers)
        set_system(visits, "system.chat", seed % 3)
        return [with_visits(account, visits, calendar)]

    def _speak(self, visits: Visits, speakers: Seeds) -> None:
        speak_as_people(visits, speakers, None, mixed=True)
