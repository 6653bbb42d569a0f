import pytest

from stillwatch.worlds.calendar import DAY_US, HOUR_US
from stillwatch.worlds.campaigns import Hiding
from stillwatch.worlds.campaigns.hiding import buy_account, buy_pools
from stillwatch.worlds.stories.background import FORTNIGHT

POOLS = Hiding(addresses=5, cards=2, domains=1, stacks=2, pooled_share=0.8, aged_share=0.0)
START = FORTNIGHT.day(3)


def bought(hiding, count=120, *, successor=False):
    pools = buy_pools(hiding, 7)
    return [buy_account(FORTNIGHT, seed, pools, "yew", (START, successor)) for seed in range(1, count)]


def test_pooled_accounts_draw_from_few_things():
    accounts = bought(POOLS)
    pools = buy_pools(POOLS, 7)
    assert 0.7 < sum(account.addresses[0] in pools.addresses for account in accounts) / len(accounts) < 0.9
    cards = [account.payment_hash in pools.cards for account in accounts if account.payment_hash]
    assert 0.7 < sum(cards) / len(cards) < 0.9
    assert {stack for account in accounts for stack in account.stacks} > set(pools.stacks)


def test_a_ghost_shares_nothing():
    accounts = bought(Hiding())
    cards = [account.payment_hash for account in accounts if account.payment_hash]
    assert len(set(cards)) == len(cards)
    addresses = [address.ip for account in accounts for address in account.addresses]
    assert len(set(addresses)) > 0.98 * len(addresses)


@pytest.mark.parametrize(
    ("successor", "earliest", "latest"), [(True, 0, 1.5 * HOUR_US), (False, -36 * DAY_US, -0.1 * DAY_US)]
)
def test_accounts_are_opened_in_time(successor, earliest, latest):
    ages = [account.created_us - START for account in bought(POOLS, successor=successor)]
    assert min(ages) >= earliest
    assert max(ages) <= latest


def test_aged_accounts_are_as_old_as_strangers():
    ages = [START - account.created_us for account in bought(Hiding(aged_share=1.0))]
    assert sum(age > 100 * DAY_US for age in ages) > 0.4 * len(ages)
    assert min(ages) > 0


def test_a_pool_shows_in_its_columns():
    assert Hiding().shows == frozenset()
    assert Hiding(cards=3, stacks=1).shows == {"payment_hash", "user_agent", "ja4"}
