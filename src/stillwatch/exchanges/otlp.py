"""OTLP/JSON, and spans in the flat forms that exporters write, as plain spans with one table of attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stillwatch.exchanges.decoded import at, first, objects, opened

_TIMES = ("startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime", "timeUnixNano", "time_unix_nano",
          "observedTimeUnixNano", "timestamp", "Timestamp")  # fmt: skip
_WHOLE = re.compile(r"-?\d{1,19}")
_UNKNOWN = (0, "0")  # a time that OTLP leaves out
_DEPTH = 40


@dataclass(slots=True)
class Span:
    """A span or a group of log records: its name, start, attributes, and the events in it as (name, attributes)."""

    name: str | None
    at: Any
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def spans_of(record: dict[str, Any]) -> Iterator[Span]:
    """Yield the spans of an OTLP export or of one flat span; log records of one span count as one."""
    for resource in objects(first(record.get("resourceSpans"), record.get("resource_spans"))):
        about = attributes_of(at(resource, "resource"))
        for scope in objects(first(resource.get("scopeSpans"), resource.get("scope_spans"))):
            for span in objects(scope.get("spans")):
                yield _span(span, about)
    for resource in objects(first(record.get("resourceLogs"), record.get("resource_logs"))):
        about = attributes_of(at(resource, "resource"))
        logs = [log for scope in objects(first(resource.get("scopeLogs"), resource.get("scope_logs")))
                for log in objects(first(scope.get("logRecords"), scope.get("log_records")))]  # fmt: skip
        yield from _grouped(logs, about)
    if not {"resourceSpans", "resource_spans", "resourceLogs", "resource_logs"} & record.keys():
        about = attributes_of(at(record, "resource"))
        yield from _grouped([record], about) if _event_name(record) else (_span(record, about),)


def attributes_of(holder: Any) -> dict[str, Any]:
    """Return the attributes of a span, an event or a resource, from OTLP's list of pairs or a plain object."""
    held = opened(first(at(holder, "attributes"), at(holder, "Attributes"), at(holder, "SpanAttributes")))
    if isinstance(held, dict):
        return held
    return {str(pair.get("key")): plain(pair.get("value")) for pair in objects(held)}


def plain(value: Any, depth: int = 0) -> Any:
    """Return OTLP's typed value as plain JSON."""
    if not isinstance(value, dict) or depth > _DEPTH:
        return value
    for kind, inner in value.items():
        if kind in (
            "stringValue",
            "boolValue",
            "doubleValue",
            "bytesValue",
            "string_value",
            "bool_value",
            "double_value",
        ):
            return inner
        if kind in ("intValue", "int_value"):
            return int(inner) if isinstance(inner, str) and _WHOLE.fullmatch(inner) else inner
        if kind in ("arrayValue", "array_value"):
            return [plain(item, depth + 1) for item in objects(at(inner, "values"))]
        if kind in ("kvlistValue", "kvlist_value"):
            return {str(pair.get("key")): plain(pair.get("value"), depth + 1) for pair in objects(at(inner, "values"))}
    return value


def _span(span: dict[str, Any], about: dict[str, Any]) -> Span:
    events = [(str(event.get("name")), attributes_of(event)) for event in objects(span.get("events"))]
    return Span(_name(span), _at(span), about | attributes_of(span), events)


def _grouped(logs: list[dict[str, Any]], about: dict[str, Any]) -> Iterator[Span]:
    groups: dict[Any, Span] = {}
    for number, log in enumerate(logs):
        name = _name(log)
        span = groups.setdefault(name or number, Span(name, _at(log), dict(about)))
        attributes = attributes_of(log)
        body = plain(opened(log.get("body")))
        said = attributes | (body if isinstance(body, dict) else {})
        span.attributes |= attributes
        span.events.append((_event_name(log) or "", said))
    yield from groups.values()


def _event_name(log: dict[str, Any]) -> str | None:
    named = first(log.get("eventName"), log.get("event_name"), attributes_of(log).get("event.name"))
    return str(named) if named is not None else None


def _name(span: dict[str, Any]) -> str | None:
    context = first(span.get("context"), span)
    trace = first(at(context, "trace_id"), at(context, "traceId"), span.get("TraceId"))
    inner = first(at(context, "span_id"), at(context, "spanId"), span.get("SpanId"))
    return f"{trace}-{inner}" if isinstance(trace, str) and isinstance(inner, str) else None


def _at(span: dict[str, Any]) -> Any:
    told = (span.get(name) for name in _TIMES)
    return first(*(time for time in told if time not in _UNKNOWN))
