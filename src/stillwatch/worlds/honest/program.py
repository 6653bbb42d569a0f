"""Programs that many accounts run: a firm's product, an open-source tool, the flows of a platform."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, draw_card, draw_own_domain, lived_share, open_account, with_visits
from stillwatch.worlds.calendar import HOUR_US, SECOND_US, Calendar, Hours, Instants, Rhythm, draw_starts
from stillwatch.worlds.clients import Habits, draw_habits, draw_own_stack
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.places import MOST_NEIGHBOURS, draw_country, draw_home, draw_host, neighbours
from stillwatch.worlds.seeds import Seeds, generator, mix, seed_of
from stillwatch.worlds.speech import set_system, speak_as
from stillwatch.worlds.visits import Visits, draw_seeds, single_visits


class _Firm(NamedTuple):
    """What all accounts of one firm have alike."""

    card: str
    domain: str
    country: int
    founded_us: int


class _Work(NamedTuple):
    """What a program is for: the voice that asks, the end of its name, and the system prompt that it sends along."""

    voice: str
    sort: str
    system: str | None = None


_WORKS = {
    "product": _Work("app", "worker"),
    "commits": _Work("commit tool", "cli", "system.commits"),
    "logs": _Work("log tool", "cli", "system.logs"),
    "commands": _Work("command tool", "cli", "system.commands"),
    "flows": _Work("flow", "connect"),
}
_TEMPLATES_OF_ONE = 3
_MOST_MEDIANS = 20
# calls come in bursts from random instants on: waits drawn as `draw_bursts` does would begin, in every account at once,
# with the first hour and end with the last
_CALLS_OF_BURST = 3
_BURST_S = 600.0
_SCHEDULES_H = (1, 1, 2, 3, 6)
_LONGEST_QUEUE_S = 1500.0


@dataclass(frozen=True)
class Program(Kind):
    """One program that many accounts run: one build with its templates, whose requests all stand alone."""

    kind = "program"

    installs: int = knob("accounts that run it", unit="accounts", default=8)
    held_by: Literal["one firm", "firms", "people"] = knob(
        "whose the accounts are: one firm's, with one card and mail domain; a firm's each, with its own; or strangers'",
        unit="`one firm`, `firms` or `people`", default="one firm",
    )  # fmt: skip
    addresses: int | None = knob(
        "server addresses that all accounts call from; left out: each calls from its own",
        unit="addresses",
        default=None,
        most=MOST_NEIGHBOURS,
    )
    work: Literal["product", "commits", "logs", "commands", "flows"] = knob(
        "what it is for: messages to a product, a command-line tool for commits, logs or commands, which has a system "
        "prompt too, or flows, whose templates each account may change a little",
        unit="`product`, `commits`, `logs`, `commands` or `flows`", default="product",
    )  # fmt: skip
    templates: int = knob("prompt templates to choose from; an account uses up to three", unit="templates", default=1)
    calls: float = knob("median calls of an account in a week", unit="calls a week", default=60.0, most=100_000)
    tail: float = knob(
        "spread of the calls from account to account, of their natural logarithm; at most 20 medians",
        unit="standard deviation", default=0.6, most=10,
    )  # fmt: skip
    hours: Hours | None = knob(
        "when it runs; left out: for half of the accounts in office hours, for half in the evening",
        unit="`evening`, `office`, `night` or `always`", default=None,
    )  # fmt: skip
    on_the_hour: bool = knob(
        "every account's calls begin on the hour, every hour or every few hours", unit="true or false", default=False
    )

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.installs

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account for each install."""
        rng = generator(seed)
        stack, habits = draw_own_stack(rng, _WORKS[self.work].sort), draw_habits(rng, "sdk")
        habits = replace(habits, names_end_users=self.work == "product")
        pool = neighbours(rng, draw_host(rng), self.addresses or 0)
        firm = _Firm(draw_card(rng), draw_own_domain(rng), draw_country(rng), calendar.day(-300 * rng.random()))
        members = []
        for number in range(self.installs):
            member = open_account(calendar, seed_of(seed, number), self.kind, "sdk")
            life = generator(seed_of(member.seed, "life"))
            member = self._held(replace(member, stacks=(stack,)), firm, habits, life)
            if pool:
                member = replace(member, addresses=tuple(pool[one] for one in life.permutation(len(pool))))
            members.append(with_visits(member, self._visits(member, calendar, seed, life), calendar))
        return members

    def _held(self, member: Account, firm: _Firm, habits: Habits, rng: np.random.Generator) -> Account:
        if self.held_by == "one firm":
            return replace(
                member, payment_hash=firm.card, email_domain=firm.domain, country=firm.country, habits=habits,
                created_us=max(member.created_us, firm.founded_us),
            )  # fmt: skip
        # the program sets how it calls; by which path is the holder's own contract
        member = replace(member, habits=replace(habits, access_path=member.habits.access_path))
        if self.held_by == "firms":
            return replace(member, payment_hash=draw_card(rng), email_domain=draw_own_domain(rng))
        return replace(member, addresses=tuple(draw_home(rng) for _ in member.addresses))

    def _visits(self, member: Account, calendar: Calendar, seed: int, rng: np.random.Generator) -> Visits:
        calls = min(rng.lognormal(0.0, self.tail), _MOST_MEDIANS) * self.calls * calendar.days / 7
        count = 2 + int(calls * lived_share(member, calendar))
        hours = self.hours or ("office" if rng.random() < 0.5 else "evening")
        between = (max(member.created_us, calendar.start_us), calendar.end_us)
        starts = draw_starts(rng, calendar, 1 + count // _CALLS_OF_BURST, Rhythm(hours, member.offset_h), between)
        late = (rng.exponential(_BURST_S, count) * SECOND_US).astype(np.int64)
        at = starts[rng.integers(0, len(starts), count)] + late
        visits = single_visits(rng, _on_schedule(rng, at) if self.on_the_hour else at)
        work = _WORKS[self.work]
        speak_as(visits, work.voice, self._speakers(visits, member, rng))
        visits["group"] = self._templates(visits, seed, rng)
        if work.system is not None:
            set_system(visits, work.system, seed)
        return visits

    def _speakers(self, visits: Visits, member: Account, rng: np.random.Generator) -> Seeds | int:
        if self.work != "product":
            return member.seed
        people = draw_seeds(rng, 2 + len(visits) // 4)
        return np.asarray(people[rng.integers(0, len(people), len(visits))])

    def _templates(self, visits: Visits, seed: int, rng: np.random.Generator) -> Seeds:
        """Return the template of each visit: of the gallery, whose first ones are liked most, up to three for one."""
        gallery = np.array([seed_of(seed, "template", number) for number in range(self.templates)], np.uint64)
        liked = (self.templates * rng.random(int(rng.integers(1, _TEMPLATES_OF_ONE + 1))) ** 1.7).astype(np.int64)
        return np.asarray(gallery[liked][(mix(visits["seed"], 79) % np.uint64(len(liked))).astype(np.int64)])


def _on_schedule(rng: np.random.Generator, at: Instants) -> Instants:
    """Return instants put back to the hour at which their flow runs, and the queue that all flows then stand in."""
    every = int(rng.choice(_SCHEDULES_H)) * HOUR_US
    first = int(rng.integers(0, every // HOUR_US)) * HOUR_US
    queued = np.minimum(rng.lognormal(3.2, 0.9, len(at)), _LONGEST_QUEUE_S) * SECOND_US
    return np.asarray(at - (at - first) % every + queued.astype(np.int64))
