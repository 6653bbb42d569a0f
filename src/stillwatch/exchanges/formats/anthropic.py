"""Anthropic messages request and response pairs."""

from collections.abc import Iterable
from typing import Any

from stillwatch.exchanges.answers import tell_response
from stillwatch.exchanges.conversation import tell_conversation, tool_names
from stillwatch.exchanges.decoded import at, first, layered, objects
from stillwatch.exchanges.envelope import ENVELOPE, pair, tell_envelope
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS, Reader

_STOPS = ("end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal")


class Anthropic(Reader):
    """Request and response pairs of the Anthropic messages API, one JSON object a line."""

    name = "anthropic"
    description = "Anthropic messages request/response pairs, streamed answers as their events: JSON Lines"
    fills = (*ENVELOPE, *CONVERSATION, *ANSWER, *TOKENS, "tools_offered", "temperature", "top_p", "max_tokens",
             "reasoning_effort")  # fmt: skip
    advice = "write `account_id` and `asked_at` beside `request` and `response`, as docs/logs.md shows"

    def recognises(self, record: dict[str, Any]) -> float:
        """Return 0.9 for an answer of this API, 0.8 for a request to one of its models."""
        request, response = pair(record)
        answer = joined_events(response)
        if at(answer, "type") == "message" or at(answer, "stop_reason") in _STOPS:
            return 0.9
        if not isinstance(at(request, "messages"), list) or at(response, "object"):
            return 0.0
        return (
            0.8 if str(first(request.get("model"), "")).startswith("claude") or "anthropic_version" in request else 0.0
        )

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the exchange of one pair."""
        request, response = pair(record)
        answer = joined_events(response)
        told = {"provider": "anthropic", "endpoint": "/v1/messages", "exchange_id": at(answer, "id"),
                "model": at(answer, "model"), "status_code": at(record, "response", "status_code")}  # fmt: skip
        asked = tell_anthropic_request(request, key) if isinstance(request, dict) else {}
        yield layered(told, asked, tell_response(answer), tell_envelope(record))


def tell_anthropic_request(request: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Return the columns that the body of a messages request fills."""
    return {
        "model": request.get("model"),
        "stream": request.get("stream") is True,
        "temperature": request.get("temperature"),
        "top_p": request.get("top_p"),
        "max_tokens": request.get("max_tokens"),
        "reasoning_effort": first(at(request, "output_config", "effort"), at(request, "thinking", "type")),
        "tools_offered": tool_names(request.get("tools")),
        "end_user_id": at(request, "metadata", "user_id"),
        **tell_conversation(request.get("messages"), key, system=request.get("system")),
    }


def joined_events(response: Any) -> Any:
    """Return a streamed answer, logged as the list of its events, as the message it makes; anything else as it is."""
    if not isinstance(response, list):
        return response
    message: dict[str, Any] = {}
    blocks: dict[Any, dict[str, Any]] = {}
    for event in objects(response):
        if event.get("type") == "message_start":
            message = layered(message, *objects([event.get("message")]))
        elif event.get("type") == "content_block_start" and isinstance(event.get("content_block"), dict):
            blocks[str(event.get("index"))] = dict(event["content_block"])
        elif event.get("type") == "content_block_delta" and isinstance(event.get("delta"), dict):
            _grow(blocks.setdefault(str(event.get("index")), {}), event["delta"])
        elif event.get("type") == "message_delta":
            message = layered(message, {"stop_reason": at(event, "delta", "stop_reason")})
            message["usage"] = layered(*objects([message.get("usage"), event.get("usage")]))
    return message | {"content": list(blocks.values())} if message else response


def _grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    for name in ("text", "thinking", "signature"):
        piece, before = delta.get(name), block.get(name)
        if isinstance(piece, str):
            block[name] = (before if isinstance(before, str) else "") + piece
