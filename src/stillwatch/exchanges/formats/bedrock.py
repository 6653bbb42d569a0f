"""AWS Bedrock model invocation logs, as they are delivered to S3 or exported from CloudWatch."""

import re
from collections.abc import Iterable
from typing import Any

from stillwatch.exchanges.answers import is_no_talk, tell_response, tell_tokens
from stillwatch.exchanges.conversation import tell_conversation, tool_names
from stillwatch.exchanges.decoded import at, count, first, layered, objects, opened, text
from stillwatch.exchanges.envelope import ENVELOPE, tell_envelope
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS, Reader
from stillwatch.exchanges.streamed import whole

_NO_TALK = re.compile(r"(^|[./])(stability\.|amazon\.nova-(canvas|reel)|\w+\.[\w-]*(embed|rerank|image))")
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
        logs = _logs(record)
        return 1.0 if logs and all(_is_log(log) for log in logs) else 0.0

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the exchange of each invocation that is a talk with a model."""
        for log in _logs(record):
            answer = whole(opened(at(log, "output", "outputBodyJson")))
            if not is_no_talk(answer) and not _NO_TALK.search(str(log.get("modelId"))):
                # `requestMetadata` is left out: whoever calls writes it, and could take another account's name.
                yield layered(_told(log, answer, key), tell_envelope({}, record, record.get("account")))


def _told(log: dict[str, Any], answer: Any, key: bytes) -> dict[str, Any]:
    body = opened(at(log, "input", "inputBodyJson"))
    return layered(
        tell_tokens({"inputTokens": at(log, "input", "inputTokenCount")} | _cached(log)),
        {"output_tokens": count(at(log, "output", "outputTokenCount"))},
        _request(body, key) if isinstance(body, dict) else {},
        tell_response(answer),
        # The identity is left out: its ARN holds the AWS account, so no two share one; or it is a gateway's and all do.
        {
            "provider": "aws.bedrock",
            "access_path": "bedrock",
            "endpoint": text(log.get("operation")),
            "model": text(log.get("modelId")),
            "stream": "Stream" in str(log.get("operation")),
            "exchange_id": log.get("requestId"),
            "asked_at": log.get("timestamp"),
            "account_id": log.get("accountId"),
        },
    )


def _logs(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the logs in a record: itself, or the messages of CloudWatch, one or a delivery of several."""
    events = objects(first(record.get("logEvents"), record.get("events"))) or [record]
    inner = objects([opened(first(event.get("message"), event.get("@message"))) for event in events])
    return [log for log in inner if "modelId" in log] or ([] if events != [record] else [record])


def _is_log(log: dict[str, Any]) -> bool:
    return log.get("schemaType") == "ModelInvocationLog" or {"modelId", "requestId", "operation"} <= log.keys()


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
