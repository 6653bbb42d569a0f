from dataclasses import replace

import numpy as np
import polars as pl

from stillwatch.worlds.campaigns import Relay
from stillwatch.worlds.stories.background import FORTNIGHT

RELAY = Relay("alder", 10, 80, people=60, replays=True)


def test_conversations_hop_between_accounts_with_their_history(record):
    frame = record(RELAY.accounts(FORTNIGHT, 3))
    carried = frame.explode("history_digests").drop_nulls("history_digests")
    owners = carried.group_by("history_digests").agg(pl.col("account_id").n_unique().alias("owners"))
    assert (owners["owners"] > 1).mean() > 0.2
    signed = frame.explode("reasoning_signatures").drop_nulls("reasoning_signatures")
    assert signed.group_by("reasoning_signatures").agg(pl.col("account_id").n_unique())["account_id"].max() > 1


def test_without_hops_a_conversation_keeps_its_account():
    accounts = replace(RELAY, hop_share=0.0).accounts(FORTNIGHT, 3)
    seen: dict[int, str] = {}
    for account in accounts:
        for talk in np.unique(account.visits["talk"]).tolist():
            assert seen.setdefault(talk, account.account_id) == account.account_id


def test_its_people_ask_what_people_ask_and_code(record):
    accounts = RELAY.accounts(FORTNIGHT, 3)
    assert all(account.visits["extraction"].all() for account in accounts)
    frame = record(accounts)
    assert frame.filter(pl.col("turn") == 0)["prompt_text"].n_unique() > 0.9 * (frame["turn"] == 0).sum()
    assert frame["prompt_text"].str.contains("/home/").any()


def test_replay_is_a_knob():
    habits = {account.habits.replays_signatures for account in RELAY.accounts(FORTNIGHT, 3)}
    assert habits == {True}
    without = {account.habits.replays_signatures for account in replace(RELAY, replays=False).accounts(FORTNIGHT, 3)}
    assert without == {True, False}
