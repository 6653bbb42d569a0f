"""Accounts: who they say they are, and what they plan to ask. Honest ones and others are opened by the same draw."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from stillwatch.worlds.calendar import DAY_US, SECOND_US, Calendar
from stillwatch.worlds.clients import Habits, Stack, draw_habits, draw_stack
from stillwatch.worlds.places import COUNTRIES, Address, draw_country, draw_home, draw_host
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.visits import NO_VISITS, Visits

FREE_MAIL = (
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "proton.me",
    "icloud.com",
)
_ENDINGS = (".com", ".com", ".io", ".net", ".dev", ".org", ".de", ".co", ".site", ".xyz")
_SYLLABLES = (
    "ba",
    "co",
    "dex",
    "fi",
    "gra",
    "ho",
    "jun",
    "ka",
    "lo",
    "mer",
    "no",
    "pri",
    "ro",
    "sta",
    "tel",
    "vo",
    "zen",
    "ly",
)
NEVER_US = 2**62
# how the public reaches the model; campaigns spread their accounts in the same way
PUBLIC_CLIENTS = (("chat", 0.70), ("sdk", 0.13), ("agent", 0.17))


@dataclass(frozen=True)
class Account:
    """One account. `campaign` is None for the honest; `role` says which kind of account it is.

    It turns to the newest model from `moves_us` on, to the oldest from `retreats_us` on; `closed_us` is when the
    operator closed it, if they did.
    """

    seed: int
    role: str
    country: int
    email_domain: str
    payment_hash: str | None
    created_us: int
    moves_us: int
    habits: Habits
    addresses: tuple[Address, ...]
    stacks: tuple[Stack, ...]
    visits: Visits = field(default_factory=lambda: NO_VISITS)
    retreats_us: int = NEVER_US
    closed_us: int | None = None
    org_id: str | None = None
    campaign: str | None = None

    @property
    def account_id(self) -> str:
        """The account's id: its seed, so that it says nothing else."""
        return f"acct_{self.seed:016x}"

    @property
    def offset_h(self) -> int:
        """Local time less UTC, in hours."""
        return COUNTRIES[self.country][1]


class Kind(ABC):
    """A kind of honest account, or of honest group of accounts; a population holds so many of each.

    Attributes
    ----------
    kind
        The name by which stories call it.
    """

    kind: ClassVar[str]

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return 1

    @abstractmethod
    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the accounts of one such person, firm or group, with what they plan to ask."""


def open_account(calendar: Calendar, seed: int, role: str, client: str | None = None) -> Account:
    """Draw a stranger's account, without any visits yet.

    Parameters
    ----------
    client
        `chat`, `sdk` or `agent`; None: as the public does.
    """
    rng = generator(seed)
    if client is None:
        client = str(rng.choice([name for name, _ in PUBLIC_CLIENTS], p=[share for _, share in PUBLIC_CLIENTS]))
    habits = draw_habits(rng, client)
    return Account(
        seed,
        role,
        draw_country(rng),
        draw_domain(rng),
        draw_card(rng) if rng.random() < 0.72 else None,
        draw_creation(rng, calendar),
        draw_move(rng, calendar),
        habits,
        tuple(draw_address(rng, client) for _ in range(1 + int(3 * rng.random() ** 2))),
        tuple(draw_stack(rng, client) for _ in range(1 + int(2.3 * rng.random()))),
    )


def draw_domain(rng: np.random.Generator) -> str:
    """Draw a mail domain: for three in four a free one, else the account's own."""
    return str(rng.choice(FREE_MAIL)) if rng.random() < 0.75 else draw_own_domain(rng)


def draw_own_domain(rng: np.random.Generator) -> str:
    """Draw a made-up mail domain of a firm, school or household."""
    name = "".join(rng.choice(_SYLLABLES, int(rng.integers(2, 5))))
    return f"{name}{rng.choice(_ENDINGS)}"


def draw_card(rng: np.random.Generator) -> str:
    """Draw the digest of a payment card."""
    return f"pm_{rng.bytes(8).hex()}"


def draw_address(rng: np.random.Generator, client: str) -> Address:
    """Draw an address as this client has: programs mostly run in data centres."""
    return draw_host(rng) if rng.random() < {"chat": 0.04, "sdk": 0.75, "agent": 0.15}[client] else draw_home(rng)


def draw_creation(rng: np.random.Generator, calendar: Calendar) -> int:
    """Draw when an account was opened: for a third in the last weeks or meanwhile, for the others over two years."""
    if rng.random() < 0.35:
        return int(rng.integers(calendar.day(-35), calendar.day(calendar.days - 0.5)))
    return calendar.day(-35 - 700 * rng.random())


def released_us(calendar: Calendar) -> int:
    """Return when the newest model was released, in microseconds since 1970."""
    return round(calendar.releases[-1].at.timestamp()) * SECOND_US if calendar.releases else NEVER_US


def draw_move(rng: np.random.Generator, calendar: Calendar) -> int:
    """Draw when an account turns to the newest model: some at once, most in days, a third not in this world."""
    if not calendar.releases or rng.random() >= calendar.moving_share:
        return NEVER_US
    return released_us(calendar) + int(rng.gamma(0.7, calendar.pace_days / 0.7) * DAY_US)


def lived_share(account: Account, calendar: Calendar) -> float:
    """Return the share of the calendar in which an account is open: what it asks in all goes by that."""
    open_us = calendar.end_us - max(account.created_us, calendar.start_us)
    return max(0.0, open_us / (calendar.end_us - calendar.start_us))


def with_visits(account: Account, visits: Visits, calendar: Calendar) -> Account:
    """Give an account its visits, those within its life and the calendar."""
    within = (visits["at"] >= max(account.created_us, calendar.start_us)) & (visits["at"] < calendar.end_us)
    return replace(account, visits=visits[within])
