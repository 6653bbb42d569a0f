from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stillwatch.worlds.accounts import open_account, with_visits
from stillwatch.worlds.calls import OLD_MODELS, hexadecimal
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.speech import speak_as
from stillwatch.worlds.visits import single_visits


@pytest.fixture(scope="module")
def frame(record, fortnight):
    some = ((kinds()["person"](talks=6), 100), (kinds()["developer"](), 200))
    return record([one for kind, first in some for seed in range(40) for one in kind.accounts(fortnight, first + seed)])


def test_seeds_are_written_with_sixteen_digits():
    assert hexadecimal("x", np.array([10, 2**64 - 1], np.uint64)).to_pylist() == ["x000000000000000a", "x" + "f" * 16]
    assert hexadecimal("x", np.array([10], np.uint64), np.array([False])).to_pylist() == [None]


def test_a_request_carries_one_digest_for_each_earlier_turn(frame):
    assert (frame["history_digests"].list.len() == frame["turn"]).all()
    assert frame["history_digests"].null_count() == 0


def test_digests_are_chained_over_a_conversation(frame):
    talks = frame.filter(pl.col("conversation_id").is_not_null()).sort("turn").group_by("conversation_id")
    for _, talk in list(talks)[:60]:
        longest = talk["history_digests"][-1].to_list()
        assert len(set(longest)) == len(longest)
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
    assert frame["reasoning_signatures"].list.len().max() == 2


def test_tokens_fit_together(frame):
    assert (frame["reasoning_tokens"] <= frame["output_tokens"]).all()
    assert (frame["cached_input_tokens"] <= frame["input_tokens"]).all()
    assert (frame["output_tokens"] <= frame["max_tokens"].fill_null(16384)).all()


def test_a_call_that_failed_has_no_answer(frame):
    failed = frame.filter(pl.col("status_code") != 200)
    assert 0 < failed.height < 0.06 * frame.height
    for column in ("finish_reason", "response_text", "reasoning_text"):
        assert failed[column].null_count() == failed.height
    assert failed["output_tokens"].sum() == failed["tools_called"].list.len().sum() == 0
    assert frame.filter(pl.col("status_code") == 200)["response_text"].null_count() == 0


def test_called_tools_were_offered(frame):
    called = frame.filter(pl.col("tools_called").list.len() > 0)
    assert called.height > 0
    assert called.select((pl.col("tools_called").list.set_difference("tools_offered").list.len() == 0).all()).item()


def test_an_answer_that_calls_a_tool_or_is_cut_off_says_so(frame):
    ends = frame.filter(pl.col("status_code") == 200).with_columns(pl.col("tools_called").list.len().alias("called"))
    assert set(ends["finish_reason"]) == {"stop", "length", "tool_use"}
    assert (ends.filter(pl.col("finish_reason") == "tool_use")["called"] == 1).all()
    assert (ends.filter(pl.col("finish_reason") == "stop")["called"] == 0).all()
    cut = ends.filter(pl.col("finish_reason") == "length")
    assert (cut["output_tokens"] == cut["max_tokens"]).all()


def test_people_have_no_keys_and_programs_have(frame):
    chat = pl.col("endpoint") == "/v1/conversations"
    assert frame.filter(chat)["api_key_hash"].null_count() == frame.filter(chat).height > 0
    assert frame.filter(~chat)["api_key_hash"].null_count() == 0
    assert 1 <= frame.filter(~chat).group_by("account_id").agg(pl.col("api_key_hash").n_unique())[
        "api_key_hash"
    ].max() <= 3  # fmt: skip


def test_nobody_asks_a_model_before_its_release(frame, fortnight):
    (release,) = fortnight.releases
    asked = frame.filter(pl.col("model") == release.model)
    assert asked.height > 0
    assert asked["asked_at"].min() >= release.at


def asking(fortnight, count=60, **changes):
    account = replace(open_account(fortnight, 7, "person", "sdk"), created_us=0, **changes)
    at = np.linspace(fortnight.start_us, fortnight.end_us - 1, count).astype(np.int64)
    visits = single_visits(generator(1), at)
    speak_as(visits, "app", 7)
    return with_visits(account, visits, fortnight)


def test_an_account_that_moves_keeps_to_the_new_model_and_one_that_retreats_to_the_oldest(record, fortnight):
    moves, retreats = fortnight.day(9), fortnight.day(11)
    frame = record([asking(fortnight, 2000, moves_us=moves, retreats_us=retreats)])
    at = pl.col("asked_at").cast(pl.Int64)
    before = set(frame.filter(at < moves)["model"])
    between = frame.filter((at >= moves) & (at < retreats))["model"]
    after = frame.filter(at >= retreats)["model"]
    assert len(before) == 1
    assert before < set(OLD_MODELS)
    assert (between == "lantern-4").mean() == pytest.approx(0.93, abs=0.05)
    assert (after == OLD_MODELS[-1]).mean() == pytest.approx(0.93, abs=0.05)


def test_an_organisation_is_shown_where_the_operator_knows_it(record, fortnight):
    assert set(record([asking(fortnight, org_id="org_1")])["org_id"]) == {"org_1"}
    assert record([asking(fortnight, org_id="org_1")])["project_id"].null_count() == 0
    assert record([asking(fortnight)])["org_id"].null_count() == 60
