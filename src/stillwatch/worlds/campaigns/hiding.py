"""How a campaign's accounts are provided for: from pools that they share, or each like a stranger."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from stillwatch.worlds.accounts import Account, draw_address, draw_card, draw_own_domain, open_account
from stillwatch.worlds.calendar import DAY_US, HOUR_US, Calendar
from stillwatch.worlds.clients import Stack, draw_stack
from stillwatch.worlds.places import Address
from stillwatch.worlds.seeds import generator, seed_of

_T = TypeVar("_T")


@dataclass(frozen=True)
class Hiding:
    """Sizes of the pools that the accounts draw from; None: everything of that kind is single-use, as a stranger's is.

    `pooled_share` (0-1) of the accounts draw from each pool, the others have their own. `aged_share` of them are bought
    from strangers, and as old as strangers' accounts are; the others are opened for the work.
    """

    addresses: int | None = None
    cards: int | None = None
    domains: int | None = None
    stacks: int | None = None
    pooled_share: float = 0.85
    aged_share: float = 0.25

    @property
    def shows(self) -> frozenset[str]:
        """Columns in which a small pool is visible by itself."""
        pools = (
            (self.addresses, "ip asn"),
            (self.cards, "payment_hash"),
            (self.domains, "email_domain"),
            (self.stacks, "user_agent ja4"),
        )
        return frozenset(column for size, columns in pools if size for column in columns.split())


@dataclass(frozen=True)
class Pools:
    """What a campaign has bought."""

    addresses: tuple[Address, ...]
    cards: tuple[str, ...]
    domains: tuple[str, ...]
    stacks: tuple[Stack, ...]
    pooled_share: float
    aged_share: float


def buy_pools(hiding: Hiding, seed: int) -> Pools:
    """Draw the pools of a campaign, each thing as strangers' things are drawn."""
    rng = generator(seed_of(seed, "pools"))
    clients = ("chat", "sdk", "agent")
    # the campaign's own builds of a client: user agents like everybody's, TLS libraries that few have
    stacks = [draw_stack(rng, clients[number % 3]) for number in range(hiding.stacks or 0)]
    return Pools(
        tuple(draw_address(rng, clients[number % 3]) for number in range(hiding.addresses or 0)),
        tuple(draw_card(rng) for _ in range(hiding.cards or 0)),
        tuple(draw_own_domain(rng) for _ in range(hiding.domains or 0)),
        tuple(replace(stack, ja4=f"{stack.ja4[:11]}{rng.bytes(6).hex()}_{rng.bytes(6).hex()}") for stack in stacks),
        hiding.pooled_share,
        hiding.aged_share,
    )


def buy_account(calendar: Calendar, seed: int, pools: Pools, name: str, since: tuple[int, bool]) -> Account:
    """Open an account of a campaign like a stranger's, then take from the pools.

    Parameters
    ----------
    since
        When it is first needed, and whether it takes a closed one's place: then it is opened within 90 minutes after,
        else, unless it is an aged one, in the five weeks before.
    """
    rng = generator(seed_of(seed, "purchase"))
    needed, successor = since
    account = open_account(calendar, seed, "fraud")
    if rng.random() < 0.15:  # a trial: the public holds as many free accounts
        account = replace(account, payment_hash=None)
    age = rng.random() * (1.5 * HOUR_US) * -1 if successor else (0.2 + 35 * rng.random()) * DAY_US
    taken = rng.random(4) < pools.pooled_share
    if taken[0] and pools.addresses:
        account = replace(account, addresses=_some(rng, pools.addresses, len(account.addresses) + 1))
    if taken[1] and pools.cards and account.payment_hash:
        account = replace(account, payment_hash=_some(rng, pools.cards, 1)[0])
    if taken[2] and pools.domains and rng.random() < 0.45:
        account = replace(account, email_domain=_some(rng, pools.domains, 1)[0])
    if taken[3] and pools.stacks:
        account = replace(account, stacks=_some(rng, pools.stacks, 1))
    aged = not successor and rng.random() < pools.aged_share and account.created_us < needed
    return replace(account, created_us=account.created_us if aged else needed - int(age), campaign=name)


def _some(rng: np.random.Generator, pool: tuple[_T, ...], count: int) -> tuple[_T, ...]:
    return tuple(pool[index] for index in rng.choice(len(pool), min(count, len(pool)), replace=False))
