from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.campaigns import Cover, Forwarding, Hiding, Pace, Work


@pytest.fixture
def worked(act, plain):
    """Let the plain campaign work and keep hours as some knobs say."""

    def worked(pace=None, scale=1.0, campaign=plain, **knobs):
        return act(replace(campaign, pace=pace or Pace(), work=replace(plain.work, **knobs)), scale=scale)

    return worked


@pytest.fixture
def forwarded(act, plain):
    return lambda **knobs: act(replace(plain, forwarding=Forwarding(share=1.0, **knobs)))


def in_order(visits):
    return visits[np.lexsort((visits["turn"], visits["talk"]))]


def per_account(acted):
    return np.bincount(acted.visits["account"], minlength=len(acted.accounts))


def hours_from_start(visits, calendar):
    return (visits["at"] - calendar.start_us) // HOUR_US


@pytest.mark.parametrize(
    ("wording", "least", "most"), [("verbatim", 2, 8), ("paraphrased", 60, 300), ("none", 60, 300)]
)
def test_wording_is_word_by_word_or_in_other_words_or_without_a_template(act, plain, wording, least, most):
    rubrics = replace(plain, exchanges=300, wants={"rubric": 1.0}, work=Work(turns=1.0, wording=wording, templates=4))
    assert least <= act(rubrics).rows["prompt_text"].str.slice(0, 45).n_unique() <= most


@pytest.mark.parametrize("templates", [1, 3, 8])
def test_templates_are_counted_for_each_target(worked, templates):
    assert len(np.unique(worked(templates=templates).visits["group"])) == templates


def test_wording_and_templates_change_neither_when_nor_by_whom_a_job_is_sent(worked):
    one, other = worked(), worked(wording="paraphrased", templates=9)
    for name in ("at", "account", "words", "speaker", "turn"):
        np.testing.assert_array_equal(one.visits[name], other.visits[name])
    assert (one.visits["says"] != other.visits["says"]).all()


def test_targets_have_their_shares(worked):
    says = worked().says
    assert set(says) == {"verbatim.reasoning", "verbatim.coding"}
    assert (says == "verbatim.reasoning").mean() == pytest.approx(0.7, abs=0.04)


def test_languages_have_their_shares_and_change_nothing_else(worked):
    english, mixed = worked(), worked(languages={"zh": 0.35, "es": 0.15})
    said = dict(mixed.says.value_counts(normalize=True).iter_rows())
    assert said["verbatim.zh"] == pytest.approx(0.35, abs=0.04)
    assert said["verbatim.es"] == pytest.approx(0.15, abs=0.04)
    assert said["verbatim.reasoning"] == pytest.approx(0.7 * 0.5, abs=0.04)
    assert mixed.rows["prompt_text"].str.contains(r"\p{Han}").mean() == pytest.approx(0.35, abs=0.05)
    np.testing.assert_array_equal(english.visits["account"], mixed.visits["account"])


@pytest.mark.parametrize("turns", [1.0, 1.9, 6.0])
def test_a_job_has_as_many_turns_as_asked_at_the_same_total(worked, turns):
    visits = worked(turns=turns).visits
    assert len(visits) / len(np.unique(visits["talk"])) == pytest.approx(turns, rel=0.1)
    assert len(visits) == pytest.approx(2000, rel=0.1)


@pytest.mark.parametrize("wording", ["verbatim", "paraphrased", "none"])
def test_a_prompt_is_sampled_as_often_as_asked_word_by_word(worked, wording):
    rows = worked(samples=4, wording=wording, scale=0.2).rows
    times = rows.group_by("prompt_text").len()["len"]
    assert (times % 4 == 0).all()
    assert times.median() == 4
    assert rows["exchange_id"].n_unique() == rows.height
    assert worked(wording=wording, scale=0.2).rows["prompt_text"].is_unique().mean() > 0.95


def test_a_queue_deals_more_evenly_than_chance(worked, plain):
    many = replace(plain, accounts=200, exchanges=20_000)
    dealt, drawn = (per_account(worked(campaign=many, dealing=dealing)) for dealing in ("round robin", "random"))
    assert dealt.var() / dealt.mean() < 0.65
    assert drawn.var() / drawn.mean() == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("dealing", ["round robin", "random"])
def test_accounts_work_through_disjoint_slices_of_one_pool(worked, dealing):
    rows = worked(dealing=dealing, wording="none").rows
    owners = rows.group_by("prompt_text").agg(pl.col("account_id").n_unique().alias("owners"))["owners"]
    assert (owners > 1).mean() < 0.02


def test_probing_comes_before_the_harvest_and_has_its_share(worked, fortnight):
    acted = worked(probing_share=0.35, probing_days=3.0)
    probes = acted.says.str.starts_with("probe.").to_numpy()
    assert probes.mean() == pytest.approx(0.35, abs=0.02)
    assert acted.visits["at"][probes].max() < fortnight.day(3) <= acted.visits["at"][~probes].min()
    assert not acted.visits["turn"][probes].any()
    assert len(np.unique(acted.visits["group"][probes])) == probes.sum()
    assert not worked().says.str.starts_with("probe.").any()


def test_a_queue_runs_round_the_clock_or_keeps_hours(worked, fortnight):
    hours = {kept: worked(Pace(hours=kept)).visits["at"] // HOUR_US for kept in ("always", "office", "evening")}
    local = {kept: (some + 8) % 24 for kept, some in hours.items()}
    assert np.bincount(local["always"], minlength=24).min() > 40
    assert ((local["office"] >= 7) & (local["office"] < 19)).mean() > 0.9
    assert ((local["evening"] >= 2) & (local["evening"] < 6)).mean() < 0.05
    assert ((local["evening"] >= 18) & (local["evening"] < 24)).mean() > 0.3


def test_the_place_where_it_works_moves_its_hours(worked):
    at = worked(Pace(hours="office", offset_h=-5)).visits["at"]
    local = (at // HOUR_US - 5) % 24
    assert ((local >= 7) & (local < 19)).mean() > 0.9


def test_pace_rises_from_the_beginning_to_the_end(worked, fortnight):
    def later_over_earlier(rise):
        later = worked(Pace(rise=rise, swings=0.0)).visits["at"] >= fortnight.day(7)
        return later.sum() / (~later).sum()

    assert later_over_earlier(10.0) == pytest.approx((5.5 + 10) / (1 + 5.5), rel=0.15)
    assert later_over_earlier(1.0) == pytest.approx(1.0, rel=0.15)


def test_pace_swings_from_hour_to_hour_as_far_as_asked_at_the_same_total(worked, fortnight):
    hourly = {
        swings: np.bincount(hours_from_start(worked(Pace(swings=swings), scale=10.0).visits, fortnight))
        for swings in (0.0, 0.3, 1.0)
    }
    spread = {swings: counts.std() / counts.mean() for swings, counts in hourly.items()}
    neighbours = np.corrcoef(hourly[0.3][:-1], hourly[0.3][1:])[0, 1]
    assert {int(counts.sum()) for counts in hourly.values()} == {20_000}
    assert spread[0.0] < 0.2 < spread[0.3] < 0.4 < spread[1.0]
    assert neighbours > 0.5


def test_all_accounts_rest_together(worked, fortnight):
    visits = worked(Pace(works_h=5.0, rests_h=2.0)).visits
    hour = hours_from_start(visits, fortnight) % 7
    assert set(hour) == set(range(5))
    assert len(np.unique(visits["account"])) == 10
    assert set(hours_from_start(worked().visits, fortnight) % 7) == set(range(7))


def test_it_begins_and_ends_when_asked_at_the_same_total(worked, fortnight):
    visits = worked(Pace(from_day=3.0, until_day=5.5)).visits
    assert fortnight.day(3) <= visits["at"].min() < fortnight.day(3.2)
    assert fortnight.day(5.3) < visits["at"].max() <= fortnight.day(5.5) + HOUR_US
    assert len(visits) == 2000


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_cover_has_its_share_and_is_no_extraction(act, plain, share):
    covered = act(replace(plain, cover=Cover(share=share)))
    assert 1 - covered.visits["extraction"].mean() == pytest.approx(share, abs=0.04)
    assert covered.visits["extraction"].sum() == 2000


def test_cover_comes_from_unrelated_people_each_in_one_account(act, plain):
    visits = act(replace(plain, cover=Cover(share=0.5))).visits
    cover = visits[~visits["extraction"]]
    accounts = pl.DataFrame({name: cover[name] for name in ("speaker", "account")}).group_by("speaker").n_unique()
    assert accounts.height > 200
    assert accounts["account"].max() == 1
    assert not len(np.intersect1d(cover["speaker"], visits[visits["extraction"]]["speaker"]))


def test_cover_leaves_the_work_as_it_is(act, plain):
    alone, covered = act(plain).visits, act(replace(plain, cover=Cover(share=0.5))).visits
    np.testing.assert_array_equal(alone, covered[covered["extraction"]])


@pytest.mark.parametrize("hops", [0.0, 0.4, 1.0])
def test_turns_of_a_forwarded_conversation_hop_between_accounts(forwarded, hops):
    visits = in_order(forwarded(hop_share=hops).visits)
    later = visits["turn"] > 0
    hopped = visits["account"] != np.roll(visits["account"], 1)
    assert hopped[later].mean() == pytest.approx(hops * 0.9, abs=0.05)  # one hop in ten ends where it began


def test_forwarded_conversations_carry_their_history_along(forwarded):
    rows = forwarded().rows.explode("history_digests").drop_nulls("history_digests")
    owners = rows.group_by("history_digests").agg(pl.col("account_id").n_unique().alias("owners"))["owners"]
    assert (owners > 1).mean() > 0.2


def test_forwarded_conversations_are_extraction_and_say_what_people_say(forwarded):
    acted = forwarded(coders_share=0.0)
    assert acted.visits["extraction"].all()
    assert acted.says.str.contains(r"^(ask|follow)\.").all()
    assert acted.rows.filter(pl.col("turn") == 0)["prompt_text"].n_unique() > 600 * 0.8


def test_a_firms_people_are_counted(forwarded):
    assert len(np.unique(forwarded(people=60).visits["speaker"])) == 60
    assert len(np.unique(forwarded(people=20_000).visits["speaker"])) > 550


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_share_of_a_firms_people_who_code_is_a_knob(forwarded, share):
    acted = forwarded(people=300, coders_share=share)
    visits = acted.visits
    coding = pl.DataFrame({"one": visits["speaker"], "codes": acted.says.str.contains(r"\.agent$")})
    assert coding.group_by("one").agg(pl.col("codes").any())["codes"].mean() == pytest.approx(share, abs=0.12)


def test_forwarding_and_jobs_can_be_mixed(act, plain):
    says = act(replace(plain, forwarding=Forwarding(share=0.4))).says
    assert says.str.starts_with("verbatim.").mean() == pytest.approx(0.6, abs=0.04)


def test_provision_changes_nothing_of_what_is_sent(act, plain):
    alone, pooled = (act(replace(plain, hiding=hiding)).visits for hiding in (Hiding(), Hiding(cards=2, addresses=3)))
    for name in ("at", "seed", "words", "talk", "says", "account", "extraction"):
        np.testing.assert_array_equal(alone[name], pooled[name])
