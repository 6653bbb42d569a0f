from dataclasses import replace

import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds.campaigns import Adapting, Cover, Forwarding, Hiding, Pace, Work
from stillwatch.worlds.campaigns.campaign import POOLS

POOLED = Hiding(addresses=40, cards=10, domains=4, stacks=2)
# a ghost shares nothing and is as old as strangers; what it asks for still shows in its words
GHOST = Hiding(aged_share=1.0)
ASKED = {"prompt_text", "response_text", "input_tokens"}
TACTICS = [
    ({"hiding": replace(GHOST, addresses=3)}, {"ip", "asn"}),
    ({"hiding": replace(GHOST, cards=3)}, {"payment_hash"}),
    ({"hiding": replace(GHOST, domains=3)}, {"email_domain"}),
    ({"hiding": replace(GHOST, stacks=3)}, {"user_agent", "ja4"}),
    ({"hiding": replace(GHOST, access_paths=1)}, {"access_path"}),
    ({"hiding": Hiding(aged_share=0.5)}, {"account_created_at"}),
    ({"hiding": replace(GHOST, closed_daily_share=0.1)}, {"account_created_at"}),
    ({"hiding": replace(GHOST, swept_days=(3.0,))}, {"account_created_at"}),
    ({"adapting": Adapting()}, {"account_created_at"}),
    ({"pace": Pace(hours="office")}, {"asked_at"}),
    ({"pace": Pace(from_day=2.0)}, {"asked_at"}),
    ({"pace": Pace(pivot_h=20.0)}, {"model"}),
    ({"pace": Pace(retreat_day=5.0)}, {"model"}),
    ({"wants": {"vision": 1.0}}, {"has_image"}),
    ({"work": Work(turns=6.0)}, {"turn", "history_digests", "cached_input_tokens"}),
    ({"work": Work(probing_share=0.3)}, {"asked_at", "turn", "history_digests", "cached_input_tokens"}),
    ({"cover": Cover(share=0.5)}, set()),
    ({"work": Work(wording="none", templates=9, samples=4, dealing="random", languages={"zh": 0.5})}, set()),
]


@pytest.mark.parametrize(("knobs", "shown"), TACTICS, ids=" ".join)
def test_a_column_is_meaningful_only_for_a_tactic_that_shows_in_it(plain, knobs, shown):
    ghost = replace(plain, work=Work(), hiding=GHOST)
    assert ghost.meaningful == ASKED
    assert replace(ghost, **knobs).meaningful == ASKED | shown


def test_a_firm_that_forwards_shows_in_no_words_unless_its_people_all_code(plain):
    relay = replace(plain, hiding=GHOST, forwarding=Forwarding(share=1.0))
    assert relay.meaningful == frozenset()
    replaying = replace(relay, forwarding=Forwarding(share=1.0, replays=True))
    assert replaying.meaningful == {"reasoning_signatures", "reasoning_text"}
    assert replace(relay, forwarding=Forwarding(share=1.0, coders_share=1.0)).meaningful == ASKED


def test_every_meaningful_column_is_one_of_the_table(plain):
    assert set().union(*(replace(plain, **knobs).meaningful for knobs, _ in TACTICS)) <= set(EXCHANGES.names)


def test_pools_grow_and_shrink_with_the_accounts():
    assert [getattr(POOLED.resized(10.0), pool) for pool in POOLS] == [400, 100, 40, 20]
    assert [getattr(POOLED.resized(0.5), pool) for pool in POOLS] == [20, 5, 2, 2]


def test_a_pool_stays_a_pool_however_small_the_world():
    assert [getattr(POOLED.resized(0.001), pool) for pool in POOLS] == [2, 2, 2, 2]
    assert Hiding(cards=1).resized(0.001).cards == 1
    assert Hiding().resized(3.0) == Hiding()


def test_a_campaign_ends_with_the_world_unless_it_says_when():
    assert (Pace().ends_day(9), Pace(until_day=4.5).ends_day(9)) == (9, 4.5)


@pytest.mark.parametrize(("share", "cover"), [(0.0, 0), (0.5, 1000), (0.75, 3000), (1.0, 0)])
def test_cover_is_a_share_of_all_that_the_accounts_send(plain, share, cover):
    assert replace(plain, exchanges=1000, cover=Cover(share)).cover_exchanges == cover


@pytest.mark.parametrize("pool", POOLS)
def test_a_pool_can_be_given_up_alone(pool):
    given_up = POOLED.without(pool)
    assert getattr(given_up, pool) is None
    assert replace(given_up, **{pool: getattr(POOLED, pool)}) == POOLED
