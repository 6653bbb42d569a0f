import pytest

from stillwatch.exchanges.otlp import attributes_of, plain, spans_of


def pairs(**attributes):
    return [{"key": name, "value": {"stringValue": value}} for name, value in attributes.items()]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"stringValue": "a"}, "a"),
        ({"intValue": "-12"}, -12),
        ({"intValue": 3}, 3),
        ({"intValue": "--3"}, "--3"),
        ({"intValue": "9" * 5_000}, "9" * 5_000),
        ({"doubleValue": 0.5}, 0.5),
        ({"boolValue": False}, False),
        ({"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "b"}]}}, [1, "b"]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": pairs(a="b")}}, {"a": "b"}),
        ({"string_value": "a"}, "a"),
        ("plain", "plain"),
        (None, None),
        ({}, {}),
    ],
)
def test_typed_values(value, found):
    assert plain(value) == found


def test_a_value_nested_without_end_is_left():
    value = {"intValue": "1"}
    for _ in range(900):
        value = {"arrayValue": {"values": [value]}}
    assert isinstance(plain(value), list)


@pytest.mark.parametrize(
    "holder",
    [
        {"attributes": pairs(a="b")},
        {"attributes": {"a": "b"}},
        {"attributes": '{"a": "b"}'},
        {"SpanAttributes": {"a": "b"}},
    ],
)
def test_attributes(holder):
    assert attributes_of(holder) == {"a": "b"}
    assert attributes_of(None) == {}


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"traceId": "t", "spanId": "s", "startTimeUnixNano": "5", "attributes": {}}, ("t-s", "5")),
        ({"context": {"trace_id": "t", "span_id": "s"}, "start_time": "now"}, ("t-s", "now")),
        ({"TraceId": "t", "SpanId": "s", "Timestamp": "now"}, ("t-s", "now")),
        (
            {
                "resourceSpans": [
                    {"scopeSpans": [{"spans": [{"traceId": "t", "spanId": "s", "startTimeUnixNano": "5"}]}]}
                ]
            },
            ("t-s", "5"),
        ),
        ({"timeUnixNano": "0", "observedTimeUnixNano": "5"}, (None, "5")),
        ({"timeUnixNano": 0, "observedTimeUnixNano": 5}, (None, 5)),
        ({"timeUnixNano": "0"}, (None, None)),
        ({"name": "x"}, (None, None)),
    ],
)
def test_spans(record, found):
    (span,) = spans_of(record)
    assert (span.name, span.at) == found


def test_log_records_of_one_span_are_one():
    logs = [
        {
            "traceId": "t",
            "spanId": span,
            "eventName": name,
            "attributes": pairs(x=name),
            "body": {"stringValue": '{"content": "c"}'},
        }
        for span, name in [("1", "a"), ("2", "b"), ("1", "c")]
    ]
    resource = {"attributes": pairs(service="gateway")}
    spans = list(spans_of({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": logs}]}]}))
    assert [(span.name, [name for name, _ in span.events]) for span in spans] == [("t-1", ["a", "c"]), ("t-2", ["b"])]
    assert spans[0].attributes == {"service": "gateway", "x": "c"}


def test_a_flat_event_is_a_span_of_its_own():
    (span,) = spans_of({"event_name": "e", "attributes": {"a": 1}, "body": {"content": "c"}, "timestamp": 5})
    assert span.events == [("e", {"a": 1, "content": "c"})]
