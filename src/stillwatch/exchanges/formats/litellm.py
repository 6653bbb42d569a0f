"""LiteLLM: the standard logging payload of its callbacks, and exports of the table of spend logs."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from stillwatch.exchanges.answers import is_no_talk, tell_response, tell_tokens
from stillwatch.exchanges.conversation import opened_talk, tell_conversation
from stillwatch.exchanges.decoded import at, count, first, layered, objects, opened, text
from stillwatch.exchanges.envelope import ENVELOPE, tell_envelope
from stillwatch.exchanges.formats.anthropic import tell_caller
from stillwatch.exchanges.formats.openai import tell_settings
from stillwatch.exchanges.held_elsewhere import without_earlier
from stillwatch.exchanges.reader import ANSWER, CONVERSATION, TOKENS, Reader

_DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NO_TALK = re.compile(
    r"embed|moderation|image|video|transcription|speech|rerank|ocr|search|batch|file|vector|mcp|skill"
)
_NOBODY = ("default_user_id", "litellm-proxy-master-key", "litellm_proxy_master_key")


class LiteLLM(Reader):
    """What the LiteLLM proxy logs of a call, through a callback or in its database."""

    name = "litellm"
    description = "LiteLLM standard logging payloads (JSON Lines) and spend-log exports (JSON, Parquet)"
    fills = (*ENVELOPE, *CONVERSATION, *ANSWER, *TOKENS, "tools_offered", "conversation_id", "temperature", "top_p",
             "max_tokens", "n", "logprobs", "reasoning_effort")  # fmt: skip
    advice = "log through virtual keys, so that `metadata.user_api_key_user_id` or `user_api_key_hash` is there"

    def recognises(self, record: dict[str, Any]) -> float:
        """Return 1 for either kind of record."""
        payload = _payload(record)
        known = {"startTime", "call_type", "prompt_tokens"} <= payload.keys()
        return 1.0 if known and ("id" in payload or "request_id" in payload) else 0.0

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the exchange of one call."""
        payload = _payload(record)
        response = opened(payload.get("response"))
        if is_no_talk(response) or _NO_TALK.search(str(payload.get("call_type"))):
            return
        metadata = opened(payload.get("metadata"))
        metadata = metadata if isinstance(metadata, dict) else {}
        asked = _asked(payload)
        yield layered(
            tell_settings(asked) if asked else {},
            _said(payload, asked, key),
            tell_response(response),
            _tokens(payload, metadata),
            _call(payload, response),
            {"conversation_id": _session(payload, metadata, asked)},
            _who(payload, metadata),
            tell_envelope(record, metadata, metadata.get("user_api_key_auth_metadata")),
            {"exchange_id": first(payload.get("request_id"), payload.get("id")), "asked_at": _asked_at(payload)},
        )


def _payload(record: dict[str, Any]) -> dict[str, Any]:
    inner = opened(record.get("standard_logging_object"))
    return inner if isinstance(inner, dict) else record


def _asked(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of the request, wherever this kind of record keeps them."""
    kept = objects([opened(payload.get(name)) for name in ("proxy_server_request", "model_parameters")])
    kept += objects([opened(at(request, "body")) for request in kept])
    return layered(*kept)


def _said(payload: dict[str, Any], asked: dict[str, Any], key: bytes) -> dict[str, Any]:
    messages = _messages(payload, asked)
    system = first(asked.get("instructions"), asked.get("system"))
    return without_earlier(tell_conversation(messages, key, system=system), asked, messages)


def _messages(payload: dict[str, Any], asked: dict[str, Any]) -> Any:
    written = payload.get("messages")
    held = opened(written)
    around = isinstance(held, dict) and (not held or "messages" in held)
    messages = held.get("messages") if around else opened_talk(written)
    spoken = messages if isinstance(messages, str | list) else None
    return spoken or first(asked.get("messages"), asked.get("input"), asked.get("prompt"))


def _tokens(payload: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    extra = opened(metadata.get("additional_usage_values"))
    told = [tell_tokens(one) for one in objects([extra, metadata.get("usage_object")])]
    return layered(*told, tell_tokens({name: payload.get(name) for name in ("prompt_tokens", "completion_tokens")}))


def _call(payload: dict[str, Any], response: Any) -> dict[str, Any]:
    status = payload.get("status")
    error = opened(first(payload.get("error_information"), at(opened(payload.get("metadata")), "error_information")))
    return {
        "provider": text(payload.get("custom_llm_provider")),
        "endpoint": text(payload.get("call_type")),
        "model": first(payload.get("model"), payload.get("model_group"), at(response, "model")),
        "stream": payload.get("stream") if isinstance(payload.get("stream"), bool) else None,
        "status_code": count(at(error, "error_code")) if status == "failure" else {"success": 200}.get(str(status)),
        **tell_caller(text(payload.get("end_user"))),
        "ip": text(payload.get("requester_ip_address")),
        "user_agent": text(payload.get("user_agent")),
    }


def _session(payload: dict[str, Any], metadata: dict[str, Any], asked: dict[str, Any]) -> str | None:
    """Return the name that the caller gave its session.

    LiteLLM keeps one field for it and for the random UUID that it draws for each call without one, so a random UUID is
    taken for a name only where the record also shows what the caller sent, and it is in there.
    """
    name = text(first(payload.get("session_id"), payload.get("trace_id")))
    if name is None or not _DRAWN.fullmatch(name):
        return name
    sent = objects([opened(metadata.get("requester_metadata")), opened(metadata.get("requester_custom_headers")),
                    asked, opened(asked.get("metadata")), opened(asked.get("headers"))])  # fmt: skip
    return name if any(name in value for place in sent for value in place.values() if isinstance(value, str)) else None


def _who(payload: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    key_hash = first(metadata.get("user_api_key_hash"), metadata.get("user_api_key"), payload.get("api_key"))
    person = first(metadata.get("user_api_key_user_id"), payload.get("user"))
    mail = text(metadata.get("user_api_key_user_email"))
    return {
        # The account is the person behind the key; a key nobody is named for is its own account.
        "account_id": person if person not in _NOBODY and person else key_hash,
        "api_key_hash": key_hash,
        "org_id": first(metadata.get("user_api_key_org_id"), payload.get("organization_id")),
        "project_id": first(metadata.get("user_api_key_project_id"), metadata.get("user_api_key_team_id"),
                            payload.get("team_id")),
        "email_domain": mail.rpartition("@")[2] if mail and "@" in mail else None,
        "ip": text(metadata.get("requester_ip_address")),
        "user_agent": text(metadata.get("user_agent")),
    }  # fmt: skip


def _asked_at(payload: dict[str, Any]) -> Any:
    """Return when the call began; the database keeps UTC and writes no zone."""
    began = payload.get("startTime")
    if isinstance(began, str) and "request_id" in payload:
        try:
            began = datetime.fromisoformat(began)
        except ValueError:
            return began
    return began.replace(tzinfo=UTC) if isinstance(began, datetime) and began.tzinfo is None else began
