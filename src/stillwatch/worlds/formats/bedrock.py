"""AWS Bedrock: model invocation logs, as they are delivered to S3."""

from collections.abc import Mapping, Sequence
from typing import Any

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats.anthropic import (
    ENDS,
    answer_blocks,
    messages_answer,
    messages_request,
    messages_usage,
    uncached,
)
from stillwatch.worlds.formats.base import LogFormat, failed, instant, said
from stillwatch.worlds.formats.tools import arguments_text

_ACCOUNT, _REGION = "123456789012", "eu-west-1"
_ERRORS = {429: "ThrottlingException", 500: "InternalServerException", 529: "ServiceUnavailableException"}
_DELTAS = {"text": "text_delta", "thinking": "thinking_delta"}


class Bedrock(LogFormat):
    """Invocation logs of InvokeModel with bodies of Anthropic's: Converse would not count reasoning tokens."""

    name = "bedrock"
    description = "AWS Bedrock model invocation logs (InvokeModel, Anthropic bodies)"
    native = frozenset({"exchange_id", "stream"})
    ends = ENDS

    def line(self, row: dict[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """Return the log of the invocation, the operator's own columns joined to it."""
        counts = said(inputTokenCount=uncached(row), cacheReadInputTokenCount=row["cached_input_tokens"])
        body = {"anthropic_version": "bedrock-2023-05-31", **messages_request(row, history)}
        return self.envelope(row) | {
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
            "timestamp": f"{instant(row['asked_at'])[:19]}Z",
            "accountId": _ACCOUNT,
            "identity": {"arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/gateway/gateway"},
            "region": _REGION,
            "requestId": row["exchange_id"],
            "operation": "InvokeModelWithResponseStream" if row["stream"] else "InvokeModel",
            "modelId": row["model"] and f"{row['provider']}.{row['model']}-v1:0",
            "input": {"inputContentType": "application/json", "inputBodyJson": body, **counts},
            **(_failure(row) if failed(row) else _output(row, self.ended(row))),
        }  # fmt: skip


def _output(row: Mapping[str, Any], ended: str | None) -> dict[str, Any]:
    answer = messages_answer(row, ended)
    counts = said(outputTokenCount=row["output_tokens"])
    body = _events(row, answer) if row["stream"] else answer
    return {"output": {"outputContentType": "application/json", "outputBodyJson": body, **counts}}


def _failure(row: Mapping[str, Any]) -> dict[str, Any]:
    counts = said(outputTokenCount=row["output_tokens"])
    code = _ERRORS.get(row["status_code"], "ValidationException")
    return {"errorCode": code, "output": {"outputContentType": "application/json", **counts}}


def _events(row: Mapping[str, Any], answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a streamed answer as the events that it came in, each block in one piece."""
    asked, produced = messages_usage(row), {}
    for name in ("output_tokens", "output_tokens_details"):
        if name in asked:
            produced[name] = asked.pop(name)
    begun = answer | {"content": [], "stop_reason": None, "usage": asked}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}]
    for index, block in enumerate(answer_blocks(row)):
        events += [event | {"index": index} for event in _block_events(block)]
    delta = {"stop_reason": answer["stop_reason"], "stop_sequence": None}
    return [*events, {"type": "message_delta", "delta": delta, "usage": produced}, {"type": "message_stop"}]


def _block_events(block: dict[str, Any]) -> list[dict[str, Any]]:
    kind = block["type"]
    if kind in _DELTAS:
        empty, delta = block | {kind: ""}, {"type": _DELTAS[kind], kind: block[kind]}
    else:
        empty, delta = (
            block | {"input": {}},
            {"type": "input_json_delta", "partial_json": arguments_text(block["name"])},
        )
    return [
        {"type": "content_block_start", "content_block": empty},
        {"type": "content_block_delta", "delta": delta},
        {"type": "content_block_stop"},
    ]
