import numpy as np
import polars as pl

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest.person import Household, Person
from stillwatch.worlds.places import COUNTRIES


def people(calendar, count, **knobs):
    return [account for seed in range(1, count) for account in Person(**knobs).accounts(calendar, seed)]


def test_a_person_has_hours_conversations_and_several_devices(fortnight, record):
    accounts = people(fortnight, 200)
    local = np.concatenate([(account.visits["at"] // HOUR_US + account.offset_h) % 24 for account in accounts])
    assert ((local >= 2) & (local < 6)).mean() < 0.05
    frame = record(accounts)
    assert frame["turn"].max() > 3
    devices = frame.group_by("account_id").agg(pl.struct("ip", "user_agent").n_unique().alias("devices"))["devices"]
    assert devices.max() > 2


def test_a_person_keeps_to_about_three_topics(fortnight):
    speaking_english = [account for account in people(fortnight, 300, talks=30.0) if not COUNTRIES[account.country][3]]
    topics = [
        len(np.unique(account.visits["says"][account.visits["turn"] == 0])) for account in speaking_english
        if len(account.visits) > 40
    ]  # fmt: skip
    assert len(topics) > 100
    assert max(topics) <= 4  # small talk is the fourth
    assert np.mean(topics) > 2


def test_two_people_have_different_topics(fortnight):
    one, two = (set(person.visits["says"][person.visits["turn"] == 0]) for person in people(fortnight, 3, talks=30.0))
    assert one != two


def test_few_people_hold_most_conversations(fortnight):
    counts = sorted(len(account.visits) for account in people(fortnight, 300))
    assert sum(counts[-60:]) > 0.45 * sum(counts)


def test_a_free_tier_shows_no_payment(fortnight):
    assert {account.payment_hash for account in people(fortnight, 20, pays=False)} == {None}
    assert any(account.payment_hash for account in people(fortnight, 20))


def test_a_household_shares_card_and_home_and_nothing_said(fortnight, record):
    for seed in range(1, 6):
        members = Household(people=3).accounts(fortnight, seed)
        assert len({member.payment_hash for member in members}) == 1
        assert len({member.addresses[0] for member in members}) == len({member.country for member in members}) == 1
        asking = record(members).filter(pl.col("prompt_text").str.len_bytes() > 40)
        assert asking.group_by("prompt_text").agg(pl.col("account_id").n_unique())["account_id"].max() in (None, 1)
