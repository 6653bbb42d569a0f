"""AWS Bedrock model invocation logs, as they are delivered to S3 or exported from CloudWatch."""

from collections.abc import Iterable
from typing import Any

from stillwatch.exchanges.answers import tell_response, tell_tokens
from stillwatch.exchanges.conversation import tell_conversation, tool_names
from stillwatch.exchanges.decoded import at, count, first, layered, objects, opened, text
from stillwatch.exchanges.envelope import ENVELOPE, tell_envelope
from stillwatch.exchanges.formats.anthropic import joined_events
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS, Reader

_MOST_TOKENS = ("maxTokens", "max_tokens", "max_new_tokens", "maxTokenCount", "max_gen_len", "max_completion_tokens")


class Bedrock(Reader):
    """Model invocation logs: Converse, and InvokeModel with the bodies of Anthropic, Nova, Titan, Llama and others."""

    name = "bedrock"
    description = "AWS Bedrock model invocation logs, Converse and InvokeModel: JSON Lines, often gzip"
    fills = (*ENVELOPE, *CONVERSATION, *ANSWER, *TOKENS, "tools_offered", "temperature", "top_p", "max_tokens",
             "reasoning_effort")  # fmt: skip
    advice = "deliver the logs as AWS writes them, with `accountId`, `requestId` and `timestamp`"

    def recognises(self, record: dict[str, Any]) -> float:
        """Return 1 for a record of this schema."""
        log = _log(record)
        named = log.get("schemaType") == "ModelInvocationLog"
        return 1.0 if named or {"modelId", "requestId", "operation"} <= log.keys() else 0.0

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the exchange of one invocation."""
        log = _log(record)
        body = opened(at(log, "input", "inputBodyJson"))
        answer = _answer(opened(at(log, "output", "outputBodyJson")))
        yield layered(
            tell_tokens({"inputTokens": at(log, "input", "inputTokenCount")} | _cached(log)),
            {"output_tokens": count(at(log, "output", "outputTokenCount"))},
            _request(body, key) if isinstance(body, dict) else {},
            tell_response(answer),
            {
                "provider": "aws.bedrock",
                "access_path": "bedrock",
                "endpoint": text(log.get("operation")),
                "model": text(log.get("modelId")),
                "stream": "Stream" in str(log.get("operation")),
                "exchange_id": log.get("requestId"),
                "asked_at": log.get("timestamp"),
                "account_id": log.get("accountId"),
                "end_user_id": text(at(log, "identity", "arn")),
            },
            # `requestMetadata` is left out: whoever calls writes it, and could take another account's name.
            tell_envelope({}, record, record.get("account")),
        )


def _log(record: dict[str, Any]) -> dict[str, Any]:
    inner = opened(record.get("message"))
    return inner if isinstance(inner, dict) and "modelId" in inner else record


def _cached(log: dict[str, Any]) -> dict[str, Any]:
    return {name: at(log, "input", name) for name in ("cacheReadInputTokenCount", "cacheWriteInputTokenCount")}


def _request(body: dict[str, Any], key: bytes) -> dict[str, Any]:
    settings = first(body.get("inferenceConfig"), body.get("textGenerationConfig"), body)
    messages = first(body.get("messages"), body.get("prompt"), body.get("inputText"), body.get("message"))
    asked = [at(settings, name) for name in _MOST_TOKENS]
    more = first(body.get("additionalModelRequestFields"), body)
    return {
        "temperature": at(settings, "temperature"),
        "top_p": first(at(settings, "topP"), at(settings, "top_p")),
        "max_tokens": first(*asked),
        "reasoning_effort": first(at(more, "output_config", "effort"), at(more, "reasoning_effort"),
                                  at(more, "thinking", "type"), at(more, "reasoningConfig", "maxReasoningEffort")),
        "tools_offered": tool_names(first(at(body, "toolConfig", "tools"), body.get("tools"))),
        **tell_conversation(messages, key, system=body.get("system")),
    }  # fmt: skip


def _answer(body: Any) -> Any:
    """Return the answer, put together where it was streamed: events of Anthropic, of Converse, or pieces of text."""
    if not isinstance(body, list):
        return body
    whole = joined_events(body)
    if isinstance(whole, dict):
        return whole
    deltas = [at(event, "contentBlockDelta", "delta") for event in objects(body)]
    pieces = [text(first(at(delta, "text"), event.get("outputText"), event.get("generation"), event.get("completion")))
              for delta, event in zip(deltas, objects(body), strict=True)]  # fmt: skip
    thoughts = [text(at(delta, "reasoningContent", "text")) for delta in deltas]
    called = [at(event, "contentBlockStart", "start", "toolUse") for event in objects(body)]
    parts: list[dict[str, Any]] = [{"text": "".join(filter(None, pieces))}]
    parts += [{"type": "reasoning", "text": "".join(filter(None, thoughts))}]
    parts += [{"toolUse": tool} for tool in called if isinstance(tool, dict)]
    ends = (first(at(event, "messageStop", "stopReason"), event.get("stop_reason")) for event in objects(body))
    usage = (at(event, "metadata", "usage") for event in objects(body))
    return {"content": parts, "stop_reason": first(*ends), "usage": first(*usage)}
