"""Anthropic messages request and response pairs."""

import re
from typing import Any

from stillwatch.exchanges.answers import tell_response
from stillwatch.exchanges.conversation import tell_conversation, tool_names
from stillwatch.exchanges.decoded import at, first, layered, opened, text
from stillwatch.exchanges.envelope import ENVELOPE
from stillwatch.exchanges.pairs import PairReader
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS
from stillwatch.exchanges.streamed import is_error

_AGENT = re.compile(r"user_([0-9a-f]{64})_account_[0-9a-f-]*_session_([0-9a-f-]{36})")
_STOPS = ("end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal")


class Anthropic(PairReader):
    """Request and response pairs of the Anthropic messages API, one JSON object a line."""

    name = "anthropic"
    description = "Anthropic messages request/response pairs, streamed answers as their events: JSON Lines"
    fills = (*ENVELOPE, *CONVERSATION, *ANSWER, *TOKENS, "tools_offered", "conversation_id", "temperature", "top_p",
             "max_tokens", "reasoning_effort")  # fmt: skip
    advice = "write `account_id` and `asked_at` beside `request` and `response`, as docs/logs.md shows"

    def speaks(self, request: Any, response: Any) -> float:
        """Return 0.9 for an answer or an error of this API, 0.8 for a request that only it takes."""
        if is_error(response) or at(response, "type") == "message" or at(response, "stop_reason") in _STOPS:
            return 0.9
        if not isinstance(at(request, "messages"), list) or at(response, "object") or at(response, "error"):
            return 0.0
        claude = str(first(request.get("model"), "")).startswith("claude")
        return 0.8 if claude or {"anthropic_version", "system"} & request.keys() else 0.0

    def tell_pair(self, request: Any, response: Any, called: str | None, key: bytes) -> dict[str, Any]:
        """Return the columns of one pair."""
        told = {
            "provider": "anthropic",
            "endpoint": first(called, "/v1/messages"),
            "exchange_id": first(at(response, "id"), at(response, "request_id")),
            "model": at(response, "model"),
        }
        asked = tell_anthropic_request(request, key) if isinstance(request, dict) else {}
        return layered(told, asked, tell_response(response))


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
        **tell_caller(at(request, "metadata", "user_id")),
        **tell_conversation(request.get("messages"), key, system=request.get("system")),
    }


def tell_caller(user_id: Any) -> dict[str, Any]:
    """Return the end user and the conversation that a request names: coding agents write both into the one field.

    Examples
    --------
    >>> tell_caller('{"device_id": "d1", "account_uuid": "", "session_id": "c1"}')
    {'end_user_id': 'd1', 'conversation_id': 'c1'}
    """
    told = opened(user_id)
    if isinstance(told, dict) and {"device_id", "session_id"} <= told.keys():
        return {"end_user_id": text(told["device_id"]), "conversation_id": text(told["session_id"])}
    found = _AGENT.fullmatch(user_id) if isinstance(user_id, str) else None
    return {"end_user_id": found[1], "conversation_id": found[2]} if found else {"end_user_id": user_id}
