import json

import pytest

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats.otel import OpenTelemetry


@pytest.fixture
def span_of():
    def span(row, history=()):
        (resource,) = OpenTelemetry().line(row, history)["resourceSpans"]
        (span,) = resource["scopeSpans"][0]["spans"]
        (kinds,) = {len(pair["value"]) for pair in span["attributes"]}
        assert kinds == 1
        return span, {pair["key"]: pair["value"] for pair in span["attributes"]}

    return span


def test_values_are_typed(row, span_of):
    _, told = span_of(row(temperature=1.0))
    assert told["gen_ai.usage.input_tokens"] == {"intValue": "40"}
    assert told["gen_ai.request.temperature"] == {"doubleValue": 1.0}
    assert told["gen_ai.request.stream"] == {"boolValue": False}
    assert told["gen_ai.response.finish_reasons"] == {"arrayValue": {"values": [{"stringValue": "tool_call"}]}}


def test_the_operator_writes_what_the_convention_has_no_name_for(row, span_of):
    _, told = span_of(row(country=None))
    ours = {name for name in told if name.startswith("stillwatch.")}
    assert ours == {"stillwatch." + name for name in ("api_key_hash", "email_domain", "payment_hash", "access_path",
                                                      "account_created_at")}  # fmt: skip


def test_spans_have_names_of_their_own(row, span_of):
    first, _ = span_of(row())
    second, _ = span_of(row(exchange_id="x2"))
    assert (len(first["traceId"]), len(first["spanId"])) == (32, 16)
    assert first["traceId"] != second["traceId"]
    assert int(first["endTimeUnixNano"]) > int(first["startTimeUnixNano"]) == 1_770_000_000_000_001_000


def test_a_failed_call_is_an_error_without_an_answer(row, span_of):
    span, told = span_of(row(status_code=529))
    assert (span["status"], told["error.type"]) == ({"code": 2}, {"stringValue": "529"})
    assert told["stillwatch.exchange_id"] == {"stringValue": "x1"}
    assert told.keys() & {"gen_ai.output.messages", "gen_ai.response.id"} == set()


def test_signed_reasoning_is_a_part_of_the_answer_it_belongs_to(row, span_of):
    _, told = span_of(row(reasoning_signatures=["sig"]), [Turn("a", "1")])
    messages = json.loads(told["gen_ai.input.messages"]["stringValue"])
    assert messages[1]["parts"][0] == {"type": "reasoning", "content": "", "signature": "sig"}
