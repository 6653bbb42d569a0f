"""Anthropic: the messages API, request and response side by side as a gateway writes them."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats import tools
from stillwatch.worlds.formats.base import PIXEL, PIXEL_TYPE, LogFormat, failed, said, with_signatures

ENDS = {"stop": "end_turn", "length": "max_tokens"}
_PICTURE = {"type": "image", "source": {"type": "base64", "media_type": PIXEL_TYPE, "data": PIXEL}}
_KINDS = {429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}


class Anthropic(LogFormat):
    """Request and response pairs of the messages API."""

    name = "anthropic"
    description = "Anthropic messages request/response pairs"
    native = frozenset({"end_user_id", "model", "stream", "status_code"})
    ends = ENDS

    def line(self, row: dict[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """Return the pair, in the operator's envelope."""
        caller, talk = row["end_user_id"], row["conversation_id"]
        if talk is not None:
            # as coding agents name both in one field
            caller = json.dumps({"device_id": caller or "", "account_uuid": "", "session_id": talk})
        asked = said(model=row["model"], **messages_request(row, history), stream=row["stream"] or None,
                     metadata=caller and {"user_id": caller})  # fmt: skip
        body = _refusal(row) if failed(row) else messages_answer(row, self.ended(row))
        response = said(status_code=row["status_code"], body=body)
        return self.envelope(row) | {"request": asked, "response": response}


def messages_request(row: Mapping[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
    """Return what the body of a request says beside its model: settings, tools, system prompt and messages."""
    effort = row["reasoning_effort"]
    return said(
        max_tokens=row["max_tokens"],
        temperature=row["temperature"],
        top_p=row["top_p"],
        thinking=effort and {"type": "adaptive"},
        output_config=effort and {"effort": effort},
        tools=_declared(tuple(row["tools_offered"])) if row["tools_offered"] else None,
        system=row["system_text"],
        messages=_messages(row, history),
    )


def messages_answer(row: Mapping[str, Any], ended: str | None) -> dict[str, Any]:
    """Return an answer as one message."""
    return {
        "id": f"msg_{row['exchange_id']}",
        "type": "message",
        "role": "assistant",
        "model": row["model"],
        "content": answer_blocks(row),
        "stop_reason": ended,
        "stop_sequence": None,
        "usage": messages_usage(row),
    }


def answer_blocks(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks of an answer: reasoning that is shown, text, tools called; one block at least."""
    blocks: list[dict[str, Any]] = []
    if row["reasoning_text"] is not None:
        blocks.append({"type": "thinking", "thinking": row["reasoning_text"], "signature": ""})
    if row["response_text"] is not None or not row["tools_called"]:
        blocks.append({"type": "text", "text": row["response_text"] or ""})
    for number, name in enumerate(row["tools_called"] or ()):
        call = {"type": "tool_use", "id": f"toolu_{number}_{row['exchange_id']}", "name": name}
        blocks.append(call | {"input": tools.arguments(name)})
    return blocks


def messages_usage(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return token counts as Anthropic counts: input without what was cached, output with reasoning."""
    cached, thought = row["cached_input_tokens"], row["reasoning_tokens"]
    return said(
        input_tokens=uncached(row),
        cache_read_input_tokens=cached,
        cache_creation_input_tokens=None if cached is None else 0,
        output_tokens=row["output_tokens"],
        output_tokens_details=None if thought is None else {"thinking_tokens": thought},
    )


def uncached(row: Mapping[str, Any]) -> int | None:
    """Return the tokens of the input that were not read from a cache."""
    total = row["input_tokens"]
    return None if total is None else total - (row["cached_input_tokens"] or 0)


def _messages(row: Mapping[str, Any], history: Sequence[Turn]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for turn, signature in with_signatures(history, row["reasoning_signatures"]):
        content: Any = turn.answered
        if signature is not None:
            # the reasoning itself is left out, as newer models do: what is signed is enough to go on with
            thought = {"type": "thinking", "thinking": "", "signature": signature}
            content = [thought, {"type": "text", "text": turn.answered}]
        messages.append({"role": "user", "content": turn.asked})
        messages.append({"role": "assistant", "content": content})
    asked = row["prompt_text"] or ""
    content = [_PICTURE, {"type": "text", "text": asked}] if row["has_image"] else asked
    return [*messages, {"role": "user", "content": content}]


@cache
def _declared(names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"name": name, "description": tools.described(name), "input_schema": tools.schema(name)} for name in names]


def _refusal(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = _KINDS.get(row["status_code"], "invalid_request_error")
    error = {"type": kind, "message": f"The request failed with status {row['status_code']}."}
    return {"type": "error", "error": error, "request_id": f"req_{row['exchange_id']}"}
