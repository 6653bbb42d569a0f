"""The places that a campaign keeps filled: when an account is closed, another takes its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.accounts import Account, released_us
from stillwatch.worlds.calendar import DAY_US, HOUR_US, Calendar, Instants
from stillwatch.worlds.campaigns.campaign import Campaign
from stillwatch.worlds.campaigns.hiding import Pools, buy_account, buy_pools
from stillwatch.worlds.campaigns.reviews import Phase, learn, review
from stillwatch.worlds.seeds import generator, seed_of

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Slots:
    """Accounts in the order in which they were opened, and who fills which slot from when on.

    Parameters
    ----------
    accounts
        All of them, successors too.
    numbers, starts, first
        In the order of slot and time: account i, when it is at work, and where each slot begins.
    phases
        What the campaign did differently, and since when.
    """

    accounts: list[Account]
    numbers: Rows
    starts: Instants
    first: Rows
    phases: list[Phase]

    def account_at(self, slot: Rows, at: Instants) -> Rows:
        """Return which account fills a slot at an instant; -1 while none does."""
        key = np.repeat(np.arange(len(self.first)), np.diff([*self.first, len(self.starts)]))
        base = self.starts.min()
        span = np.int64(max(int(self.starts.max()), int(at.max(initial=0))) - base + 1)
        place = np.searchsorted(key * span + (self.starts - base), slot * span + (at - base), side="right") - 1
        # between a closure and the successor's first hour the place is marked by the account -1
        return np.asarray(np.where((place >= 0) & (at >= base), self.numbers[place], -1))

    def phase_at(self, at: Instants) -> Rows:
        """Return the number of the phase in which each instant lies."""
        since = np.array([phase.since_us for phase in self.phases])
        return np.asarray((np.searchsorted(since, at, side="right") - 1).clip(0))


@dataclass
class _Staff:
    """Accounts as they are opened and closed in the course of time."""

    campaign: Campaign
    calendar: Calendar
    seed: int
    accounts: list[Account] = field(default_factory=list)
    filled: list[list[tuple[int, int]]] = field(default_factory=list)

    def open(self, slot: int, since: int, pools: Pools, *, successor: bool) -> None:
        seed = seed_of(self.seed, slot, len(self.filled[slot]))
        account = buy_account(self.calendar, seed, pools, self.campaign.name, (since, successor))
        self.filled[slot].append((since, len(self.accounts)))
        self.accounts.append(self._moved(account))

    def close(self, slot: int, at: int, pools: Pools) -> None:
        """Close the account in a slot, and open its successor."""
        since, number = self.filled[slot][-1]
        if at <= since:
            return
        self.accounts[number] = replace(self.accounts[number], closed_us=at)
        self.filled[slot].append((at, -1))
        draw = generator(seed_of(self.seed, slot, len(self.filled[slot]), "successor")).random()
        back = at + 1 + int(draw * pools.hiding.successor_h * HOUR_US)
        self.open(slot, back, pools, successor=True)

    def active(self) -> list[Account]:
        return [self.accounts[some[-1][1]] for some in self.filled]

    def _moved(self, account: Account) -> Account:
        pace, calendar = self.campaign.pace, self.calendar
        if pace.pivot_h is not None and calendar.releases:
            draw = generator(seed_of(account.seed, "pivot")).random()
            account = replace(account, moves_us=released_us(calendar) + int(draw * pace.pivot_h * HOUR_US))
        if pace.retreat_day is not None:
            draw = generator(seed_of(account.seed, "retreat")).random()
            account = replace(account, retreats_us=calendar.day(pace.retreat_day + 0.5 * draw))
        return account


def fill_slots(calendar: Calendar, campaign: Campaign, seed: int, between: tuple[int, int], count: int) -> Slots:
    """Open a campaign's accounts; each that is closed is replaced.

    Parameters
    ----------
    between
        First and last instant of the campaign.
    count
        Accounts at work at any time.
    """
    staff = _Staff(campaign, calendar, seed, filled=[[] for _ in range(count)])
    pools = buy_pools(campaign.hiding, seed)
    phases = [Phase(between[0], campaign.hiding, campaign.work.wording, None)]
    for slot in range(count):
        staff.open(slot, between[0], pools, successor=False)
    for at, slots in sorted(_closures(campaign, calendar, seed, between, count)):
        for slot in slots:
            staff.close(slot, at, pools)
        if not slots and campaign.adapting is not None:
            rng = generator(seed_of(seed, "review", at))
            active = staff.active()
            closed = review(rng, active, pools, phases[-1].wording, campaign.adapting.closed_share)
            phase = learn(phases[-1], active, closed, pools, at)
            if phase is not None:
                phases.append(phase)
                pools = buy_pools(phase.hiding, seed)
            for slot in np.flatnonzero(closed).tolist():
                staff.close(slot, at, pools)
    return _sorted(staff, phases)


def _closures(
    campaign: Campaign, calendar: Calendar, seed: int, between: tuple[int, int], count: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield when which slots lose their account; a review, which chooses them itself, as no slots."""
    rng, hiding = generator(seed_of(seed, "closures")), campaign.hiding
    begin, end = between
    closed = round(count * hiding.closed_daily_share * (end - begin) / DAY_US)
    when = begin + ((np.arange(closed) + rng.random(closed)) / max(closed, 1) * (end - begin)).astype(np.int64)
    order = rng.permutation(count)
    yield from ((instant, (int(order[number % count]),)) for number, instant in enumerate(when.tolist()))
    for day in hiding.swept_days:
        swept = rng.permutation(count)[: round(count * hiding.swept_share)]
        if begin < calendar.day(day) < end and len(swept):
            yield calendar.day(day), tuple(sorted(swept.tolist()))
    if campaign.adapting is not None:
        every = round(campaign.adapting.every_days * DAY_US)
        yield from ((instant, ()) for instant in range(begin + every, end, every))


def _sorted(staff: _Staff, phases: list[Phase]) -> Slots:
    sizes = [len(some) for some in staff.filled]
    flat = [one for some in staff.filled for one in some]
    return Slots(
        staff.accounts, np.array([number for _, number in flat]), np.array([since for since, _ in flat]),
        np.cumsum([0, *sizes[:-1]]), phases,
    )  # fmt: skip
