from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stillwatch.worlds.campaigns import Adapting, Cover, Forwarding, Hiding, Pace, Work

MIXTURES = {
    "plain": {},
    "talking": {"work": Work(turns=4.0)},
    "sampling": {"work": Work(samples=4, dealing="random")},
    "probing": {"work": Work(probing_share=0.3)},
    "polyglot": {"work": Work(languages={"zh": 0.5, "es": 0.5})},
    "resting": {"pace": Pace(hours="office", works_h=5.0, from_day=2.0, until_day=12.0)},
    "rising": {"pace": Pace(rise=10.0)},
    "closing": {"hiding": Hiding(cards=30, closed_daily_share=0.05)},
    "swept": {"hiding": Hiding(swept_days=(4.0, 8.0))},
    "covered": {"cover": Cover(share=0.5)},
    "forwarding": {"forwarding": Forwarding(share=1.0)},
    "mixed": {"forwarding": Forwarding(share=0.5), "cover": Cover(share=0.3), "work": Work(probing_share=0.1)},
    "adapting": {"hiding": Hiding(cards=30), "adapting": Adapting()},
}


@pytest.fixture
def large(plain):
    return replace(plain, accounts=200, exchanges=60_000)


@pytest.mark.parametrize("scale", [1.0, 0.1])
@pytest.mark.parametrize("name", MIXTURES)
def test_as_much_is_extracted_as_asked(act, large, name, scale):
    extracted = act(replace(large, **MIXTURES[name]), scale=scale).visits["extraction"].sum()
    assert extracted == pytest.approx(60_000 * scale, rel=0.05)


@pytest.mark.parametrize("name", ["plain", "talking", "covered", "forwarding"])
def test_the_same_total_comes_from_one_account_or_from_many(act, plain, name):
    by_few = {count: act(replace(plain, accounts=count, **MIXTURES[name])) for count in (1, 10, 100)}
    assert {count: len(acted.accounts) for count, acted in by_few.items()} == {1: 1, 10: 10, 100: 100}
    for acted in by_few.values():
        assert len(np.unique(acted.visits["account"])) == len(acted.accounts)
        for column in ("at", "seed", "words", "says", "extraction"):
            np.testing.assert_array_equal(acted.visits[column], by_few[1].visits[column])


@pytest.mark.parametrize("days", [7, 3, 28])
def test_in_fewer_or_more_days_proportionally_less_or_more_is_sent(act, plain, days):
    assert len(act(plain, days=days).visits) == pytest.approx(2000 * days / 14, abs=1)


def test_a_campaign_that_is_over_is_whole_and_one_that_has_not_begun_is_absent(act, plain):
    early = replace(plain, pace=Pace(until_day=3.0))
    late = act(replace(plain, pace=Pace(from_day=5.0)), days=4)
    assert len(act(early, days=5).visits) == len(act(early).visits) == 2000
    assert len(act(early, days=2).visits) == pytest.approx(2000 * 2 / 3, abs=1)
    assert not late.accounts
    assert not len(late.visits)


def test_accounts_and_pools_shrink_with_the_world_down_to_the_fewest(act, large):
    pooled = replace(large, hiding=Hiding(cards=40, pooled_share=1.0), fewest_accounts=30)
    cards = {
        scale: (len(acted.accounts), len({one.payment_hash for one in acted.accounts} - {None}))
        for scale in (1.0, 0.5, 0.01) for acted in [act(pooled, scale=scale)]
    }  # fmt: skip
    assert {scale: accounts for scale, (accounts, _) in cards.items()} == {1.0: 200, 0.5: 100, 0.01: 30}
    assert [cards[1.0][1], cards[0.5][1], cards[0.01][1]] == pytest.approx([40, 20, 6], abs=4)


def test_nobody_asks_in_a_closed_account_nor_before_it_was_opened(act, large):
    acted = act(replace(large, hiding=Hiding(closed_daily_share=0.1, swept_days=(6.0,)), cover=Cover(share=0.3)))
    closed = np.array([one.closed_us or 2**62 for one in acted.accounts])[acted.visits["account"]]
    opened = np.array([one.created_us for one in acted.accounts])[acted.visits["account"]]
    assert len(acted.accounts) > 200 + 280
    assert ((acted.visits["at"] < closed) & (acted.visits["at"] >= opened)).all()


def test_successors_take_over_the_work(act, large):
    acted = act(replace(large, hiding=Hiding(closed_daily_share=0.05)))
    sent = np.bincount(acted.visits["account"], minlength=len(acted.accounts))
    assert (sent[200:] > 0).mean() > 0.9
    assert sent[200:].sum() > 0.2 * sent.sum()


def test_no_conversation_is_kept_without_its_beginning(act, large):
    swept = replace(large, work=Work(turns=6.0), hiding=Hiding(swept_days=(3.0, 5.0), swept_share=1.0, successor_h=6.0))
    visits = act(swept).visits
    talks = pl.DataFrame({"talk": visits["talk"], "turn": visits["turn"]}).group_by("talk")
    assert talks.agg(pl.len() == pl.col("turn").max() + 1)["len"].all()


def share_of(rows, model, after, before=99.0):
    since = pl.lit(rows["asked_at"].min()).dt.truncate("1d")
    days = (pl.col("asked_at") - since).dt.total_seconds() / 86_400
    return (rows.filter((days >= after) & (days < before))["model"] == model).mean()


def test_a_pivot_takes_hours_where_the_public_takes_days(act, plain):
    many = replace(plain, accounts=100)
    pivoting, public = (act(replace(many, pace=Pace(pivot_h=hours))).rows for hours in (10.0, None))
    released = 8 + 17 / 24
    assert share_of(pivoting, "lantern-4", 0, released) == 0
    assert share_of(pivoting, "lantern-4", released + 10 / 24) > 0.9
    assert share_of(public, "lantern-4", released + 10 / 24) < 0.7
    assert pivoting.drop("model").equals(public.drop("model"))


def test_a_retreat_turns_to_the_oldest_model(act, plain):
    rows = act(replace(plain, accounts=100, pace=Pace(retreat_day=6.0))).rows
    assert share_of(rows, "lantern-2.5", 0, 6.0) < 0.25
    assert share_of(rows, "lantern-2.5", 6.5) > 0.9


def replayed(acted):
    """Whether each request with signed reasoning carries some that was signed for another account."""
    columns = {name: acted.visits[name] for name in ("talk", "turn", "account")}
    signed = pl.DataFrame(columns | {"count": acted.rows["reasoning_signatures"].list.len()}).sort("talk", "turn")
    earlier = [pl.col("account").shift(turns).over("talk") != pl.col("account") for turns in (1, 2)]
    foreign = earlier[0] | ((pl.col("count") > 1) & earlier[1])
    return signed.with_columns(foreign.alias("foreign")).filter(pl.col("count") > 0)["foreign"]


def test_replays_send_signed_reasoning_of_one_account_with_another(act, plain):
    forwarding = Forwarding(share=1.0, turns=5.0)
    without, replaying = (act(replace(plain, forwarding=replace(forwarding, replays=on))) for on in (False, True))
    assert replayed(replaying).mean() > 0.4
    assert replayed(without).len() > 20
    assert not replayed(without).any()


def test_work_that_a_successor_carries_on_replays_nothing(act, plain):
    closing = replace(plain, work=Work(turns=8.0), hiding=Hiding(closed_daily_share=10.0, successor_h=0.01))
    acted = act(closing, scale=2.0)
    talks = pl.DataFrame({"talk": acted.visits["talk"], "account": acted.visits["account"]}).group_by("talk").n_unique()
    assert (talks["account"] > 1).sum() > 3
    assert replayed(acted).len() > 20
    assert not replayed(acted).any()


def test_a_campaign_that_learned_to_says_the_same_in_other_words(act, plain, fortnight):
    acted = act(replace(plain, accounts=60, adapting=Adapting(every_days=3.0)))
    wording = pl.DataFrame({"at": acted.visits["at"], "wording": acted.says.str.extract(r"^(\w+)\.")})
    assert set(wording.filter(pl.col("at") < fortnight.day(3))["wording"]) == {"verbatim"}
    assert set(wording.filter(pl.col("at") >= fortnight.day(3))["wording"]) == {"paraphrased"}


def test_accounts_say_how_the_public_sets_its_models_up(act, large):
    acted = act(replace(large, accounts=600))
    agents = {number for number, one in enumerate(acted.accounts) if one.habits.client == "agent"}
    opened = set(np.unique(acted.visits["account"][acted.visits["opening"] > 0]).tolist())
    assert opened == agents
    assert len(agents) / 600 == pytest.approx(0.17, abs=0.05)
    assert (acted.visits["system"] >= 0).mean() == pytest.approx(0.17 + 0.83 * 0.45, abs=0.08)
