"""OpenAI: chat completions, request and response side by side as a gateway writes them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats import tools
from stillwatch.worlds.formats.base import PIXEL, PIXEL_TYPE, LogFormat, failed, said, with_signatures

_PICTURE = {"type": "image_url", "image_url": {"url": f"data:{PIXEL_TYPE};base64,{PIXEL}"}}
_KINDS = {429: ("requests", "rate_limit_exceeded"), 500: ("server_error", None), 529: ("server_error", "overloaded")}


class OpenAI(LogFormat):
    """Request and response pairs of chat completions."""

    name = "openai"
    description = "OpenAI chat-completions request/response pairs"
    native = frozenset({"end_user_id", "model", "stream", "status_code"})
    ends = {"tool_use": "tool_calls"}  # noqa: RUF012 - declared

    def line(self, row: dict[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """Return the pair, in the operator's envelope."""
        asked = said(
            model=row["model"],
            messages=chat_messages(row, history, _reasoning),
            stream=row["stream"],
            max_completion_tokens=row["max_tokens"],
            user=row["end_user_id"],
            **chat_settings(row),
        )
        body = _refusal(row) if failed(row) else chat_answer(row, self.ended(row))
        response = said(status_code=row["status_code"], request_id=f"req_{row['exchange_id']}", body=body)
        return self.envelope(row) | {"request": asked, "response": response}


def chat_messages(
    row: Mapping[str, Any], history: Sequence[Turn], signed: Callable[[str], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the messages of a request; `signed` says how an earlier answer carries its signed reasoning."""
    messages: list[dict[str, Any]] = []
    if row["system_text"] is not None:
        messages.append({"role": "system", "content": row["system_text"]})
    for turn, signature in with_signatures(history, row["reasoning_signatures"]):
        carried = {} if signature is None else signed(signature)
        messages.append({"role": "user", "content": turn.asked})
        messages.append({"role": "assistant", "content": turn.answered, **carried})
    asked = row["prompt_text"] or ""
    content = [_PICTURE, {"type": "text", "text": asked}] if row["has_image"] else asked
    return [*messages, {"role": "user", "content": content}]


def chat_settings(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a request that say something."""
    return said(
        temperature=row["temperature"],
        top_p=row["top_p"],
        n=row["n"],
        logprobs=row["logprobs"],
        reasoning_effort=row["reasoning_effort"],
        tools=_declared(tuple(row["tools_offered"])) if row["tools_offered"] else None,
    )


def chat_answer(row: Mapping[str, Any], ended: str | None) -> dict[str, Any]:
    """Return the body of an answer."""
    message: dict[str, Any] = {"role": "assistant", "content": row["response_text"]}
    if row["reasoning_text"] is not None:
        message["reasoning_content"] = row["reasoning_text"]
    if row["tools_called"]:
        message["tool_calls"] = [
            {"id": f"call_{number}_{row['exchange_id']}", "type": "function",
             "function": {"name": name, "arguments": tools.arguments_text(name)}}
            for number, name in enumerate(row["tools_called"])
        ]  # fmt: skip
    return {
        "id": f"chatcmpl-{row['exchange_id']}",
        "object": "chat.completion",
        "created": row["asked_at"] // 1_000_000,
        "model": row["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": ended}],
        "usage": chat_usage(row),
    }


def chat_usage(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return token counts as OpenAI counts: input with what was cached, output with reasoning."""
    total = (row["input_tokens"] or 0) + (row["output_tokens"] or 0)
    usage = said(prompt_tokens=row["input_tokens"], completion_tokens=row["output_tokens"], total_tokens=total)
    if row["cached_input_tokens"] is not None:
        usage["prompt_tokens_details"] = {"cached_tokens": row["cached_input_tokens"]}
    if row["reasoning_tokens"] is not None:
        usage["completion_tokens_details"] = {"reasoning_tokens": row["reasoning_tokens"]}
    return usage


@cache
def _declared(names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"type": "function",
         "function": {"name": name, "description": tools.described(name), "parameters": tools.schema(name)}}
        for name in names
    ]  # fmt: skip


def _reasoning(signature: str) -> dict[str, Any]:
    # as gateways that keep reasoning between chat completions pass it on
    return {"reasoning_details": [{"type": "reasoning.encrypted", "data": signature, "index": 0}]}


def _refusal(row: Mapping[str, Any]) -> dict[str, Any]:
    kind, code = _KINDS.get(row["status_code"], ("invalid_request_error", None))
    message = f"The request failed with status {row['status_code']}."
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
