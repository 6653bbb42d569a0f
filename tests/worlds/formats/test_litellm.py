from uuid import UUID

import pytest

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats.litellm import LiteLLM


def test_the_caller_stands_in_the_metadata_of_the_key(row):
    line = LiteLLM().line(row(), [])
    assert line["metadata"]["user_api_key_user_id"] == "acct_17"
    assert line["metadata"]["user_api_key_user_email"] == "acct_17@example.com"
    assert line["metadata"]["user_api_key_auth_metadata"]["payment_hash"] == "pm_77"
    assert line.keys() & {"account_id", "payment_hash", "asked_at"} == set()


def test_a_call_outside_of_a_conversation_is_traced_alone(row, read):
    assert LiteLLM().line(row(), [])["trace_id"] == "c_1"
    one, two = (LiteLLM().line(row(conversation_id=None, exchange_id=name), [])["trace_id"] for name in ("x", "y"))
    assert (UUID(one).version, one == two) == (4, False)
    assert "conversation_id" not in read("litellm", row(conversation_id=None))


@pytest.mark.parametrize("microseconds", [0, 1, 499_999, 999_999])
def test_the_time_is_exact(row, read, microseconds):
    at = 1_770_000_000_000_000 + microseconds
    assert round(read("litellm", row(asked_at=at))["asked_at"] * 1_000_000) == at


@pytest.mark.parametrize(("status", "kind"), [(429, "RateLimitError"), (400, "BadRequestError")])
def test_a_failed_call_says_why(row, status, kind):
    line = LiteLLM().line(row(status_code=status), [])
    assert (line["status"], line["response"]) == ("failure", {})
    assert line["error_information"]["error_code"] == str(status)
    assert line["error_information"]["error_class"] == kind
    assert line["error_str"].startswith(f"litellm.{kind}: ")


def test_signed_reasoning_is_told_in_thinking_blocks(row):
    messages = LiteLLM().line(row(reasoning_signatures=["sig"]), [Turn("a", "1")])["messages"]
    assert messages[2]["thinking_blocks"] == [{"type": "thinking", "thinking": "", "signature": "sig"}]


def test_a_call_without_settings_offers_no_tools(row, read):
    unset = dict.fromkeys(("temperature", "top_p", "n", "logprobs", "reasoning_effort", "max_tokens"))
    assert read("litellm", row(**unset, tools_offered=[]))["tools_offered"] == []
