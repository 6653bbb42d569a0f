"""Message lists of any provider, told alike: what was asked this time, what came before, what was answered.

The same conversation gives the same text and the same chain of digests in whichever format it was logged: messages that
follow one another on one side count as one, system messages and tool calls stay out of the chain, and of every message
only its text goes in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from stillwatch.exchanges.decoded import at, first, objects, opened, text

_USER_SIDE = ("user", "human", "tool", "function", "ipython")
_SYSTEM_SIDE = ("system", "developer")
_ROLES = ("user", "assistant", "system", "tool")
_ASKING = ("user", "human")
_RESULTS = ("tool_result", "tool_call_response", "server_tool_call_response")
_REASONING = (
    "reasoning",
    "thinking",
    "redacted_thinking",
    "reasoning.text",
    "reasoning.summary",
    "reasoning.encrypted",
)
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use", "tool_call", "server_tool_call", "function_call",
          "custom_tool_call", "computer_call", "web_search_call", "file_search_call", "code_interpreter_call",
          "mcp_call", "local_shell_call", "shell_call", "apply_patch_call", "image_generation_call")  # fmt: skip
_IMAGES = ("image", "image_url", "input_image", "computer_screenshot")
_SPEAKS = {"role", "parts", "content", "text", "modality"}
_KINDS = {*_RESULTS, *_REASONING, *_CALLS, *_IMAGES}
_REDACTED = "redacted-by-litellm"
_DEEPEST = 40  # parts within parts; what lies deeper was nested to be lost, and the rest of the message is told


@dataclass(slots=True)
class Said:
    """What one message says: its side (`user`, `assistant`, `system`), its texts, and what it carries beside text."""

    side: str
    texts: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    image: bool = False
    asks: bool = False


def tell_conversation(messages: Any, key: bytes, *, system: Any = None) -> dict[str, Any]:
    """Return the columns of `exchanges` that a request's messages fill.

    Parameters
    ----------
    messages
        A text, or a list of messages or items as OpenAI, Anthropic, Bedrock or OpenTelemetry write them, oldest first.
    key
        The operator's key, at most 64 bytes.
    system
        Instructions given beside the messages: a text, or a list of text parts.

    Returns
    -------
    dict
        Nothing when there are no messages. `prompt_text` is what the user side said after the last answer, results of
        tools included; an answer begun for the model at the end is left out. `history_digests` has one digest for each
        earlier answer, of everything up to it. `turn` counts what people asked before, so steps of an agent's loop
        share a turn.
    """
    said = [_hear(message) for message in ([messages] if isinstance(messages, str) else _list(messages))]
    given = [*_hear({"role": "system", "content": system}).texts, *_texts(said, "system")]
    system_text = {"system_text": "\n".join(given) or None}
    spoken = [one for one in said if one.side != "system"]
    while spoken and spoken[-1].side == "assistant":
        spoken.pop()
    # All of them: whoever writes one message of that text hides no other.
    if not spoken or all(one.texts == [_REDACTED] for one in spoken):
        return system_text if given and given != [_REDACTED] else {}
    groups = _groups(spoken)
    return system_text | {
        "prompt_text": "\n".join(part for one in groups[-1] for part in one.texts) or None,
        "history_digests": _chain(groups[:-1], key),
        "reasoning_signatures": [signature for one in said for signature in one.signatures],
        "has_image": any(one.image for one in said),
        "turn": max(sum(any(one.asks for one in group) for group in groups) - 1, 0),
    }


def tell_answer(messages: Iterable[Any]) -> dict[str, Any]:
    """Return the columns that the messages or parts of an answer fill; nothing when there are none."""
    said = [_hear(message, "assistant") for message in messages]
    if not said or all(one.texts == [_REDACTED] for one in said):
        return {}
    return {
        "response_text": "\n".join(part for one in said for part in one.texts) or None,
        "reasoning_text": "\n".join(part for one in said for part in one.reasoning) or None,
        "tools_called": [name for one in said for name in one.called],
    }


def opened_talk(value: Any) -> Any:
    """Return the value, decoded if it is a text that holds messages or parts of one; other JSON is what was said.

    Examples
    --------
    >>> opened_talk('[{"role": "user", "content": "Hello"}]')
    [{'role': 'user', 'content': 'Hello'}]
    >>> opened_talk('{"task": "grade this"}')
    '{"task": "grade this"}'
    """
    held = opened(value)
    pieces = held if isinstance(held, list) else [held]
    talk = len(objects(pieces)) == len(pieces) and (not pieces or any(map(_speaks, pieces)))
    return held if talk else value


def _speaks(piece: dict[str, Any]) -> bool:
    return bool(_SPEAKS & piece.keys()) or text(piece.get("type")) in _KINDS


def tool_names(tools: Any) -> list[str]:
    """Return the names of offered tools, in order; a built-in tool without a name goes by its type."""
    names = []
    for tool in objects(tools):
        name = first(tool.get("name"), at(tool, "function", "name"), at(tool, "toolSpec", "name"), tool.get("type"))
        if isinstance(name, str):
            names.append(name)
    return names


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(said: Sequence[Said], side: str) -> list[str]:
    return [part for one in said if one.side == side for part in one.texts]


def _groups(spoken: Sequence[Said]) -> list[list[Said]]:
    groups: list[list[Said]] = []
    for one in spoken:
        if groups and groups[-1][0].side == one.side:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _chain(groups: Sequence[Sequence[Said]], key: bytes) -> list[int]:
    digests, link = [], b""
    for group in groups:
        whole = "\n".join(part for one in group for part in one.texts)
        state = blake2b(link, digest_size=8, key=key)
        state.update(group[0].side[:1].encode())
        state.update(whole.encode("utf-8", "replace"))
        link = state.digest()
        if group[0].side == "assistant":
            digests.append(int.from_bytes(link, "little", signed=True))
    return digests


def _hear(message: Any, side: str = "user") -> Said:
    role = _role(message, side)
    said = Said("user" if role in _USER_SIDE else "system" if role in _SYSTEM_SIDE else "assistant")
    if not isinstance(message, dict):
        _take(said, message)
    elif "role" in message:
        _take(said, first(message.get("content"), message.get("parts"), message.get("refusal")))
        if len(message) > 2 or "content" not in message:
            _take_beside_content(said, message)
    else:
        _take_part(said, message)
    said.asks = said.asks and role in _ASKING
    return said


def _role(message: Any, side: str) -> str:
    if not isinstance(message, dict):
        return side
    if (role := message.get("role")) in _ROLES:
        return str(role)
    kind = text(message.get("type")) or ""
    by_kind = "tool" if kind.endswith("_output") else "assistant" if kind == "reasoning" or kind in _CALLS else side
    return str(first(message.get("role"), by_kind)).lower()


def _take_beside_content(said: Said, message: dict[str, Any]) -> None:
    for block in (*objects(message.get("thinking_blocks")), *objects(message.get("reasoning_details"))):
        _take_part(said, block)
    if not said.reasoning and (thought := text(first(message.get("reasoning_content"), message.get("reasoning")))):
        said.reasoning.append(thought)
    for call in (*objects(message.get("tool_calls")), {"function": message.get("function_call")}):
        if name := text(first(at(call, "function", "name"), call.get("name"))):
            said.called.append(name)
        if signature := text(at(call, "extra_content", "google", "thought_signature")):
            said.signatures.append(signature)


def _take(said: Said, content: Any, depth: int = 0) -> None:
    if isinstance(content, str):
        said.texts += [content] if content else []
        said.asks = True
    elif depth > _DEEPEST:
        return
    elif isinstance(content, dict):
        _take_part(said, content, depth)
    elif isinstance(content, list):
        for part in content:
            _take(said, part, depth + 1)


def _take_part(said: Said, part: dict[str, Any], depth: int = 0) -> None:
    kind = text(part.get("type")) or ""
    if kind in _RESULTS or kind.endswith(("_output", "_tool_result")) or "toolResult" in part:
        _take_result(said, part, depth)
    elif kind in _REASONING or "reasoningContent" in part:
        _take_reasoning(said, part)
    elif kind in _CALLS or "toolUse" in part:
        if name := text(first(part.get("name"), at(part, "toolUse", "name"), kind)):
            said.called.append(name)
    elif kind in _IMAGES or "image" in part or part.get("modality") == "image":
        said.image = said.asks = True
    else:
        held = first(part.get("text"), part.get("content"), part.get("refusal"), at(part, "source", "content"),
                     at(part, "source", "data") if at(part, "source", "type") == "text" else None)  # fmt: skip
        _take(said, held, depth + 1)


def _take_result(said: Said, part: dict[str, Any], depth: int) -> None:
    asks = said.asks
    content = first(part.get("content"), part.get("output"), part.get("response"), part.get("result"),
                    at(part, "toolResult", "content"))  # fmt: skip
    for piece in content if isinstance(content, list) else [content]:
        if isinstance(piece, dict) and not {"type", "text", "image"} & piece.keys():
            said.texts.append(msgspec.json.encode(piece.get("json", piece), order="sorted").decode())
        else:
            _take(said, piece, depth + 1)
    said.asks = asks


def _take_reasoning(said: Said, part: dict[str, Any]) -> None:
    inner = part.get("reasoningContent")
    signed = (part.get("signature"), part.get("data"), part.get("encrypted_content"),
              at(inner, "reasoningText", "signature"), at(inner, "redactedContent"))  # fmt: skip
    said.signatures += [signature for signature in signed if isinstance(signature, str) and signature]
    thought = first(part.get("thinking"), part.get("text"), at(inner, "reasoningText", "text"), part.get("content"))
    pieces = [thought] if isinstance(thought, str) else objects(first(thought, part.get("summary")))
    for piece in pieces:
        words = piece if isinstance(piece, str) else text(piece.get("text"))
        said.reasoning += [words] if words else []
