import numpy as np
import polars as pl

from stillwatch.worlds.calendar import SECOND_US
from stillwatch.worlds.honest import Developer
from stillwatch.worlds.stories.background import FORTNIGHT


def developers(kind, count=30):
    return [account for seed in range(1, count) for account in kind.accounts(FORTNIGHT, seed)]


def test_strangers_share_a_long_system_prompt_but_no_repository(record):
    frame = record(developers(Developer()))
    assert frame["system_text"].n_unique() == 2
    assert frame["system_text"].str.len_bytes().min() > 400
    paths = frame.with_columns(pl.col("prompt_text").str.extract(r"(/home/[\w.-]+/[\w./-]+?)/").alias("path"))
    owners = paths.drop_nulls("path").group_by("path").agg(pl.col("account_id").n_unique().alias("owners"))
    assert owners.height > 5
    assert (owners["owners"] > 1).mean() < 0.1


def test_the_newest_client_is_one_stack():
    stacks = {stack for account in developers(Developer(newest=True)) for stack in account.stacks}
    assert len(stacks) == 1


def test_a_looping_agent_repeats_itself(record):
    frame = record(developers(Developer(loops=True), 8))
    repeated = frame.group_by("account_id", "prompt_text").len().filter(pl.col("len") > 4)
    assert repeated.height > 5


def test_parallel_sessions_run_at_one_time():
    visits = developers(Developer(parallel=4), 3)[0].visits
    starts = np.sort(visits["at"][visits["turn"] == 0])
    assert (np.diff(starts) < 240 * SECOND_US).mean() > 0.5
