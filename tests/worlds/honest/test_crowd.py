import polars as pl
import pytest

from stillwatch.worlds.honest import CarrierNat, SharedVpn, ViralCrowd
from stillwatch.worlds.stories.background import FORTNIGHT


@pytest.mark.parametrize(("kind", "role"), [(CarrierNat(60, 3), "carrier"), (SharedVpn(60, 3), "vpn")])
def test_strangers_share_addresses_and_nothing_else(kind, role):
    strangers = kind.accounts(FORTNIGHT, 9)
    shared = {address for stranger in strangers for address in stranger.addresses[:-1]}
    assert len(strangers) == 60
    assert len(shared) == 3
    cards = [stranger.payment_hash for stranger in strangers if stranger.payment_hash]
    assert len(set(cards)) == len(cards)
    assert len({stranger.email_domain for stranger in strangers}) > 8
    assert {stranger.role for stranger in strangers} == {role}


def test_a_carrier_is_in_one_country_and_a_vpn_serves_many():
    assert len({stranger.country for stranger in CarrierNat(40).accounts(FORTNIGHT, 9)}) == 1
    assert len({stranger.country for stranger in SharedVpn(40).accounts(FORTNIGHT, 9)}) > 5


def test_a_viral_prompt_is_tried_by_strangers_on_one_day(record):
    frame = record(ViralCrowd(80).accounts(FORTNIGHT, 2))
    prompts = frame.group_by("prompt_text").agg(
        pl.col("account_id").n_unique(), pl.col("asked_at").dt.date().n_unique()
    )
    top = prompts.filter(pl.col("prompt_text").str.len_bytes() > 60).sort("account_id").row(-1, named=True)
    assert top["account_id"] == 80
    assert top["asked_at"] == 1
    assert frame["prompt_text"].n_unique() > 300
