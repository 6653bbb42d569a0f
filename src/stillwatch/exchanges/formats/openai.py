"""OpenAI request and response pairs: chat completions, responses, the older completions, and batches."""

from typing import Any

from stillwatch.exchanges.answers import tell_response
from stillwatch.exchanges.conversation import tell_conversation, tool_names
from stillwatch.exchanges.decoded import at, first, layered, text
from stillwatch.exchanges.envelope import ENVELOPE
from stillwatch.exchanges.held_elsewhere import without_earlier
from stillwatch.exchanges.pairs import PairReader
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS
from stillwatch.exchanges.streamed import is_error

_OBJECTS = ("chat.completion", "response", "text_completion")


class OpenAI(PairReader):
    """Request and response pairs of the OpenAI APIs, one JSON object a line."""

    name = "openai"
    description = "OpenAI chat-completions and responses request/response pairs, batch files included: JSON Lines"
    fills = (*ENVELOPE, *CONVERSATION, *ANSWER, *TOKENS, "tools_offered", "conversation_id", "temperature", "top_p",
             "max_tokens", "n", "logprobs", "reasoning_effort")  # fmt: skip
    advice = "write `account_id` and `asked_at` beside `request` and `response`, as docs/logs.md shows"

    def speaks(self, request: Any, response: Any) -> float:
        """Return 0.9 for an answer that names its kind, 0.7 for a request that might be another provider's."""
        if str(first(at(response, "object"), "")) in _OBJECTS:
            return 0.9
        if is_error(response) or at(response, "type") == "message":
            return 0.0
        asked = isinstance(request, dict) and bool({"messages", "input", "prompt"} & request.keys())
        return 0.7 if asked and isinstance(request.get("model"), str) else 0.0

    def tell_pair(self, request: Any, response: Any, called: str | None, key: bytes) -> dict[str, Any]:
        """Return the columns of one pair."""
        told = {
            "provider": "openai",
            "exchange_id": at(response, "id"),
            "asked_at": first(at(response, "created"), at(response, "created_at")),
            "model": at(response, "model"),
            "endpoint": first(called, _endpoint(request)),
        }
        asked = _request(request, key) if isinstance(request, dict) else {}
        return layered(told, asked, tell_response(response))


def tell_settings(request: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that the settings of a chat-completions or responses request fill."""
    asked = [request.get(name) for name in ("max_completion_tokens", "max_output_tokens", "max_tokens")]
    logprobs, top = request.get("logprobs"), request.get("top_logprobs")
    tools = first(request.get("tools"), request.get("functions"))
    return {
        "model": request.get("model"),
        "stream": first(request.get("stream"), False),  # noqa: FBT003 - the default of the API
        "temperature": request.get("temperature"),
        "top_p": request.get("top_p"),
        "max_tokens": first(*asked),
        "n": request.get("n"),
        "logprobs": logprobs if isinstance(logprobs, bool) else bool(logprobs or top),
        "reasoning_effort": first(request.get("reasoning_effort"), at(request, "reasoning", "effort")),
        "tools_offered": tool_names(tools),
        "end_user_id": first(request.get("safety_identifier"), request.get("user")),
    }


def _request(request: dict[str, Any], key: bytes) -> dict[str, Any]:
    messages = first(request.get("messages"), request.get("input"), request.get("prompt"))
    conversation = first(at(request, "conversation", "id"), text(request.get("conversation")))
    said = without_earlier(tell_conversation(messages, key, system=request.get("instructions")), request, messages)
    return tell_settings(request) | said | {"conversation_id": conversation}


def _endpoint(request: Any) -> str | None:
    names = {"messages": "/v1/chat/completions", "input": "/v1/responses", "prompt": "/v1/completions"}
    return next((path for name, path in names.items() if isinstance(request, dict) and name in request), None)
