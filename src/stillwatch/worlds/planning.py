"""What everybody plans to ask, brought into the order of time with bounded memory: gathered by the hour, spilled."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from stillwatch.worlds.accounts import Account
from stillwatch.worlds.calendar import HOUR_US, Calendar
from stillwatch.worlds.campaigns import open_crew
from stillwatch.worlds.registry import Known, Registry
from stillwatch.worlds.seeds import seed_of
from stillwatch.worlds.story import Story
from stillwatch.worlds.visits import NO_VISITS, VISIT, Visits

_HELD_BYTES = 128 << 20
_PENDING_VISITS = 65_536
_ENTERED_ACCOUNTS = 1000


@dataclass
class Spill:
    """Visits by the hour, in memory up to a bound and then in files, one for each hour."""

    calendar: Calendar
    folder: Path
    held_bytes: int = _HELD_BYTES
    count: int = 0
    _pending: list[Visits] = field(default_factory=list)
    _hours: dict[int, list[Visits]] = field(default_factory=dict)
    _waiting: int = 0
    _held: int = 0

    def add(self, visits: Visits) -> None:
        """Take visits of any hours, in any order."""
        self._pending.append(visits)
        self.count += len(visits)
        self._waiting += len(visits)
        if self._waiting >= _PENDING_VISITS:
            self._sort_in()

    def hours(self) -> Iterator[Visits]:
        """Yield the visits of one hour after another, in the order of time, equal instants by their seeds."""
        self._sort_in()
        for hour in range(self.calendar.days * 24):
            visits = np.concatenate([NO_VISITS, *self._kept(hour), *self._hours.pop(hour, [])])
            if len(visits):
                yield visits[np.lexsort((visits["seed"], visits["at"]))]

    def _sort_in(self) -> None:
        visits = np.concatenate([NO_VISITS, *self._pending])
        self._pending.clear()
        self._waiting = 0
        hour = (visits["at"] - self.calendar.start_us) // HOUR_US
        order = np.argsort(hour, kind="stable")
        numbers, starts = np.unique(hour[order], return_index=True)
        for number, part in zip(numbers.tolist(), np.split(visits[order], starts[1:]), strict=False):
            # a copy, so that the whole is not held for the sake of one hour
            self._hours.setdefault(number, []).append(part.copy())
        self._held += visits.nbytes
        if self._held > self.held_bytes:
            self._write()

    def _write(self) -> None:
        for hour, parts in self._hours.items():
            with self._file(hour).open("ab") as file:
                for part in parts:
                    file.write(part.data)  # `tofile` would hide why the disk refuses
        self._hours.clear()
        self._held = 0

    def _kept(self, hour: int) -> Iterator[Visits]:
        if self._file(hour).exists():
            yield np.fromfile(self._file(hour), VISIT)
            self._file(hour).unlink()

    def _file(self, hour: int) -> Path:
        return self.folder / f"{hour}.visits"


@dataclass(frozen=True)
class Plan:
    """All that will be asked: the accounts, and the visits by the hour, to be read once."""

    calendar: Calendar
    known: Known
    visits: Spill


@contextmanager
def plan_story(story: Story, *, seed: int, scale: float, days: int | None = None) -> Iterator[Plan]:
    """Plan all that happens in a story. What is spilled is gone when the context ends.

    Parameters
    ----------
    seed
        Another seed, another world of the same story.
    scale
        Factor on the numbers of accounts and exchanges. Honest accounts that a smaller world holds are the same in a
        larger one.
    days
        How many, in place of the days of the story; None: as many.
    """
    calendar = story.within(days).calendar
    with tempfile.TemporaryDirectory(prefix="stillwatch-world-") as folder:
        registry, spill = Registry(), Spill(calendar, Path(folder))
        for accounts in _honest(story, calendar, seed, scale):
            _enter(accounts, registry, spill)
        for campaign in story.campaigns:
            one = seed_of(seed, "campaign", campaign.name)
            crew = open_crew(calendar, campaign, one, scale, story.calendar.days)
            first = registry.add(crew.accounts)
            for visits in crew.visits():
                visits["account"] += first
                spill.add(visits)
        yield Plan(calendar, registry.close(), spill)


def _honest(story: Story, calendar: Calendar, seed: int, scale: float) -> Iterator[list[Account]]:
    some: list[Account] = []
    for kind, count in story.population.counts(scale):
        for number in range(count):
            some += kind.accounts(calendar, seed_of(seed, story.name, repr(kind), number))
            if len(some) >= _ENTERED_ACCOUNTS:
                yield some
                some = []
    yield some


def _enter(accounts: list[Account], registry: Registry, spill: Spill) -> None:
    first = registry.add(accounts)
    for number, account in enumerate(accounts, first):
        account.visits["account"] = number
        spill.add(account.visits)
