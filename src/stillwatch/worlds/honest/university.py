"""A class with one assignment: the same week's sign-up, one mail domain, one campus, alike questions or a notebook."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, draw_own_domain, open_account, with_visits
from stillwatch.worlds.calendar import DAY_US, SECOND_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.clients import draw_habits, draw_own_stack
from stillwatch.worlds.honest.benchmark import draw_public_items
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.places import draw_country, draw_home, neighbours
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.speech import speak_as
from stillwatch.worlds.visits import single_visits, talk_visits

# what a student's notebook needs for a problem, and the share of students who run all of them once only
_PROBLEM_S = 12.0
_ONCE_SHARE = 0.6


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
            member = open_account(calendar, seed_of(seed, number), self.kind, "chat")
            life = generator(seed_of(member.seed, "life"))
            created = first + int(5 * DAY_US * life.random() ** 2)
            gate = campus[int(life.integers(0, len(campus)))]
            member = replace(
                member, country=country, payment_hash=None, email_domain=domain, created_us=created,
                addresses=(gate, *member.addresses[1:]), habits=replace(member.habits, access_path="education"),
            )  # fmt: skip
            members.append(self._study(member, calendar, seed, life))
        return members

    def _study(self, member: Account, calendar: Calendar, group: int, rng: np.random.Generator) -> Account:
        due = min(member.created_us + 9 * DAY_US, calendar.end_us)
        starts = draw_starts(
            rng, calendar, int(rng.integers(2, 9)), Rhythm("evening", member.offset_h),
            (member.created_us, due),
        )  # fmt: skip
        visits = talk_visits(rng, starts, turns=2.2, gap_s=150)
        speak_as(visits, "class", member.seed, group)
        return with_visits(member, visits, calendar)


@dataclass(frozen=True)
class Course(UniversityClass):
    """A class that runs the same problems of a public benchmark through one notebook, until the assignment is due."""

    kind = "course"

    problems: int = knob("public problems that every student runs", unit="exchanges", default=60, most=10_000)

    def _study(self, member: Account, calendar: Calendar, group: int, rng: np.random.Generator) -> Account:
        notebook = generator(seed_of(group, "notebook"))
        items = draw_public_items(notebook, self.problems)
        habits = replace(draw_habits(notebook, "sdk"), access_path="education", names_end_users=False)
        member = replace(member, stacks=(draw_own_stack(notebook, "notebook"),), habits=habits)
        # time is left for the run to end in
        lasts_us = int(2 * self.problems * _PROBLEM_S * SECOND_US)
        due = max(min(member.created_us + 9 * DAY_US, calendar.end_us) - lasts_us, member.created_us + 1)
        starts = draw_starts(
            rng, calendar, 1 + int(rng.random() > _ONCE_SHARE), Rhythm("evening", member.offset_h),
            (member.created_us, due),
        )  # fmt: skip
        pauses = rng.gamma(2.0, _PROBLEM_S / 2, (len(starts), self.problems)).cumsum(axis=1) * SECOND_US
        visits = single_visits(rng, (starts[:, None] + pauses.astype(np.int64)).reshape(-1))
        speak_as(visits, "benchmark", member.seed)
        visits["group"] = np.tile(items, len(starts))
        return with_visits(member, visits, calendar)
