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
    assert (streamed["account_id"], streamed["end_user_id"]) == ("123456789012", "arn:aws:iam::123456789012:user/ann")
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
