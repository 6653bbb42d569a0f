from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.campaigns import Harvest
from stillwatch.worlds.stories.background import FORTNIGHT, RELEASE

PLAIN = Harvest("yew", 10, 60, (("reasoning", 0.5), ("coding", 0.5)), turns=1.0)


def visits_of(campaign):
    accounts = campaign.accounts(FORTNIGHT, 11)
    return accounts, np.concatenate([account.visits for account in accounts])


def test_one_pool_is_dealt_evenly_and_disjointly():
    accounts, visits = visits_of(PLAIN)
    counts = [len(account.visits) for account in accounts]
    assert len(accounts) == 10
    assert max(counts) - min(counts) < 0.5 * np.mean(counts)
    assert len(np.unique(visits["words"])) == len(visits) == pytest.approx(600, abs=30)
    assert visits["extraction"].all()


def test_a_queue_runs_round_the_clock_or_keeps_hours():
    _, always = visits_of(PLAIN)
    assert np.bincount(always["at"] // HOUR_US % 24, minlength=24).min() > 5
    _, office = visits_of(replace(PLAIN, hours="office"))
    local = (office["at"] // HOUR_US + 8) % 24
    assert ((local >= 7) & (local < 19)).mean() > 0.9


def test_cover_is_other_peoples_and_not_extraction():
    _, visits = visits_of(replace(PLAIN, cover_share=0.5))
    assert 0.4 < 1 - visits["extraction"].mean() < 0.6
    cover = visits[~visits["extraction"]]
    assert len(np.unique(cover["speaker"])) > 40
    assert not set(cover["speaker"]) & set(visits[visits["extraction"]]["speaker"])


def test_closed_accounts_have_successors():
    accounts, _ = visits_of(replace(PLAIN, closed_daily=0.05))
    assert len(accounts) == 17
    assert sum(account.created_us > FORTNIGHT.start_us for account in accounts) == 7


def test_a_prompt_may_be_sampled_several_times(record):
    frame = record(replace(PLAIN, samples=4, wording="none").accounts(FORTNIGHT, 11))
    counts = frame.group_by("prompt_text").len()["len"]
    assert 3.5 < counts.mean() <= 4
    assert frame["exchange_id"].n_unique() == frame.height


def test_a_pivot_takes_hours(record):
    frame = record(replace(PLAIN, pivot_h=10).accounts(FORTNIGHT, 11))
    later = frame.filter(pl.col("asked_at") > RELEASE.at + pl.duration(hours=10))
    assert (later["model"] == RELEASE.model).mean() > 0.85
    public = record(PLAIN.accounts(FORTNIGHT, 11)).filter(pl.col("asked_at") > RELEASE.at + pl.duration(hours=10))
    assert (public["model"] == RELEASE.model).mean() < 0.75


@pytest.mark.parametrize(
    ("wording", "least", "most"), [("verbatim", 2, 8), ("paraphrased", 60, 600), ("none", 60, 600)]
)
def test_wording_is_a_knob(record, wording, least, most):
    campaign = replace(PLAIN, wording=wording, wants=(("rubric", 1.0),), templates=4)
    heads = record(campaign.accounts(FORTNIGHT, 11))["prompt_text"].str.slice(0, 45).n_unique()
    assert least <= heads <= most


def test_days_and_scale_are_knobs():
    accounts, visits = visits_of(replace(PLAIN, days=(3, 5)))
    assert visits["at"].min() >= FORTNIGHT.day(3)
    assert visits["at"].max() <= FORTNIGHT.day(5)
    assert len(PLAIN.accounts(FORTNIGHT, 11, scale=0.5)) == 5
    assert {account.campaign for account in accounts} == {"yew"}
