"""A class with one assignment: the same week's sign-up, one mail domain, one campus network, alike questions."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, draw_own_domain, open_account, with_visits
from stillwatch.worlds.calendar import DAY_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.places import draw_country, draw_home, neighbours
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.speech import speak_as
from stillwatch.worlds.visits import talk_visits


@dataclass(frozen=True)
class UniversityClass(Kind):
    """One class, which works in the days before the assignment is due."""

    kind = "class"

    students: int = knob("accounts of the class", unit="accounts", default=60)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.students

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account a student."""
        rng = generator(seed)
        campus, domain = neighbours(rng, draw_home(rng), 3), f"students.{draw_own_domain(rng)}"
        country, first = draw_country(rng), calendar.day(calendar.days * 0.35 * rng.random())
        members = []
        for number in range(self.students):
            member = open_account(calendar, seed_of(seed, number), "class", "chat")
            life = generator(seed_of(member.seed, "life"))
            created = first + int(5 * DAY_US * life.random() ** 2)
            gate = campus[int(life.integers(0, len(campus)))]
            member = replace(
                member, country=country, payment_hash=None, email_domain=domain, created_us=created,
                addresses=(gate, *member.addresses[1:]), habits=replace(member.habits, access_path="education"),
            )  # fmt: skip
            members.append(self._study(member, calendar, seed, life))
        return members

    @staticmethod
    def _study(member: Account, calendar: Calendar, group: int, rng: np.random.Generator) -> Account:
        due = min(member.created_us + 9 * DAY_US, calendar.end_us)
        starts = draw_starts(
            rng, calendar, int(rng.integers(2, 9)), Rhythm("evening", member.offset_h),
            (member.created_us, due),
        )  # fmt: skip
        visits = talk_visits(rng, starts, turns=2.2, gap_s=150)
        speak_as(visits, "class", member.seed, group)
        return with_visits(member, visits, calendar)
