from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from stillwatch.worlds.accounts import open_account
from stillwatch.worlds.calendar import DAY_US, HOUR_US
from stillwatch.worlds.campaigns import Hiding
from stillwatch.worlds.campaigns.campaign import POOLS
from stillwatch.worlds.campaigns.hiding import buy_account, buy_pools

POOLED = Hiding(addresses=5, cards=4, domains=2, stacks=3, access_paths=2, pooled_share=0.8, aged_share=0.0)


@pytest.fixture
def bought(fortnight):
    def bought(hiding, count=200, *, successor=False):
        pools = buy_pools(hiding, 7)
        since = (fortnight.day(3), successor)
        return pools, [buy_account(fortnight, seed, pools, "yew", since) for seed in range(1, count)]

    return bought


def test_pools_are_as_large_as_asked():
    pools = buy_pools(POOLED, 7)
    assert [len(set(getattr(pools, pool))) for pool in POOLS] == [5, 4, 2, 3]
    assert len(pools.access_paths) == 2
    assert not any(getattr(buy_pools(Hiding(), 7), pool) for pool in (*POOLS, "access_paths"))


@pytest.mark.parametrize("pool", POOLS)
def test_a_pool_does_not_depend_on_the_other_pools(pool):
    alone = Hiding(**{pool: getattr(POOLED, pool)})
    assert getattr(buy_pools(alone, 7), pool) == getattr(buy_pools(POOLED, 7), pool)


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_the_pooled_share_of_accounts_draws_from_each_pool(bought, share):
    pools, accounts = bought(replace(POOLED, pooled_share=share), 500)
    taken = [pools.taken(account) for account in accounts if account.payment_hash]
    for pool in ("addresses", "cards", "stacks"):
        assert np.mean([one[pool] for one in taken]) == pytest.approx(share, abs=0.06)
    # as many keep a free mail address as strangers do
    assert np.mean([one["domains"] for one in taken]) == pytest.approx(0.45 * share, abs=0.06)


def test_pooled_accounts_use_the_whole_pool(bought):
    pools, accounts = bought(POOLED)
    used = Counter(account.payment_hash for account in accounts)
    assert set(pools.cards) <= set(used)
    assert set(pools.stacks) <= {stack for account in accounts for stack in account.stacks}


def test_pooled_stacks_are_builds_that_nobody_else_has(bought, fortnight):
    pools, _ = bought(POOLED)
    strangers = [open_account(fortnight, seed, "person") for seed in range(500)]
    assert not {stack.ja4 for stack in pools.stacks} & {one.ja4 for account in strangers for one in account.stacks}


def test_access_paths_are_a_knob(bought):
    _, few = bought(replace(POOLED, pooled_share=1.0))
    _, any_path = bought(Hiding())
    assert len({account.habits.access_path for account in few}) == 2
    assert len({account.habits.access_path for account in any_path}) > 4


def test_a_ghost_shares_nothing(bought):
    _, accounts = bought(Hiding())
    cards = [account.payment_hash for account in accounts if account.payment_hash]
    addresses = [address.ip for account in accounts for address in account.addresses]
    assert len(set(cards)) == len(cards)
    assert len(set(addresses)) > 0.98 * len(addresses)


def test_accounts_are_opened_in_the_weeks_before_they_are_needed(bought, fortnight):
    _, accounts = bought(POOLED)
    ages = [fortnight.day(3) - account.created_us for account in accounts]
    assert 0.1 * DAY_US < min(ages) < max(ages) < 36 * DAY_US


def test_a_successor_is_opened_minutes_before_it_takes_over(bought, fortnight):
    _, accounts = bought(replace(POOLED, aged_share=1.0), successor=True)
    ages = [fortnight.day(3) - account.created_us for account in accounts]
    assert 0 <= min(ages) < max(ages) <= HOUR_US / 6


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_aged_share_of_accounts_is_as_old_as_strangers(bought, fortnight, share):
    _, accounts = bought(Hiding(aged_share=share), 500)
    old = np.mean([account.created_us < fortnight.day(-40) for account in accounts])
    strangers = np.mean([open_account(fortnight, seed, "").created_us < fortnight.day(-40) for seed in range(500)])
    assert old == pytest.approx(share * strangers, abs=0.06)


def test_accounts_are_free_a_little_more_often_than_strangers_are(bought, fortnight):
    _, accounts = bought(POOLED, 500)
    free = np.mean([account.payment_hash is None for account in accounts])
    strangers = np.mean([open_account(fortnight, seed, "").payment_hash is None for seed in range(500)])
    assert strangers <= free < strangers + 0.2
