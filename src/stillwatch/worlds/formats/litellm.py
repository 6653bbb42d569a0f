"""LiteLLM: the standard logging payload, as the proxy's callbacks write it."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats.base import LogFormat, failed, instant, said
from stillwatch.worlds.formats.openai import chat_answer, chat_messages, chat_settings, chat_usage

_ERRORS = {429: "RateLimitError", 500: "InternalServerError", 529: "InternalServerError"}


class LiteLLM(LogFormat):
    """What the proxy logs of a call through one of its callbacks."""

    name = "litellm"
    description = "LiteLLM standard logging payloads"
    native = frozenset({
        "exchange_id", "asked_at", "account_id", "org_id", "project_id", "end_user_id", "api_key_hash", "email_domain",
        "payment_hash", "access_path", "account_created_at", "country", "ip", "user_agent", "provider", "model",
        "stream", "status_code",
    })  # fmt: skip
    ends = {"tool_use": "tool_calls"}  # noqa: RUF012 - declared

    def line(self, row: dict[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """Return the payload, with a few of the operator's own columns beside."""
        began, took = row["asked_at"] / 1_000_000, 0.4 + 0.012 * (row["output_tokens"] or 0)
        usage = chat_usage(row)
        return self.envelope(row) | {
            "trace_id": row["conversation_id"] or _drawn(row["exchange_id"]),
            "id": row["exchange_id"],
            "call_type": "acompletion",
            "stream": row["stream"],
            "custom_llm_provider": row["provider"],
            "total_tokens": usage["total_tokens"],
            "prompt_tokens": row["input_tokens"],
            "completion_tokens": row["output_tokens"],
            "startTime": began,
            "endTime": began + took,
            "completionStartTime": began + 0.4,
            "model": row["model"],
            "model_group": row["model"],
            "metadata": _metadata(row, usage),
            "cache_hit": False,
            "request_tags": [],
            "end_user": row["end_user_id"] or "",
            "requester_ip_address": row["ip"],
            "messages": chat_messages(row, history, _thought),
            # always with `stream`, so that a call without settings is still told to offer no tools
            "model_parameters": said(stream=row["stream"] or False, max_tokens=row["max_tokens"], **chat_settings(row)),
            **_outcome(row, self.ended(row)),
        }  # fmt: skip


def _drawn(exchange_id: str) -> str:
    """Return the random name that the proxy gives to a call of which nobody has named the session."""
    return str(UUID(bytes=blake2b(exchange_id.encode(), digest_size=16).digest(), version=4))


def _metadata(row: Mapping[str, Any], usage: Mapping[str, Any]) -> dict[str, Any]:
    domain, opened = row["email_domain"], row["account_created_at"]
    return {
        "user_api_key_hash": row["api_key_hash"],
        "user_api_key_user_id": row["account_id"],
        "user_api_key_user_email": domain and f"{row['account_id']}@{domain}",
        "user_api_key_org_id": row["org_id"],
        "user_api_key_project_id": row["project_id"],
        "user_api_key_auth_metadata": said(
            payment_hash=row["payment_hash"],
            access_path=row["access_path"],
            account_created_at=None if opened is None else instant(opened),
            country=row["country"],
        ),
        "requester_ip_address": row["ip"],
        "user_agent": row["user_agent"],
        "usage_object": usage,
    }


def _thought(signature: str) -> dict[str, Any]:
    return {"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": signature}]}


def _outcome(row: Mapping[str, Any], ended: str | None) -> dict[str, Any]:
    if not failed(row):
        done = None if row["status_code"] is None else "success"
        return {"status": done, "response": chat_answer(row, ended), "error_str": None, "error_information": None}
    kind, provider = _ERRORS.get(row["status_code"], "BadRequestError"), row["provider"]
    message = f"litellm.{kind}: the request failed with status {row['status_code']}."
    about = {"error_code": str(row["status_code"]), "error_class": kind, "llm_provider": provider}
    about |= {"traceback": "", "error_message": message}
    return {"status": "failure", "response": {}, "error_str": message, "error_information": about}
