"""What was said in a GenAI span: messages and usage, in the names of 2026 and all that came before them."""

import re
from typing import Any

from stillwatch.exchanges.conversation import opened_talk, tell_answer, tell_conversation, tool_names
from stillwatch.exchanges.decoded import count, first, layered, objects, opened, text
from stillwatch.exchanges.held_elsewhere import without_earlier
from stillwatch.exchanges.otlp import Span

_NUMBERED = re.compile(r"(gen_ai\.prompt|gen_ai\.completion|llm\.request\.functions)\.(\d{1,6})\.(.+)")
# a list of messages that does not decode: cut off at the exporter's limit, it says nothing whole
_CUT = re.compile(r'\s*[\[{]\s*[\[{"]')
_CALLED = re.compile(r"tool_calls\.\d+\.name")
_ROLE_OF_EVENT = re.compile(r"gen_ai\.(system|user|assistant|tool)\.message")
_DETAILS = ("gen_ai.client.inference.operation.details", "gen_ai.content.prompt", "gen_ai.content.completion")


def tell_usage(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return token counts made alike: input should count what was cached, but not every exporter keeps to it."""
    names = {
        "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens"),
        "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
                          "llm.usage.completion_tokens"),
        "cached_input_tokens": ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
                                "gen_ai.usage.input_tokens.cached"),
        "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
                             "gen_ai.usage.output_tokens.reasoning"),
        "written": ("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
                    "gen_ai.usage.input_tokens.cache_write"),
    }  # fmt: skip
    told = {column: count(first(*(attributes.get(name) for name in also))) for column, also in names.items()}
    beside = (told["cached_input_tokens"] or 0) + (told.pop("written") or 0)
    if told["input_tokens"] is not None and told["input_tokens"] < beside:
        told["input_tokens"] += beside
    return told


def tell_content(span: Span, key: bytes) -> dict[str, Any]:
    """Return the columns that the messages of a span fill, wherever its exporter put them."""
    attributes = span.attributes | layered(*(said for name, said in span.events if name in _DETAILS))
    numbered = _numbered(attributes)
    asked, answered = _from_events(span)
    messages = _messages(attributes, "gen_ai.input.messages", "gen_ai.prompt") or numbered["gen_ai.prompt"] or asked
    answers = _messages(attributes, "gen_ai.output.messages", "gen_ai.completion")
    answers = answers or numbered["gen_ai.completion"] or answered
    system = opened_talk(attributes.get("gen_ai.system_instructions"))
    tools = first(opened(attributes.get("gen_ai.tool.definitions")), opened(attributes.get("gen_ai.request.tools")),
                  numbered["llm.request.functions"] or None)  # fmt: skip
    return layered(
        {"tools_offered": tool_names(tools) if tools is not None else [] if messages else None},
        without_earlier(tell_conversation(messages, key, system=system), _request(attributes), messages),
        tell_answer(answers),
        {"finish_reason": _ended(attributes, answers)},
    )


def _request(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return what names the response that a request goes on from: `gen_ai.request.previous_response.id`, and others."""
    named = (value for name, value in attributes.items() if name.replace("_", ".").endswith("previous.response.id"))
    return {"previous_response_id": first(*named)}


def _messages(attributes: dict[str, Any], *names: str) -> list[Any]:
    held = opened_talk(first(*(attributes.get(name) for name in names)))
    if isinstance(held, str) and _CUT.match(held) and isinstance(opened(held), str):
        return []
    return held if isinstance(held, list) else [held] if isinstance(held, str | dict) and held else []


def _numbered(attributes: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what older exporters write one attribute at a time, such as `gen_ai.prompt.0.content`."""
    told: dict[str, dict[int, dict[str, Any]]] = {
        "gen_ai.prompt": {}, "gen_ai.completion": {}, "llm.request.functions": {}}  # fmt: skip
    for name, value in attributes.items():
        if found := _NUMBERED.fullmatch(name):
            group, index, part = found.groups()
            message = told[group].setdefault(int(index), {} if group.startswith("llm") else {"role": _default(group)})
            if _CALLED.fullmatch(part):
                message.setdefault("tool_calls", []).append({"name": value})
            elif part in ("role", "content", "finish_reason", "name", "reasoning_content"):
                message[part] = opened_talk(value)
    return {group: [message for _, message in sorted(held.items())] for group, held in told.items()}


def _default(group: str) -> str:
    return "assistant" if group == "gen_ai.completion" else "user"


def _from_events(span: Span) -> tuple[list[Any], list[Any]]:
    """Return messages and answers that came as an event each, the convention until 2025."""
    asked, answered = [], []
    for name, said in span.events:
        if found := _ROLE_OF_EVENT.fullmatch(name):
            asked.append({"role": found.group(1)} | said | {"content": opened_talk(said.get("content"))})
        elif name == "gen_ai.choice":
            message = opened(said.get("message"))
            answered.append(layered({"role": "assistant"}, said, message if isinstance(message, dict) else {}))
    return asked, answered


def _ended(attributes: dict[str, Any], answers: list[Any]) -> str | None:
    reasons = opened(attributes.get("gen_ai.response.finish_reasons"))
    given = reasons if isinstance(reasons, list) else [reasons]
    return text(first(*given, *(answer.get("finish_reason") for answer in objects(answers))))
