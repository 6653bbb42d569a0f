import numpy as np
import polars as pl

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest import Household, Person
from stillwatch.worlds.stories.background import FORTNIGHT


def test_a_person_has_hours_topics_and_conversations(record):
    accounts = [account for seed in range(1, 200) for account in Person().accounts(FORTNIGHT, seed)]
    local = np.concatenate([(a.visits["at"] // HOUR_US + a.offset_h) % 24 for a in accounts])
    assert ((local >= 2) & (local < 6)).mean() < 0.05
    frame = record(accounts)
    assert frame["turn"].max() > 3
    assert frame.group_by("account_id").agg(pl.col("ip").n_unique()).select(pl.col("ip").max()).item() > 1
    assert {account.role for account in accounts} == {"person"}


def test_few_people_hold_most_conversations():
    counts = sorted(len(Person().accounts(FORTNIGHT, seed)[0].visits) for seed in range(300))
    assert sum(counts[-60:]) > 0.45 * sum(counts)


def test_a_free_tier_shows_no_payment():
    assert all(Person(pays=False).accounts(FORTNIGHT, seed)[0].payment_hash is None for seed in range(20))
    assert any(Person().accounts(FORTNIGHT, seed)[0].payment_hash for seed in range(20))


def test_a_household_shares_card_and_home_and_nothing_said(record):
    for seed in range(1, 6):
        members = Household(3).accounts(FORTNIGHT, seed)
        assert len({member.payment_hash for member in members}) == 1
        assert len({member.addresses[0] for member in members}) == 1
        assert len({member.account_id for member in members}) == 3
        asked = record(members).filter(pl.col("prompt_text").str.len_bytes() > 40)
        assert asked.group_by("prompt_text").agg(pl.col("account_id").n_unique())["account_id"].max() in (None, 1)
