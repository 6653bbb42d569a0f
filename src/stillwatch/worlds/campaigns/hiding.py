"""How a campaign's accounts are provided for: from pools that they share, or each like a stranger."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from stillwatch.worlds.accounts import Account, draw_address, draw_card, draw_own_domain, open_account
from stillwatch.worlds.calendar import DAY_US, HOUR_US, Calendar
from stillwatch.worlds.campaigns.campaign import Hiding
from stillwatch.worlds.clients import ACCESS_PATHS, Stack, draw_stack
from stillwatch.worlds.places import Address
from stillwatch.worlds.seeds import generator, seed_of

_T = TypeVar("_T")
_CLIENTS = ("chat", "sdk", "agent")
_AHEAD_US = HOUR_US // 6


@dataclass(frozen=True)
class Pools:
    """What a campaign has bought; an empty pool means that everything of that kind is single-use."""

    addresses: tuple[Address, ...]
    cards: tuple[str, ...]
    domains: tuple[str, ...]
    stacks: tuple[Stack, ...]
    access_paths: tuple[str, ...]
    hiding: Hiding

    def taken(self, account: Account) -> dict[str, bool]:
        """Return which pools an account draws from."""
        return {
            "addresses": account.addresses[0] in self.addresses,
            "cards": account.payment_hash in self.cards,
            "domains": account.email_domain in self.domains,
            "stacks": account.stacks[0] in self.stacks,
        }


def buy_pools(hiding: Hiding, seed: int) -> Pools:
    """Draw the pools of a campaign, each thing as strangers' things are drawn, each pool by a seed of its own."""

    def rng(name: str) -> np.random.Generator:
        return generator(seed_of(seed, name))

    address, card, domain, stack = (rng(name) for name in ("addresses", "cards", "domains", "stacks"))
    paths = sorted({path for some in ACCESS_PATHS.values() for path in some})
    # the campaign's own builds of a client: user agents like everybody's, TLS libraries that few have
    stacks = [draw_stack(stack, _CLIENTS[number % 3]) for number in range(hiding.stacks or 0)]
    return Pools(
        tuple(draw_address(address, _CLIENTS[number % 3]) for number in range(hiding.addresses or 0)),
        tuple(draw_card(card) for _ in range(hiding.cards or 0)),
        tuple(draw_own_domain(domain) for _ in range(hiding.domains or 0)),
        tuple(replace(one, ja4=f"{one.ja4[:11]}{stack.bytes(6).hex()}_{stack.bytes(6).hex()}") for one in stacks),
        tuple(rng("paths").permutation(paths)[: hiding.access_paths or 0].tolist()),
        hiding,
    )


def buy_account(calendar: Calendar, seed: int, pools: Pools, name: str, since: tuple[int, bool]) -> Account:
    """Open an account of a campaign like a stranger's, then take from the pools.

    Parameters
    ----------
    since
        When it is first needed, and whether it takes a closed one's place: then it is opened in the ten minutes before,
        else, unless it is an aged one, in the five weeks before.
    """
    rng = generator(seed_of(seed, "purchase"))
    needed, successor = since
    account = open_account(calendar, seed, "fraud")
    if rng.random() < 0.15:  # a trial: the public holds as many free accounts
        account = replace(account, payment_hash=None)
    age = rng.random() * _AHEAD_US if successor else (0.2 + 35 * rng.random()) * DAY_US
    taken = rng.random(5) < pools.hiding.pooled_share
    if taken[0] and pools.addresses:
        account = replace(account, addresses=_some(rng, pools.addresses, len(account.addresses) + 1))
    if taken[1] and pools.cards and account.payment_hash:
        account = replace(account, payment_hash=_some(rng, pools.cards, 1)[0])
    if taken[2] and pools.domains and rng.random() < 0.45:
        account = replace(account, email_domain=_some(rng, pools.domains, 1)[0])
    if taken[3] and pools.stacks:
        account = replace(account, stacks=_some(rng, pools.stacks, 1))
    if taken[4] and pools.access_paths:
        path = _some(rng, pools.access_paths, 1)[0]
        account = replace(account, habits=replace(account.habits, access_path=path))
    aged = not successor and rng.random() < pools.hiding.aged_share and account.created_us < needed
    return replace(account, created_us=account.created_us if aged else needed - int(age), campaign=name)


def _some(rng: np.random.Generator, pool: tuple[_T, ...], count: int) -> tuple[_T, ...]:
    return tuple(pool[index] for index in rng.choice(len(pool), min(count, len(pool)), replace=False))
