from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stillwatch.worlds.accounts import FREE_MAIL
from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest.program import Program

TOOL = {"held_by": "people", "installs": 30, "calls": 30.0}
FLOWS = Program(
    installs=40, held_by="firms", addresses=12, work="flows", templates=10, hours="always", on_the_hour=True
)


def opened(calendar, **knobs):
    return Program(**knobs).accounts(calendar, 5)


@pytest.mark.parametrize("work", ["product", "commits", "logs", "commands", "flows"])
def test_all_who_run_a_program_have_one_build_and_never_talk(fortnight, record, work):
    frame = record(opened(fortnight, work=work))
    for column in ("user_agent", "ja4", "endpoint", "temperature", "max_tokens", "stream"):
        assert frame[column].n_unique() == 1
    assert frame["account_id"].n_unique() == 8
    assert frame["turn"].max() == frame["history_digests"].list.len().max() == 0
    assert frame["prompt_text"].n_unique() > 0.8 * frame.height


def test_one_firm_has_one_card_one_domain_a_few_servers_and_is_not_declared(fortnight, record):
    frame = record(opened(fortnight, addresses=3, hours="always"))
    for column in ("payment_hash", "email_domain", "country", "access_path"):
        assert frame[column].n_unique() == 1
    assert frame["ip"].n_unique() == 3
    assert frame["org_id"].null_count() == frame.height
    assert np.bincount(frame["asked_at"].dt.hour(), minlength=24).min() > 0.4 * frame.height / 24


def test_a_product_has_one_template_and_another_firms_has_another(fortnight, record):
    one, two = (record(Program().accounts(fortnight, seed))["prompt_text"].str.slice(0, 50) for seed in (5, 6))
    assert one.n_unique() == two.n_unique() == 1
    assert one[0] != two[0]


@pytest.mark.parametrize("work", ["commits", "logs", "commands"])
def test_a_tool_sends_one_system_prompt_and_one_template_for_strangers(fortnight, record, work):
    frame = record(opened(fortnight, work=work, **TOOL))
    assert frame["system_text"].n_unique() == frame["prompt_text"].str.extract(r"^(.{24})").n_unique() == 1
    assert frame["system_text"].null_count() == frame["end_user_id"].count() == 0
    homes = frame.group_by("ip").agg(pl.col("account_id").n_unique())["account_id"]
    cards = frame.drop_nulls("payment_hash").group_by("payment_hash").agg(pl.col("account_id").n_unique())["account_id"]
    assert homes.max() == cards.max() == 1
    assert set(FREE_MAIL) & set(frame["email_domain"])
    assert frame["country"].n_unique() > 5


def test_strangers_run_a_tool_at_hours_of_their_own(fortnight):
    accounts = opened(fortnight, work="commits", **TOOL)
    office = [
        np.isin((account.visits["at"] // HOUR_US + account.offset_h) % 24, range(7, 19)).mean() for account in accounts
    ]
    assert 8 <= sum(share > 0.85 for share in office) <= 22


def test_the_hours_of_a_program_are_a_knob(fortnight):
    at = np.concatenate([one.visits["at"] for one in opened(fortnight, hours="always", calls=200.0)])
    assert np.bincount(at // HOUR_US % 24, minlength=24).min() > 0.5 * len(at) / 24


def test_calls_come_in_bursts_and_not_in_every_account_at_the_edges(fortnight):
    kind = {"held_by": "firms", "hours": "always", "calls": 40.0, "installs": 60}
    alive = [one for one in opened(fortnight, **kind) if one.created_us < fortnight.start_us]
    waits = [np.diff(np.sort(one.visits["at"])) for one in alive]
    assert 1.3 < np.median([wait.std() / wait.mean() for wait in waits]) < 2.5
    hours = np.concatenate([(one.visits["at"] - fortnight.start_us) // HOUR_US for one in alive])
    counts = np.bincount(hours, minlength=14 * 24)
    assert max(counts[0], counts[-1]) < 2.5 * counts.mean()


def test_flows_of_firms_share_the_platforms_addresses_and_nothing_that_is_paid_or_signed_in_with(fortnight, record):
    frame = record(FLOWS.accounts(fortnight, 5))
    assert frame["ip"].n_unique() == 12
    assert frame["payment_hash"].n_unique() == frame["email_domain"].n_unique() == 40
    assert not set(FREE_MAIL) & set(frame["email_domain"])


def test_flows_begin_on_the_hour_day_and_night(fortnight, record):
    at = record(FLOWS.accounts(fortnight, 5))["asked_at"]
    assert (at.dt.minute() < 5).mean() > 0.98
    assert at.dt.minute().max() < 30
    assert at.dt.hour().n_unique() == 24


def test_flows_come_from_a_gallery_whose_first_are_liked_most_and_are_changed_a_little(fortnight, record):
    accounts = replace(FLOWS, installs=150).accounts(fortnight, 5)
    used = [np.unique(account.visits["group"]) for account in accounts]
    assert max(map(len, used)) == 3
    times = np.unique(np.concatenate(used), return_counts=True)[1]
    assert len(times) == 10
    assert times.max() > 2 * np.median(times)
    frame = record(accounts).with_columns(
        flow=pl.col("prompt_text").str.extract(r"Flow ([0-9a-f]{6})\."),
        put=pl.col("prompt_text").str.extract(r"^(.*) Flow [0-9a-f]{6}\."),
    )
    puts = frame.group_by("flow").agg(pl.col("put").n_unique(), pl.col("account_id").n_unique())
    assert puts.filter(pl.col("account_id") > 3)["put"].min() > 1
    assert (frame.group_by("flow", "account_id").agg(pl.col("put").n_unique())["put"] == 1).all()


def test_no_account_has_more_than_twenty_times_the_median(fortnight):
    counts = [len(account.visits) for account in opened(fortnight, installs=40, calls=14.0, tail=5.0)]
    assert 0.5 * 20 * 28 < max(counts) <= 2 + 20 * 28
