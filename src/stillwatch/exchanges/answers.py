"""Answers and token counts of any provider, told alike."""

from typing import Any

from stillwatch.exchanges.conversation import tell_answer
from stillwatch.exchanges.decoded import at, count, first, objects, opened, text

_NO_TALK = {"embedding", "embeddings", "embeddingsByType", "images"}
_JUDGED = {"flagged", "relevance_score"}


def is_no_talk(response: Any) -> bool:
    """Return whether a response is none of a language model: embeddings, images, moderations, ranks."""
    response = opened(response)
    if not isinstance(response, dict):
        return False
    judged = any(_JUDGED & result.keys() for result in objects(response.get("results")))
    return judged or bool(_NO_TALK & response.keys()) or isinstance(response.get("data"), list)


def tell_response(response: Any) -> dict[str, Any]:
    """Return the columns of `exchanges` that a response fills: text, tools called, how it ended, tokens.

    Takes chat completions, responses, Anthropic messages, Bedrock Converse answers, plain texts, and the bodies of the
    older models on Bedrock; and Gemini's answers.
    """
    response = opened(response)
    if isinstance(response, str):
        return tell_answer([response]) if response else {}
    if not isinstance(response, dict):
        return {}
    choices = objects(first(response.get("choices"), response.get("candidates")))
    incomplete = text(at(response, "incomplete_details", "reason"))
    ends = [response.get(name) for name in ("stop_reason", "stopReason", "finish_reason")]
    chosen = [first(choice.get("finish_reason"), choice.get("finishReason")) for choice in choices]
    ends = [*chosen, *ends, incomplete, response.get("status")]
    ended = first(*ends, *(result.get("completionReason") for result in _results(response)))
    usage = first(response.get("usage"), response)
    return {"finish_reason": text(ended)} | tell_answer(_messages(response, choices)) | tell_tokens(usage)


def _messages(response: dict[str, Any], choices: list[dict[str, Any]]) -> list[Any]:
    if choices:
        return [first(choice.get("message"), choice.get("content"), choice.get("text"), "") for choice in choices]
    if isinstance(response.get("output"), list):
        return list(response["output"])
    if isinstance(message := at(response, "output", "message"), dict):
        return [message]
    if isinstance(content := response.get("content"), list | str):
        return content if isinstance(content, list) else [content]
    plain = [result.get(key) for result in _results(response) for key in ("outputText", "text")]
    plain += [response.get(key) for key in ("generation", "completion", "text", "outputText")]
    return [words for words in plain if isinstance(words, str)]


def _results(response: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of an answer of Titan, Mistral or Cohere on Bedrock."""
    return [part for key in ("results", "outputs", "generations") for part in objects(response.get(key))]


def tell_tokens(usage: Any) -> dict[str, Any]:
    """Return token counts made alike: all input with what was cached, all output with reasoning.

    Anthropic and Bedrock leave cached tokens out of `input_tokens`, OpenAI and LiteLLM count them in; they are told
    apart by the names of the counts.
    """
    if not isinstance(usage, dict):
        return {}
    included = count(first(usage.get("prompt_tokens"), usage.get("prompt_token_count"),
                           usage.get("inputTextTokenCount")))  # fmt: skip
    uncached = count(first(usage.get("input_tokens"), usage.get("inputTokens")))
    read = count(first(usage.get("cache_read_input_tokens"), usage.get("cacheReadInputTokens"),
                       usage.get("cacheReadInputTokenCount")))  # fmt: skip
    written = count(first(usage.get("cache_creation_input_tokens"), usage.get("cacheWriteInputTokens"),
                          usage.get("cacheWriteInputTokenCount")))  # fmt: skip
    details = first(usage.get("prompt_tokens_details"), usage.get("input_tokens_details"))
    thought = first(usage.get("completion_tokens_details"), usage.get("output_tokens_details"))
    total = included
    if total is None and uncached is not None:
        total = uncached if isinstance(details, dict) else uncached + (read or 0) + (written or 0)
    return {
        "input_tokens": total,
        "cached_input_tokens": first(count(at(details, "cached_tokens")), read),
        "output_tokens": count(first(usage.get("completion_tokens"), usage.get("output_tokens"),
                                     usage.get("outputTokens"), usage.get("generation_token_count"))),
        "reasoning_tokens": count(first(at(thought, "reasoning_tokens"), at(thought, "thinking_tokens"))),
    }  # fmt: skip
