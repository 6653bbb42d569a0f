"""Streamed answers, logged as their events or as the text of the stream, put together as the answers they make."""

from typing import Any

from stillwatch.exchanges.decoded import at, first, layered, objects, opened, text

_GROWS = ("text", "thinking", "signature", "content", "reasoning_content", "reasoning", "refusal")


def whole(body: Any) -> Any:
    """Return the answer that the events of a stream make; anything else as it is.

    Takes a list of decoded events, or the text of server-sent events: of Anthropic's messages, of chat completions and
    the older completions, of responses, of Bedrock's Converse, and pieces of text of older models on Bedrock.
    """
    events = _sent(body) if isinstance(body, str) else objects(body)
    if not events:
        return body
    made = _message(events) or _completion(events) or _response(events) or _converse(events)
    return made or body


def is_error(answer: Any) -> bool:
    """Return whether a body says that it is an error, as Anthropic's do and OpenAI's do not."""
    return at(answer, "type") == "error" and isinstance(at(answer, "error"), dict)


def _sent(stream: str) -> list[dict[str, Any]]:
    if not stream.lstrip().startswith(("data:", "event:", ":")):
        return []
    sent = (opened(line.partition(":")[2].strip()) for line in stream.splitlines() if line.startswith("data:"))
    return objects([*sent])


def _message(events: list[dict[str, Any]]) -> dict[str, Any]:
    message: dict[str, Any] = {}
    blocks: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.get("type") == "message_start":
            message = layered(message, *objects([event.get("message")]))
        elif event.get("type") == "content_block_start" and isinstance(event.get("content_block"), dict):
            blocks[str(event.get("index"))] = dict(event["content_block"])
        elif event.get("type") == "content_block_delta" and isinstance(event.get("delta"), dict):
            _grow(blocks.setdefault(str(event.get("index")), {}), event["delta"])
        elif event.get("type") == "message_delta":
            message = layered(message, {"stop_reason": at(event, "delta", "stop_reason")})
            message["usage"] = layered(*objects([message.get("usage"), event.get("usage")]))
        elif is_error(event):
            message = layered(event, message)
    return message | {"content": list(blocks.values())} if message else {}


def _completion(events: list[dict[str, Any]]) -> dict[str, Any]:
    chunks = [event for event in events if isinstance(event.get("choices"), list)]
    choices: dict[str, dict[str, Any]] = {}
    for piece in (piece for chunk in chunks for piece in objects(chunk["choices"])):
        choice = choices.setdefault(str(piece.get("index")), {"message": {"role": "assistant", "tool_calls": []}})
        delta = piece["delta"] if isinstance(piece.get("delta"), dict) else {"content": piece.get("text")}
        _grow(choice["message"], delta)
        choice["message"]["tool_calls"] += objects(delta.get("tool_calls"))
        choice["finish_reason"] = first(piece.get("finish_reason"), choice.get("finish_reason"))
    said = [{name: chunk.get(name) for name in ("id", "created", "model", "usage")} for chunk in chunks]
    return layered({"object": "chat.completion", "choices": list(choices.values())}, *said) if chunks else {}


def _response(events: list[dict[str, Any]]) -> dict[str, Any]:
    told = objects([event.get("response") for event in events])
    done = objects([event.get("item") for event in events if event.get("type") == "response.output_item.done"])
    # A stream that was cut off never told its output in one: what was done of it is there item by item.
    return told[-1] | {"output": told[-1].get("output") or done} if told else {}


def _converse(events: list[dict[str, Any]]) -> dict[str, Any]:
    deltas = [at(event, "contentBlockDelta", "delta") for event in events]
    pieces = [text(first(at(delta, "text"), event.get("outputText"), event.get("generation"), event.get("completion")))
              for delta, event in zip(deltas, events, strict=True)]  # fmt: skip
    thoughts = [text(at(delta, "reasoningContent", "text")) for delta in deltas]
    called = [at(event, "contentBlockStart", "start", "toolUse") for event in events]
    ended = first(*(first(at(event, "messageStop", "stopReason"), event.get("stop_reason")) for event in events))
    usage = first(*(at(event, "metadata", "usage") for event in events))
    parts: list[dict[str, Any]] = [{"text": "".join(filter(None, pieces))}]
    parts += [{"type": "reasoning", "text": "".join(filter(None, thoughts))}]
    parts += [{"toolUse": tool} for tool in called if isinstance(tool, dict)]
    spoken = any(pieces) or any(thoughts) or len(parts) > 2
    return {"content": parts, "stop_reason": ended, "usage": usage} if spoken or ended or usage else {}


def _grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    for name in _GROWS:
        piece, before = delta.get(name), block.get(name)
        if isinstance(piece, str):
            block[name] = (before if isinstance(before, str) else "") + piece
