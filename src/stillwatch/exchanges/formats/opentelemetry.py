"""OpenTelemetry GenAI spans and events, in the names of 2026 and the older ones."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from stillwatch.exchanges.decoded import first, layered, text
from stillwatch.exchanges.envelope import ENVELOPE
from stillwatch.exchanges.otlp import attributes_of, spans_of
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS, Reader
from stillwatch.exchanges.spans import tell_content, tell_usage

_CALLS = ("chat", "completion", "generate_content", "text_completion", "responses", "messages")
_MODEL = re.compile(r"gen_ai\.(request|response)\.model$")
_SAME = {
    "account_id": ("user.id", "enduser.id", "account.id"),
    "org_id": ("organization.id", "org.id"),
    "project_id": ("project.id",),
    "end_user_id": ("enduser.pseudo.id", "gen_ai.request.user", "llm.user"),
    "ip": ("client.address", "source.address", "http.client_ip"),
    "user_agent": ("user_agent.original", "http.user_agent"),
    "ja4": ("tls.client.ja4",),
    "country": ("client.geo.country.iso_code", "geo.country.iso_code"),
    "asn": ("client.as.number", "as.number"),
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
    "endpoint": ("url.path", "http.route", "gen_ai.operation.name", "llm.request.type"),
    "model": ("gen_ai.request.model", "gen_ai.response.model"),
    "stream": ("gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming"),
    "status_code": ("http.response.status_code", "http.status_code"),
    "conversation_id": ("gen_ai.conversation.id", "session.id"),
    "temperature": ("gen_ai.request.temperature",),
    "top_p": ("gen_ai.request.top_p",),
    "max_tokens": ("gen_ai.request.max_tokens",),
    "n": ("gen_ai.request.choice.count",),
    "reasoning_effort": ("gen_ai.request.reasoning_effort", "openai.request.reasoning_effort",
                         "gen_ai.openai.request.reasoning_effort"),
}  # fmt: skip


class OpenTelemetry(Reader):
    """GenAI spans and events: OTLP/JSON exports, or one flat span or log record a line."""

    name = "opentelemetry"
    description = "OpenTelemetry GenAI spans and events, old and new names: OTLP/JSON or flat spans, JSON Lines"
    fills = (*ENVELOPE, *CONVERSATION, *ANSWER, *TOKENS, "tools_offered", "conversation_id", "temperature", "top_p",
             "max_tokens", "n", "reasoning_effort")  # fmt: skip
    advice = "set `user.id` on the span, or any column as an attribute such as `stillwatch.account_id`"

    def recognises(self, record: dict[str, Any]) -> float:
        """Return 1 for OTLP and for a span with GenAI attributes, 0.5 for any other span."""
        if {"resourceSpans", "resourceLogs", "resource_spans", "resource_logs"} & record.keys():
            return 1.0
        attributes = attributes_of(record)
        if any(name.startswith(("gen_ai.", "llm.")) for name in attributes):
            return 1.0
        return 0.5 if attributes and {"traceId", "trace_id", "context"} & record.keys() else 0.0

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the calls of models among the spans and events of a record."""
        for span in spans_of(record):
            if _is_call(span.attributes):
                yield layered(
                    {"exchange_id": first(span.attributes.get("gen_ai.response.id"), span.name), "asked_at": span.at},
                    dict(_same(span.attributes)),
                    tell_usage(span.attributes),
                    tell_content(span, key),
                )


def _is_call(attributes: dict[str, Any]) -> bool:
    operation = text(first(attributes.get("gen_ai.operation.name"), attributes.get("llm.request.type")))
    if operation is not None:
        return operation.lower() in _CALLS
    return any(_MODEL.match(name) for name in attributes)


def _same(attributes: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    names = set(_SAME) | set(ENVELOPE)
    for column in sorted(names):
        also = _SAME.get(column, ())
        value = first(*(attributes.get(name) for name in (f"stillwatch.{column}", *also, column)))
        if value is not None and not isinstance(value, dict | list):
            yield column, value
