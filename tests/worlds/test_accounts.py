from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from stillwatch.worlds.accounts import (
    NEVER_US,
    PUBLIC_CLIENTS,
    draw_creation,
    draw_domain,
    draw_move,
    open_account,
    released_us,
    with_visits,
)
from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.places import COUNTRIES
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.visits import NO_VISITS, single_visits


@pytest.fixture(scope="module")
def strangers(fortnight):
    return [open_account(fortnight, seed, "person") for seed in range(1, 1500)]


def test_an_account_is_its_seed(fortnight):
    one, two = (open_account(fortnight, 5, "person", "chat") for _ in range(2))
    assert one.account_id == two.account_id == "acct_0000000000000005"
    assert replace(one, visits=NO_VISITS) == replace(two, visits=NO_VISITS)
    assert open_account(fortnight, 6, "person", "chat").addresses != one.addresses


def test_strangers_rarely_share_what_is_theirs(strangers):
    cards = [account.payment_hash for account in strangers if account.payment_hash]
    homes = [account.addresses[0].ip for account in strangers if account.habits.client == "chat"]
    assert len(set(cards)) == len(cards)
    assert 0.68 < len(cards) / len(strangers) < 0.76
    assert len(set(homes)) > 0.98 * len(homes)


def test_clients_come_by_their_shares(strangers):
    seen = Counter(account.habits.client for account in strangers)
    assert sum(share for _, share in PUBLIC_CLIENTS) == pytest.approx(1)
    for client, share in PUBLIC_CLIENTS:
        assert seen[client] / len(strangers) == pytest.approx(share, abs=0.04)


def test_an_account_lives_where_its_country_is(strangers):
    assert all(account.offset_h == COUNTRIES[account.country][1] for account in strangers)
    assert len({account.offset_h for account in strangers}) > 5


def test_nobody_is_closed_or_of_a_campaign_by_chance(strangers):
    assert {(one.campaign, one.closed_us, one.org_id, one.retreats_us) for one in strangers} == {
        (None, None, None, NEVER_US)
    }


def test_most_mail_is_free_mail():
    rng = generator(1)
    domains = Counter(draw_domain(rng) for _ in range(3000))
    assert 0.25 < domains["gmail.com"] / 3000 < 0.31
    assert sum(count == 1 for count in domains.values()) > 300


def test_accounts_are_opened_before_the_last_day_ends(fortnight):
    rng = generator(1)
    opened = np.array([draw_creation(rng, fortnight) for _ in range(3000)])
    assert opened.max() < fortnight.end_us
    assert opened.min() > fortnight.day(-736)
    assert 0.3 < (opened > fortnight.day(-35)).mean() < 0.4


def test_a_third_never_turns_to_a_released_model(fortnight):
    rng, at = generator(1), released_us(fortnight)
    moves = np.array([draw_move(rng, fortnight) for _ in range(4000)])
    turned = moves[moves < NEVER_US] - at
    assert len(turned) / 4000 == pytest.approx(fortnight.moving_share, abs=0.03)
    assert turned.min() >= 0
    assert turned.mean() / DAY_US == pytest.approx(fortnight.pace_days, rel=0.1)
    assert np.median(turned) / DAY_US == pytest.approx(fortnight.pace_days / 2, rel=0.25)


def test_without_a_release_nobody_moves(fortnight):
    quiet = replace(fortnight, releases=())
    assert released_us(quiet) == NEVER_US
    assert {draw_move(generator(seed), quiet) for seed in range(50)} == {NEVER_US}


def test_visits_outside_of_an_accounts_life_are_dropped(fortnight):
    account = replace(open_account(fortnight, 3, "person"), created_us=fortnight.day(2))
    at = np.array([fortnight.day(1), fortnight.day(2), fortnight.day(3), fortnight.end_us - 1, fortnight.end_us])
    kept = with_visits(account, single_visits(generator(1), at), fortnight).visits
    assert kept["at"].tolist() == at[1:4].tolist()
    older = replace(account, created_us=fortnight.day(-9))
    early = single_visits(generator(1), np.array([fortnight.day(-1), fortnight.start_us]))
    assert with_visits(older, early, fortnight).visits["at"].tolist() == [fortnight.start_us]
