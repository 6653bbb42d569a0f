from dataclasses import replace

import numpy as np
import pytest

from stillwatch.worlds.campaigns import Hiding
from stillwatch.worlds.campaigns.hiding import buy_account, buy_pools
from stillwatch.worlds.campaigns.reviews import Phase, learn, review

HIDING = Hiding(addresses=30, cards=4, domains=30, stacks=12, pooled_share=0.7)


@pytest.fixture
def reviewed(fortnight):
    """Let a campaign's accounts be reviewed: its pools, the accounts, and which of them are closed."""

    def reviewed(hiding=HIDING, wording="none", share=0.7, count=80):
        pools = buy_pools(hiding, 3)
        active = [buy_account(fortnight, seed, pools, "yew", (fortnight.day(1), False)) for seed in range(count)]
        return pools, active, review(np.random.default_rng(2), active, pools, wording, share)

    return reviewed


def test_a_review_closes_accounts_on_the_most_crowded_pool_only(reviewed):
    pools, active, closed = reviewed()
    assert closed.any()
    assert all(one.payment_hash in pools.cards for one, gone in zip(active, closed, strict=True) if gone)


def test_the_share_that_a_review_closes_is_a_knob(reviewed):
    closed = {share: reviewed(share=share)[2].sum() for share in (0.2, 0.7, 1.0)}
    pools, active, _ = reviewed()
    assert closed[1.0] == sum(one.payment_hash in pools.cards for one in active)
    assert closed[0.2] < 0.4 * closed[1.0] < closed[0.7] < closed[1.0]


def test_a_review_sees_no_pool_with_less_than_three_accounts_on_a_thing(reviewed):
    _, _, closed = reviewed(Hiding(addresses=60, cards=60, domains=60, stacks=60))
    assert not closed.any()


def test_a_review_sees_prompts_only_while_they_are_word_by_word_alike(reviewed):
    assert reviewed(Hiding(), "verbatim")[2].mean() == pytest.approx(0.7, abs=0.15)
    assert not reviewed(Hiding(), "paraphrased")[2].any()


def test_a_campaign_gives_up_what_the_closed_accounts_shared(reviewed):
    pools, active, closed = reviewed()
    phase = learn(Phase(0, HIDING, "none", None), active, closed, pools, 9)
    assert phase == Phase(9, HIDING.without("cards"), "none", "cards")


def test_it_judges_by_who_was_closed_and_not_by_the_rule(reviewed):
    pools, active, _ = reviewed()
    on_stacks = np.array([pools.taken(one)["stacks"] for one in active])
    phase = learn(Phase(0, HIDING, "none", None), active, on_stacks, pools, 9)
    assert phase.changed == "stacks"


@pytest.mark.parametrize(("wording", "less_alike"), [("verbatim", "paraphrased"), ("paraphrased", "none")])
def test_it_says_the_same_in_other_words_when_the_closed_are_like_the_others(reviewed, wording, less_alike):
    pools, active, _ = reviewed()
    any_half = np.arange(len(active)) % 2 == 0
    phase = learn(Phase(0, HIDING, wording, None), active, any_half, pools, 9)
    assert phase == Phase(9, HIDING, less_alike, "wording")


def test_it_changes_nothing_when_nothing_was_closed_or_nothing_is_left(reviewed):
    pools, active, closed = reviewed()
    assert learn(Phase(0, HIDING, "verbatim", None), active, np.zeros(len(active), bool), pools, 9) is None
    bare = replace(HIDING, addresses=None, cards=None, domains=None, stacks=None)
    assert learn(Phase(0, bare, "none", "cards"), active, closed, pools, 9) is None
