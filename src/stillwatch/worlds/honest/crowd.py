"""Strangers who share a thing by chance: a carrier's address, a VPN's exits, a prompt that went viral."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, open_account, with_visits
from stillwatch.worlds.calendar import HOUR_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.honest.person import live, person_visits
from stillwatch.worlds.knobs import COMPLAINTS, knob
from stillwatch.worlds.places import MOST_NEIGHBOURS, Address, draw_country, draw_home, draw_host, neighbours
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.visits import says, single_visits


@dataclass(frozen=True)
class CarrierNat(Kind):
    """Strangers behind the few addresses of a mobile carrier, who also have a home."""

    kind = "carrier nat"

    people: int = knob("strangers behind the carrier", unit="people", default=300)
    addresses: int = knob("addresses that they share", unit="addresses", default=4, most=MOST_NEIGHBOURS)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.people

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account for each stranger."""
        rng = generator(seed)
        country, pool = draw_country(rng), neighbours(rng, draw_home(rng), self.addresses)
        return [_behind(calendar, seed_of(seed, number), "carrier", pool, country) for number in range(self.people)]


@dataclass(frozen=True)
class SharedVpn(Kind):
    """Strangers who reach the model through the exits of one VPN, from everywhere."""

    kind = "shared vpn"

    people: int = knob("strangers who use the VPN", unit="people", source=COMPLAINTS, default=150)
    exits: int = knob("exits that they share", unit="addresses", default=6, most=MOST_NEIGHBOURS)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.people

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account for each stranger."""
        rng = generator(seed)
        pool = neighbours(rng, draw_host(rng), self.exits)
        return [_behind(calendar, seed_of(seed, number), "vpn", pool, None) for number in range(self.people)]


@dataclass(frozen=True)
class ViralCrowd(Kind):
    """Strangers who, besides their own questions, try on one day the prompt that everybody tries."""

    kind = "viral crowd"

    people: int = knob("strangers who try the prompt", unit="people", default=250)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.people

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account for each stranger."""
        peak = calendar.day(calendar.days // 2)
        return [self._one(calendar, seed_of(seed, number), seed, peak) for number in range(self.people)]

    @staticmethod
    def _one(calendar: Calendar, seed: int, group: int, peak: int) -> Account:
        rng = generator(seed_of(seed, "life"))
        account = open_account(calendar, seed, "viral", "chat")
        account = replace(account, created_us=min(account.created_us, peak))
        own = person_visits(rng, account, calendar, 2.5)
        at = draw_starts(rng, calendar, 1, Rhythm("evening", account.offset_h), (peak, peak + 24 * HOUR_US))
        tried = single_visits(rng, at)
        tried["says"], tried["group"], tried["speaker"] = says("ask.viral")[0], group, seed
        return with_visits(account, np.concatenate([own, tried]), calendar)


def _behind(calendar: Calendar, seed: int, role: str, pool: tuple[Address, ...], country: int | None) -> Account:
    rng = generator(seed_of(seed, "gate"))
    account = open_account(calendar, seed, role, "chat")
    some = tuple(pool[index] for index in rng.choice(len(pool), min(len(pool), int(rng.integers(1, 4))), replace=False))
    where = account.country if country is None else country
    account = replace(account, country=where, addresses=(*some, account.addresses[0]))
    return live(account, calendar, 2.5)
