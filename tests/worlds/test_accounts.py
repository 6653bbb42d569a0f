from collections import Counter
from dataclasses import replace

import numpy as np

from stillwatch.worlds.accounts import open_account, with_visits
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.stories.background import FORTNIGHT
from stillwatch.worlds.visits import single_visits, talk_visits


def test_an_account_is_its_seed():
    one, two = (open_account(FORTNIGHT, seed, "person", "chat") for seed in (5, 5))
    assert one.account_id == two.account_id == "acct_0000000000000005"
    assert (one.email_domain, one.addresses, one.stacks) == (two.email_domain, two.addresses, two.stacks)


def test_strangers_rarely_share_what_is_theirs():
    some = [open_account(FORTNIGHT, seed, "person") for seed in range(1, 800)]
    cards = [account.payment_hash for account in some if account.payment_hash]
    homes = [account.addresses[0].ip for account in some if account.habits.client == "chat"]
    assert len(set(cards)) == len(cards)
    assert len(set(homes)) > 0.98 * len(homes)
    assert Counter(account.email_domain for account in some)["gmail.com"] > 100
    assert {account.habits.client for account in some} == {"chat", "sdk", "agent"}


def test_visits_outside_of_an_accounts_life_are_dropped():
    account = replace(open_account(FORTNIGHT, 3, "person"), created_us=FORTNIGHT.day(2))
    at = np.array([FORTNIGHT.day(1), FORTNIGHT.day(3), FORTNIGHT.day(15)])
    kept = with_visits(account, single_visits(generator(1), at), FORTNIGHT, generator(2)).visits
    assert kept["at"].tolist() == [FORTNIGHT.day(3)]


def test_a_conversation_stays_on_one_device():
    account = next(a for a in (open_account(FORTNIGHT, s, "person") for s in range(99)) if len(a.addresses) > 2)
    account = replace(account, created_us=0)
    visits = talk_visits(generator(1), np.full(200, FORTNIGHT.day(3)), turns=3, gap_s=10)
    visits = with_visits(account, visits, FORTNIGHT, generator(2)).visits
    devices = {}
    for talk, device in zip(visits["talk"].tolist(), visits["device"].tolist(), strict=True):
        assert devices.setdefault(talk, device) == device
    assert len(set(devices.values())) > 2
