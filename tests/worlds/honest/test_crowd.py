from datetime import date

import polars as pl
import pytest

from stillwatch.worlds.honest.crowd import CarrierNat, SharedVpn, ViralCrowd


@pytest.mark.parametrize(
    ("kind", "role"), [(CarrierNat(people=60, addresses=3), "carrier"), (SharedVpn(people=60, exits=3), "vpn")]
)
def test_strangers_share_few_addresses_and_nothing_else(fortnight, kind, role):
    strangers = kind.accounts(fortnight, 9)
    shared = {address.ip for stranger in strangers for address in stranger.addresses[:-1]}
    homes = {stranger.addresses[-1].ip for stranger in strangers}
    cards = [stranger.payment_hash for stranger in strangers if stranger.payment_hash]
    assert len(shared) == 3
    assert len({ip.rpartition(".")[0] for ip in shared}) == 1
    assert len(homes - shared) == 60
    assert len(set(cards)) == len(cards)
    assert len({stranger.email_domain for stranger in strangers}) > 8
    assert {stranger.role for stranger in strangers} == {role}


def test_a_carrier_is_in_one_country_and_a_vpn_serves_many(fortnight):
    assert len({stranger.country for stranger in CarrierNat(people=40).accounts(fortnight, 9)}) == 1
    assert len({stranger.country for stranger in SharedVpn(people=40).accounts(fortnight, 9)}) > 5


def test_a_viral_prompt_is_tried_once_by_each_of_the_crowd_on_one_day(fortnight, record):
    frame = record(ViralCrowd(people=80).accounts(fortnight, 2))
    tried = frame.group_by("prompt_text").agg(
        pl.col("account_id").n_unique(), pl.len().alias("times"), pl.col("asked_at").dt.date().unique().alias("days")
    )
    viral = tried.filter(pl.col("prompt_text").str.len_bytes() > 60).sort("account_id").row(-1, named=True)
    assert (viral["account_id"], viral["times"], viral["days"]) == (80, 80, [date(2026, 2, 9)])


def test_a_crowd_also_asks_questions_of_its_own(fortnight, record):
    frame = record(ViralCrowd(people=80).accounts(fortnight, 2))
    assert frame["prompt_text"].n_unique() > 300
    assert frame["account_id"].n_unique() == 80
