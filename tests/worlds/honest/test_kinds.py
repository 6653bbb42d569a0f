"""What holds for every kind of honest account; the folder is record which there are."""

from itertools import pairwise

import numpy as np
import pytest

from stillwatch.worlds import Calendar
from stillwatch.worlds.honest import kinds

SEEDS = (3, 8)


@pytest.fixture(scope="module", params=kinds())
def kind(request):
    return kinds()[request.param]()


@pytest.fixture(scope="module")
def groups(kind, fortnight):
    return [kind.accounts(fortnight, seed) for seed in SEEDS]


def test_a_kind_opens_as_many_accounts_as_it_says(kind, groups):
    assert [len(accounts) for accounts in groups] == [kind.size] * 2


def test_its_accounts_are_honest_and_their_own(groups):
    accounts = [account for some in groups for account in some]
    assert len({account.account_id for account in accounts}) == len(accounts)
    assert {account.campaign for account in accounts} == {account.closed_us for account in accounts} == {None}
    assert not any(account.visits["extraction"].any() for account in accounts)


@pytest.mark.parametrize("days", [14, 3])
def test_it_asks_within_its_life_and_the_calendar(kind, groups, fortnight, days):
    calendar = Calendar(fortnight.first, days, fortnight.releases)
    accounts = groups[0] if days == 14 else kind.accounts(calendar, SEEDS[0])
    assert any(len(account.visits) for account in accounts)
    for account in accounts:
        at = account.visits["at"]
        assert ((at >= max(account.created_us, calendar.start_us)) & (at < calendar.end_us)).all()


def test_no_conversation_lacks_its_beginning(groups):
    visits = np.concatenate([account.visits for account in groups[0]])  # a migration's go on in the second account
    visits = visits[np.lexsort((visits["turn"], visits["talk"]))]
    for before, visit in pairwise(visits[["talk", "turn"]].tolist()):
        assert visit == (before[0], before[1] + 1) or visit[1] == 0


def test_the_same_seed_gives_the_same_accounts(kind, groups, fortnight):
    for account, twin in zip(groups[0], kind.accounts(fortnight, SEEDS[0]), strict=True):
        assert (account.account_id, account.payment_hash) == (twin.account_id, twin.payment_hash)
        np.testing.assert_array_equal(account.visits, twin.visits)
