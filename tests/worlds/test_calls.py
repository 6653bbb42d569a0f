import numpy as np
import polars as pl
import pytest

from stillwatch.worlds.calls import hexadecimal
from stillwatch.worlds.honest import Developer, Person
from stillwatch.worlds.stories.background import FORTNIGHT, RELEASE


@pytest.fixture(scope="module")
def frame(record):
    kinds = ((Person(talks=6), 100), (Developer(), 200))
    return record(
        [one for kind, first in kinds for seed in range(40) for one in kind.accounts(FORTNIGHT, first + seed)]
    )


def test_seeds_are_written_with_sixteen_digits():
    assert hexadecimal("x", np.array([10, 2**64 - 1], np.uint64)).to_pylist() == ["x000000000000000a", "x" + "f" * 16]
    assert hexadecimal("x", np.array([10], np.uint64), np.array([False])).to_pylist() == [None]


def test_a_request_carries_one_digest_for_each_earlier_turn(frame):
    assert (frame["history_digests"].list.len() == frame["turn"]).all()


def test_digests_are_chained_over_a_conversation(frame):
    talks = frame.filter(pl.col("conversation_id").is_not_null()).sort("turn").group_by("conversation_id")
    for _, talk in list(talks)[:60]:
        longest = talk["history_digests"][-1].to_list()
        assert all(row.to_list() == longest[: len(row)] for row in talk["history_digests"])


def test_strangers_share_a_first_digest_only_through_a_framework(frame):
    first = frame.filter(pl.col("turn") > 0).with_columns(pl.col("history_digests").list.first().alias("first"))
    shared = first.group_by("first").agg(pl.col("account_id").n_unique().alias("accounts"), pl.col("endpoint").first())
    shared = shared.filter(pl.col("accounts") > 1)
    assert shared.height == 2
    assert set(shared["endpoint"]) == {"/v1/messages"}


def test_signed_reasoning_comes_from_earlier_turns_only(frame):
    assert frame.filter(pl.col("turn") == 0)["reasoning_signatures"].list.len().sum() == 0
    assert frame["reasoning_signatures"].list.len().sum() > 50


def test_tokens_fit_together(frame):
    assert (frame["reasoning_tokens"] <= frame["output_tokens"]).all()
    assert (frame["cached_input_tokens"] <= frame["input_tokens"]).all()
    assert (frame["output_tokens"] <= frame["max_tokens"].fill_null(16384)).all()
    failed = frame.filter(pl.col("status_code") != 200)
    assert 0 < failed.height < 0.06 * frame.height
    assert failed["finish_reason"].null_count() == failed.height


def test_called_tools_were_offered(frame):
    called = frame.filter(pl.col("tools_called").list.len() > 0)
    assert called.height > 0
    assert called.select((pl.col("tools_called").list.set_difference("tools_offered").list.len() == 0).all()).item()


def test_nobody_asks_a_model_before_its_release(frame):
    asked = frame.filter(pl.col("model") == RELEASE.model)
    assert asked.height > 0
    assert asked["asked_at"].min() >= RELEASE.at
