"""OpenTelemetry: GenAI spans in the names of 2026, one OTLP/JSON export a line."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

import msgspec

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats import tools
from stillwatch.worlds.formats.base import PIXEL, PIXEL_TYPE, LogFormat, failed, said, with_signatures

_RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "gateway"}}]}
_SCOPE = {"name": "gateway.genai", "version": "1.0"}
_CLIENT, _FAILED = 3, 2
_PICTURE = {"type": "blob", "modality": "image", "mime_type": PIXEL_TYPE, "content": PIXEL}
_NAMES = {
    "account_id": "user.id", "org_id": "organization.id", "project_id": "project.id",
    "end_user_id": "enduser.pseudo.id", "ip": "client.address", "user_agent": "user_agent.original",
    "ja4": "tls.client.ja4", "asn": "client.as.number", "provider": "gen_ai.provider.name", "endpoint": "url.path",
    "model": "gen_ai.request.model", "stream": "gen_ai.request.stream", "status_code": "http.response.status_code",
    "conversation_id": "gen_ai.conversation.id", "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p", "max_tokens": "gen_ai.request.max_tokens", "n": "gen_ai.request.choice.count",
    "reasoning_effort": "gen_ai.request.reasoning_effort",
    "input_tokens": "gen_ai.usage.input_tokens", "output_tokens": "gen_ai.usage.output_tokens",
    "cached_input_tokens": "gen_ai.usage.cache_read.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
}  # fmt: skip


class OpenTelemetry(LogFormat):
    """GenAI client spans, as the collector's file exporter writes them."""

    name = "opentelemetry"
    description = "OpenTelemetry GenAI spans, names of 2026: OTLP/JSON"
    # the name of an exchange is native where there was an answer
    native = frozenset({"exchange_id", "asked_at"} | _NAMES.keys())
    ends = {"tool_use": "tool_call"}  # noqa: RUF012 - declared

    def line(self, row: dict[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """Return an export that holds the span of the call."""
        name = blake2b(row["exchange_id"].encode(), digest_size=24).hexdigest()
        took_ms = 400 + 12 * (row["output_tokens"] or 0)
        told = {"gen_ai.operation.name": "chat"} | {wire: row[column] for column, wire in _NAMES.items()}
        told |= _content(row, history) | self._outcome(row)
        told |= {f"stillwatch.{column}": value for column, value in self.envelope(row).items()}
        span = {
            "traceId": name[:32],
            "spanId": name[32:],
            "name": f"chat {row['model']}",
            "kind": _CLIENT,
            "startTimeUnixNano": str(row["asked_at"] * 1_000),
            "endTimeUnixNano": str(row["asked_at"] * 1_000 + took_ms * 1_000_000),
            "attributes": [{"key": key, "value": _typed(value)} for key, value in told.items() if value is not None],
            "status": {"code": _FAILED} if failed(row) else {},
        }
        return {"resourceSpans": [{"resource": _RESOURCE, "scopeSpans": [{"scope": _SCOPE, "spans": [span]}]}]}

    def _outcome(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if failed(row):
            return {"error.type": str(row["status_code"]), "stillwatch.exchange_id": row["exchange_id"]}
        ended = self.ended(row)
        answer = said(role="assistant", parts=_answer_parts(row), finish_reason=ended)
        return {
            "gen_ai.response.id": row["exchange_id"],
            "gen_ai.response.model": row["model"],
            "gen_ai.response.finish_reasons": ended and [ended],
            "gen_ai.output.messages": _json([answer]),
        }


def _content(row: Mapping[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
    system = row["system_text"]
    return {
        "gen_ai.system_instructions": None if system is None else _json([_text(system)]),
        "gen_ai.input.messages": _json(_messages(row, history)),
        "gen_ai.tool.definitions": _declared(tuple(row["tools_offered"])) if row["tools_offered"] else None,
    }


def _messages(row: Mapping[str, Any], history: Sequence[Turn]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for turn, signature in with_signatures(history, row["reasoning_signatures"]):
        thought = [] if signature is None else [{"type": "reasoning", "content": "", "signature": signature}]
        messages.append({"role": "user", "parts": [_text(turn.asked)]})
        messages.append({"role": "assistant", "parts": [*thought, _text(turn.answered)]})
    asked = [_text(row["prompt_text"] or "")]
    return [*messages, {"role": "user", "parts": [_PICTURE, *asked] if row["has_image"] else asked}]


def _answer_parts(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if row["reasoning_text"] is not None:
        parts.append({"type": "reasoning", "content": row["reasoning_text"]})
    if row["response_text"] is not None:
        parts.append(_text(row["response_text"]))
    for number, name in enumerate(row["tools_called"] or ()):
        call = {"type": "tool_call", "id": f"call_{number}_{row['exchange_id']}", "name": name}
        parts.append(call | {"arguments": tools.arguments(name)})
    return parts


def _text(words: str) -> dict[str, Any]:
    return {"type": "text", "content": words}


@cache
def _declared(names: tuple[str, ...]) -> str:
    kinds = {name: {"description": tools.described(name), "parameters": tools.schema(name)} for name in names}
    return _json([{"type": "function", "name": name, **about} for name, about in kinds.items()])


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _typed(value: Any) -> dict[str, Any]:
    """Return a value as OTLP/JSON types it; whole numbers are texts there."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_typed(item) for item in value]}}
    return {"stringValue": value}
