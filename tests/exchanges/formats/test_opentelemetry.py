import pytest

from stillwatch.exchanges.formats.opentelemetry import OpenTelemetry


def test_the_sample(rows_of, samples):
    span, events, old = rows_of(samples / "opentelemetry.jsonl")
    assert (span["exchange_id"], span["account_id"], span["ip"], span["ja4"][:4]) == (
        "resp-otel-1",
        "acct_17",
        "203.0.113.7",
        "t13d",
    )
    assert (span["asn"], span["payment_hash"], span["account_created_at"].year) == (64496, "pm_77", 2026)
    assert (span["system_text"], span["prompt_text"], span["response_text"]) == ("You are terse.", "And times 3?", "12")
    assert (span["reasoning_signatures"], span["tools_offered"], span["tools_called"]) == (
        ["sig-a", "sig-b"],
        ["get_weather"],
        ["get_weather"],
    )
    assert (span["input_tokens"], span["cached_input_tokens"], span["output_tokens"], span["reasoning_tokens"]) == (
        40,
        16,
        9,
        5,
    )
    assert (events["exchange_id"], events["prompt_text"], events["response_text"], events["system_text"]) == (
        "bb-03",
        "Hello there",
        "Hi.",
        "You are terse.",
    )
    assert (old["prompt_text"], old["response_text"], old["has_image"], old["tools_called"]) == (
        "And times 3?",
        "12",
        True,
        ["get_weather"],
    )
    assert (old["tools_offered"], old["finish_reason"], old["input_tokens"]) == (["get_weather"], "tool_calls", 42)


@pytest.mark.parametrize(
    ("attributes", "number"),
    [
        ({"gen_ai.operation.name": "chat"}, 1),
        ({"gen_ai.operation.name": "execute_tool", "gen_ai.request.model": "m"}, 0),
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "m"}, 0),
        ({"gen_ai.request.model": "m"}, 1),
        ({"gen_ai.operation.name": "embeddings"}, 0),
        ({"db.system": "x"}, 0),
        ({"llm.request.type": "completion"}, 1),
    ],
)
def test_only_calls_of_models_are_exchanges(attributes, number):
    assert len(list(OpenTelemetry().tell({"attributes": attributes}, b"k"))) == number


@pytest.mark.parametrize(
    ("record", "score"),
    [
        ({"resourceSpans": []}, 1.0),
        ({"resourceLogs": []}, 1.0),
        ({"attributes": {"gen_ai.system": "x"}}, 1.0),
        ({"traceId": "t", "attributes": {"a": 1}}, 0.5),
        ({"attributes": {"a": 1}}, 0.0),
    ],
)
def test_recognition(record, score):
    assert OpenTelemetry().recognises(record) == score


def test_a_column_may_be_given_as_an_attribute():
    (row,) = OpenTelemetry().tell(
        {"attributes": {"gen_ai.request.model": "m", "user.id": "u", "stillwatch.account_id": "a"}}, b"k"
    )
    assert row["account_id"] == "a"


SAID = '[{"role": "user", "parts": [{"type": "text", "content": "Hello"}]}]'
REFERRED = '[{"type": "item_reference", "id": "i"}, {"role": "user", "content": "Hello"}]'


@pytest.mark.parametrize(
    ("attributes", "known"),
    [
        ({}, True),
        ({"gen_ai.conversation.id": "conv_1"}, True),
        ({"gen_ai.request.previous_response.id": ""}, True),
        ({"gen_ai.request.previous_response.id": "resp_1"}, False),
        ({"openai.request.previous_response_id": "resp_1"}, False),
        ({"gen_ai.input.messages": REFERRED}, False),
    ],
)
def test_what_the_provider_holds_is_not_guessed(attributes, known):
    span = {"gen_ai.request.model": "m", "gen_ai.input.messages": SAID} | attributes
    (row,) = OpenTelemetry().tell({"attributes": span}, b"k")
    assert row["prompt_text"] == "Hello"
    assert ({"history_digests", "turn"} <= row.keys()) is known
