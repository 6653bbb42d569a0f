"""The places that a campaign keeps filled: when an account is closed, another takes its place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.accounts import Account
from stillwatch.worlds.calendar import DAY_US, Calendar, Instants
from stillwatch.worlds.campaigns.hiding import Pools, buy_account
from stillwatch.worlds.seeds import generator, seed_of


@dataclass(frozen=True)
class Staffing:
    """How many accounts a campaign keeps at work, between which instants, and the share of them closed in a day."""

    name: str
    seed: int
    between: tuple[int, int]
    count: int
    closed_daily: float

    @property
    def closed(self) -> int:
        """Accounts closed over the whole campaign."""
        begin, end = self.between
        return round(self.count * self.closed_daily * (end - begin) / DAY_US)


@dataclass(frozen=True)
class Slots:
    """Accounts in the order of slot and time.

    `starts[i]` is when account i takes its slot, `first[s]` the first account of slot s.
    """

    accounts: list[Account]
    starts: Instants
    first: npt.NDArray[np.int64]

    def account_at(self, slot: npt.NDArray[np.int64], at: Instants) -> npt.NDArray[np.int64]:
        """Return which account fills a slot at an instant."""
        key = np.repeat(np.arange(len(self.first)), np.diff([*self.first, len(self.accounts)]))
        base = self.starts.min()
        span = np.int64(max(int(self.starts.max()), int(at.max(initial=0))) - base + 1)
        return np.asarray(
            np.searchsorted(key * span + (self.starts - base), slot * span + (at - base), side="right") - 1
        )


def fill_slots(calendar: Calendar, staffing: Staffing, pools: Pools) -> Slots:
    """Open a campaign's accounts; closures are spread evenly, and each closed account is replaced at once."""
    rng = generator(seed_of(staffing.seed, "closures"))
    begin, end = staffing.between
    closed, count = staffing.closed, staffing.count
    when = begin + ((np.arange(closed) + rng.random(closed)) / max(closed, 1) * (end - begin)).astype(np.int64)
    order = rng.permutation(count)
    closures: list[list[int]] = [[] for _ in range(count)]
    for number, instant in enumerate(when.tolist()):
        closures[int(order[number % count])].append(instant)
    accounts: list[Account] = []
    starts: list[int] = []
    first: list[int] = []
    for slot, instants in enumerate(closures):
        first.append(len(accounts))
        for generation, start in enumerate([begin, *instants]):
            one = seed_of(staffing.seed, slot, generation)
            accounts.append(buy_account(calendar, one, pools, staffing.name, (start, generation > 0)))
            starts.append(start)
    return Slots(accounts, np.array(starts), np.array(first))
