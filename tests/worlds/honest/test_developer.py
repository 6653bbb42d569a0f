import numpy as np
import polars as pl

from stillwatch.worlds.calendar import SECOND_US
from stillwatch.worlds.honest.developer import Developer


def developers(calendar, count=30, **knobs):
    return [account for seed in range(1, count) for account in Developer(**knobs).accounts(calendar, seed)]


def test_strangers_share_a_long_system_prompt_but_no_repository(fortnight, record):
    frame = record(developers(fortnight))
    assert frame["system_text"].n_unique() == 2
    assert frame["system_text"].str.len_bytes().min() > 400
    paths = frame.with_columns(pl.col("prompt_text").str.extract(r"(/home/[\w.-]+/[\w./-]+?)/").alias("path"))
    owners = paths.drop_nulls("path").group_by("path").agg(pl.col("account_id").n_unique().alias("owners"))
    assert owners.height > 5
    assert (owners["owners"] > 1).mean() < 0.1


def test_their_framework_opens_every_conversation(fortnight, record):
    frame = record(developers(fortnight)).with_columns(pl.col("history_digests").list.first().alias("opening"))
    assert frame["turn"].min() == 1
    by_framework = frame.group_by("system_text").agg(pl.col("opening").n_unique(), pl.col("account_id").n_unique())
    assert by_framework["opening"].to_list() == [1, 1]
    assert by_framework["account_id"].min() > 5


def test_the_newest_client_is_one_stack_of_one_framework(fortnight, record):
    newest = developers(fortnight, newest=True)
    assert len({stack for account in newest for stack in account.stacks}) == 1
    assert len({stack for account in developers(fortnight) for stack in account.stacks}) > 8
    assert record(newest)["system_text"].n_unique() == 1


def test_a_looping_agent_repeats_itself(fortnight, record):
    def repeated(*, loops):
        frame = record(developers(fortnight, 12, loops=loops))
        again = frame.filter(pl.len().over("account_id", "prompt_text") > 4)
        return again.height / frame.height

    assert repeated(loops=True) > 0.3
    assert repeated(loops=False) < 0.05


def test_parallel_sessions_run_at_one_time(fortnight):
    def at_once(parallel):
        visits = np.concatenate([account.visits for account in developers(fortnight, 15, parallel=parallel)])
        talks, first = np.unique(visits["talk"], return_index=True)
        ends = np.array([visits["at"][visits["talk"] == talk].max() for talk in talks])
        begins = visits["at"][first]
        return np.mean(
            [((begins < end + SECOND_US) & (ends > begin)).sum() for begin, end in zip(begins, ends, strict=True)]
        )

    assert at_once(4) > 2 * at_once(1)
