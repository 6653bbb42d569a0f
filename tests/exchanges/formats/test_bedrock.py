import json

import pytest

from stillwatch.exchanges.formats.bedrock import Bedrock


def test_the_sample(rows_of, samples):
    converse, streamed, titan = rows_of(samples / "bedrock.jsonl")
    assert (converse["account_id"], converse["end_user_id"], converse["ip"]) == ("acct_17", "eu_5", "203.0.113.7")
    assert (converse["system_text"], converse["prompt_text"], converse["response_text"]) == (
        "You are terse.",
        "And times 3?",
        "12",
    )
    assert (converse["reasoning_signatures"], converse["reasoning_text"], converse["has_image"]) == (
        ["sig-a", "sig-b"],
        "Multiply.",
        True,
    )
    assert (converse["input_tokens"], converse["cached_input_tokens"], converse["output_tokens"]) == (40, 16, 9)
    assert (converse["tools_offered"], converse["tools_called"], converse["max_tokens"]) == (
        ["get_weather"],
        ["get_weather"],
        300,
    )
    assert (streamed["account_id"], "end_user_id" in streamed) == ("123456789012", False)
    assert (streamed["prompt_text"], streamed["response_text"], streamed["stream"]) == ("And times 3?", "12", True)
    assert (streamed["input_tokens"], streamed["reasoning_tokens"], streamed["finish_reason"]) == (40, 5, "end_turn")
    assert (titan["exchange_id"], titan["prompt_text"], titan["response_text"], titan["finish_reason"]) == (
        "req-3",
        "User: Hello",
        "Hello!",
        "FINISH",
    )


@pytest.mark.parametrize(
    "pieces",
    [
        [
            {"contentBlockDelta": {"delta": {"text": "a"}}},
            {"contentBlockDelta": {"delta": {"text": "b"}}},
            {"messageStop": {"stopReason": "end_turn"}},
        ],
        [{"outputText": "a"}, {"outputText": "b", "stop_reason": "end_turn"}],
        [{"generation": "a"}, {"generation": "b", "stop_reason": "end_turn"}],
    ],
)
def test_streamed_answers(pieces):
    (row,) = Bedrock().tell({"requestId": "r", "output": {"outputBodyJson": pieces}}, b"k")
    assert (row["response_text"], row["finish_reason"]) == ("ab", "end_turn")


def test_metadata_that_the_caller_writes_is_not_believed():
    (row,) = Bedrock().tell({"accountId": "1", "requestMetadata": {"account_id": "forged"}}, b"k")
    assert row["account_id"] == "1"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::1:assumed-role/gateway/botocore-session-1700000000",
        "arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/ann@example.com",
        "arn:aws:iam::1:user/gateway",
    ],
)
def test_the_identity_that_calls_is_no_end_user(arn):
    (row,) = Bedrock().tell({"accountId": "1", "identity": {"arn": arn}}, b"k")
    assert "end_user_id" not in row


@pytest.mark.parametrize(
    ("record", "score"),
    [
        ({"schemaType": "ModelInvocationLog"}, 1.0),
        ({"modelId": "m", "requestId": "r", "operation": "Converse"}, 1.0),
        ({"message": '{"modelId": "m", "schemaType": "ModelInvocationLog"}'}, 1.0),
        ({"message": "hello"}, 0.0),
    ],
)
def test_recognition(record, score):
    assert Bedrock().recognises(record) == score


LOG = {"modelId": "m", "requestId": "r", "operation": "Converse"}


@pytest.mark.parametrize(
    "delivered",
    [
        {"@timestamp": "2026-11-20 10:00:00.000", "@message": json.dumps(LOG)},
        {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": json.dumps(LOG)}]},
        {"events": [{"timestamp": 1795168800000, "message": json.dumps(LOG)}]},
    ],
)
def test_logs_are_taken_out_of_what_cloudwatch_delivers(delivered):
    assert Bedrock().recognises(delivered) == 1.0
    assert [row["exchange_id"] for row in Bedrock().tell(delivered, b"k")] == ["r"]


def test_a_delivery_of_several_logs_is_several_exchanges():
    events = [{"message": json.dumps(LOG | {"requestId": name})} for name in ("a", "b")]
    assert [row["exchange_id"] for row in Bedrock().tell({"logEvents": events}, b"k")] == ["a", "b"]
    assert Bedrock().recognises({"logEvents": [*events, {"message": json.dumps({"modelId": "m"})}]}) == 0.0


@pytest.mark.parametrize(
    "other",
    [
        {"modelId": "amazon.titan-embed-text-v2:0"},
        {"modelId": "arn:aws:bedrock:us-east-1::foundation-model/stability.sd3-large-v1:0"},
        {"modelId": "us.amazon.nova-canvas-v1:0"},
        {"output": {"outputBodyJson": {"embedding": [0.1]}}},
        {"modelId": "m", "output": {"outputBodyJson": {"images": ["AA=="], "finish_reasons": [None]}}},
    ],
)
def test_calls_that_are_no_talk_are_passed_over(other):
    assert [*Bedrock().tell(LOG | other, b"k")] == []


def test_a_talk_with_a_model_of_a_telling_name_is_kept():
    assert (
        len([*Bedrock().tell(LOG | {"modelId": "arn:aws:bedrock:us-east-1:1:inference-profile/reel-images"}, b"k")])
        == 1
    )
