import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.exchanges.formats.litellm import LiteLLM


def test_the_sample_of_a_callback(rows_of, samples):
    whole, refused = rows_of(samples / "litellm.jsonl")
    assert (whole["account_id"], whole["api_key_hash"], whole["org_id"], whole["project_id"]) == (
        "user-1",
        "hash-1",
        "org-1",
        "team-1",
    )
    assert (whole["ip"], whole["user_agent"], whole["email_domain"]) == (
        "203.0.113.7",
        "acme-client/2.1",
        "example.com",
    )
    assert (whole["payment_hash"], whole["access_path"], whole["asn"]) == ("pm_77", "api", 64496)
    assert (whole["input_tokens"], whole["cached_input_tokens"], whole["output_tokens"], whole["reasoning_tokens"]) == (
        40,
        16,
        9,
        5,
    )
    assert (whole["prompt_text"], whole["reasoning_signatures"], whole["reasoning_text"]) == (
        "And times 3?",
        ["sig-a", "sig-b"],
        "Multiply.",
    )
    assert (whole["temperature"], whole["n"], whole["conversation_id"]) == (pytest.approx(0.2), 1, "trace-1")
    assert (refused["account_id"], refused["status_code"]) == ("hash-2", 429)
    assert {"prompt_text", "history_digests", "end_user_id", "tools_offered", "logprobs", "conversation_id"}.isdisjoint(
        refused
    )


def test_the_sample_of_spend_logs(rows_of, samples):
    (row,) = rows_of(samples / "litellm_spend_logs.jsonl")
    assert row["asked_at"] == datetime(2026, 11, 20, 10, 0, 0, 500_000, UTC)
    assert (row["account_id"], row["conversation_id"], row["prompt_text"]) == ("user-1", "session-1", "And times 3?")
    assert (row["input_tokens"], row["cached_input_tokens"], row["max_tokens"], row["org_id"]) == (40, 16, 300, "org-1")


def test_spend_logs_in_parquet_say_the_same(rows_of, samples, tmp_path):
    table = pa.Table.from_pylist(
        [json.loads(line) for line in (samples / "litellm_spend_logs.jsonl").read_text().splitlines()]
    )
    began = pa.array([datetime(2026, 11, 20, 10, 0, 0, 500_000)], pa.timestamp("ms"))
    pq.write_table(
        table.set_column(table.column_names.index("startTime"), "startTime", began), tmp_path / "logs.parquet"
    )
    assert rows_of(tmp_path / "logs.parquet") == rows_of(samples / "litellm_spend_logs.jsonl")


@pytest.mark.parametrize(
    ("who", "account"),
    [
        ({"user_api_key_user_id": "u", "user_api_key_hash": "h"}, "u"),
        ({"user_api_key_user_id": "default_user_id", "user_api_key_hash": "h"}, "h"),
        ({"user_api_key_user_id": "", "user_api_key": "k"}, "k"),
        ({"requester_metadata": {"account_id": "forged"}}, None),
    ],
)
def test_accounts(who, account):
    (row,) = LiteLLM().tell({"id": "i", "metadata": who}, b"k")
    assert row.get("account_id") == account


DRAWN = "b980db26-9512-45cc-b1da-c511a363b83f"


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"trace_id": "chat-17"}, "chat-17"),
        ({"trace_id": "0197f6c2-4b1a-7c3d-9e2f-0a1b2c3d4e5f"}, "0197f6c2-4b1a-7c3d-9e2f-0a1b2c3d4e5f"),
        ({"trace_id": DRAWN}, None),
        ({"session_id": DRAWN, "trace_id": DRAWN}, None),
        ({"trace_id": DRAWN, "metadata": {"requester_metadata": {"session_id": "another"}}}, None),
        ({"trace_id": DRAWN, "metadata": {"requester_metadata": {"session_id": DRAWN}}}, DRAWN),
        ({"trace_id": DRAWN, "metadata": {"requester_metadata": {"user_id": f"user_7_session_{DRAWN}"}}}, DRAWN),
        ({"trace_id": DRAWN, "metadata": {"requester_custom_headers": {"x-agent-session-id": DRAWN}}}, DRAWN),
        ({"session_id": DRAWN, "proxy_server_request": json.dumps({"litellm_session_id": DRAWN})}, DRAWN),
        ({"session_id": DRAWN, "proxy_server_request": {"body": {"metadata": {"trace_id": DRAWN}}}}, DRAWN),
    ],
)
def test_an_id_that_is_drawn_for_each_call_is_no_conversation(record, name):
    (row,) = LiteLLM().tell({"id": "i"} | record, b"k")
    assert row.get("conversation_id") == name


@pytest.mark.parametrize(
    ("record", "score"),
    [
        ({"id": "i", "startTime": 1, "call_type": "c", "prompt_tokens": 1}, 1.0),
        ({"standard_logging_object": {"id": "i", "startTime": 1, "call_type": "c", "prompt_tokens": 1}}, 1.0),
        ({"request_id": "i", "startTime": 1, "call_type": "c", "prompt_tokens": 1}, 1.0),
        ({"id": "i", "startTime": 1}, 0.0),
    ],
)
def test_recognition(record, score):
    assert LiteLLM().recognises(record) == score


def test_a_time_without_zone_is_utc_only_in_the_database():
    (row,) = LiteLLM().tell({"id": "i", "startTime": "2026-11-20 10:00:00"}, b"k")
    assert row["asked_at"] == "2026-11-20 10:00:00"
    (row,) = LiteLLM().tell({"request_id": "i", "startTime": "no time"}, b"k")
    assert row["asked_at"] == "no time"


@pytest.mark.parametrize(
    "held",
    [
        {"model_parameters": {"previous_response_id": "resp_1"}},
        {"model_parameters": {"conversation": {"id": "conv_1"}}},
        {"proxy_server_request": json.dumps({"body": {"previous_response_id": "resp_1"}})},
        {"messages": [{"type": "item_reference", "id": "i"}, {"role": "user", "content": "Hello"}]},
    ],
)
def test_what_the_provider_holds_is_not_guessed(held):
    (row,) = LiteLLM().tell({"id": "i", "call_type": "aresponses", "messages": "Hello"} | held, b"k")
    assert row["prompt_text"] == "Hello"
    assert {"history_digests", "turn"}.isdisjoint(row)


@pytest.mark.parametrize("call", ["aembedding", "amoderation", "aimage_generation", "atranscription", "arerank"])
def test_calls_that_are_no_talk_are_passed_over(call):
    assert [*LiteLLM().tell({"id": "i", "call_type": call, "messages": "a cat"}, b"k")] == []


@pytest.mark.parametrize(("code", "status"), [("429", 429), (500, 500), ("None", None), ("", None)])
def test_a_failure_without_a_status_is_kept(code, status):
    (row,) = LiteLLM().tell({"id": "i", "status": "failure", "error_information": {"error_code": code}}, b"k")
    assert row.get("status_code") == status


def test_an_answer_of_gemini_is_told():
    answer = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]}
    (row,) = LiteLLM().tell({"id": "i", "call_type": "agenerate_content", "response": answer}, b"k")
    assert (row["response_text"], row["finish_reason"]) == ("Hi", "STOP")


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        ("Hello", "Hello"),
        ('{"task": "grade", "a": "..."}', '{"task": "grade", "a": "..."}'),
        ("[1, 2]", "[1, 2]"),
        ('[{"role": "user", "content": "a"}]', "a"),
        ({"messages": [{"role": "user", "content": "a"}]}, "a"),
        ('{"messages": "a"}', "a"),
        *[(nothing, "stored") for nothing in ("{}", "[]", {}, {"b": 1}, None, 5)],
    ],
)
def test_messages_in_whatever_form_they_were_kept(messages, prompt):
    record = {"id": "i", "messages": messages, "model_parameters": {"input": "stored"}}
    (row,) = LiteLLM().tell(record, b"k")
    assert row["prompt_text"] == prompt
