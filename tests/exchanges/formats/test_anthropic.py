import pytest

from stillwatch.exchanges.formats.anthropic import Anthropic, tell_caller


def test_the_sample(rows_of, samples):
    chat, agent, refused = rows_of(samples / "anthropic.jsonl")
    assert (chat["system_text"], chat["prompt_text"], chat["response_text"], chat["turn"]) == (
        "You are terse.",
        "And times 3?",
        "12",
        1,
    )
    assert (chat["input_tokens"], chat["cached_input_tokens"], chat["output_tokens"], chat["reasoning_tokens"]) == (
        40,
        16,
        9,
        5,
    )
    assert (chat["reasoning_signatures"], chat["reasoning_text"], chat["reasoning_effort"]) == (
        ["sig-a", "sig-b"],
        "Multiply.",
        "high",
    )
    assert (agent["prompt_text"], agent["turn"], agent["has_image"], len(agent["history_digests"])) == (
        "def f(): pass",
        0,
        True,
        1,
    )
    assert (agent["response_text"], agent["tools_called"], agent["tools_offered"]) == (
        "I will edit it.",
        ["read_file"],
        ["read_file", "web_search"],
    )
    assert (agent["finish_reason"], agent["input_tokens"], agent["output_tokens"], agent["stream"]) == (
        "tool_use",
        50,
        25,
        True,
    )
    assert (agent["end_user_id"], agent["conversation_id"]) == ("d1", "c1")
    assert (refused["provider"], refused["model"], refused["status_code"]) == ("anthropic", "acme-1", 529)
    assert "response_text" not in refused


ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_1"}


@pytest.mark.parametrize(
    ("record", "score"),
    [
        ({"response": {"type": "message"}}, 0.9),
        ({"response": [{"type": "message_start", "message": {"type": "message"}}]}, 0.9),
        ({"request": {"model": "claude-x", "messages": []}}, 0.8),
        ({"request": {"anthropic_version": "v", "messages": []}}, 0.8),
        ({"request": {"model": "m", "messages": [], "system": "s"}}, 0.8),
        ({"request": {"model": "m", "messages": []}, "response": ERROR}, 0.9),
        ({"request": {"model": "m", "messages": []}, "response": {"status_code": 529, "body": ERROR}}, 0.9),
        ({"request": {"model": "m", "messages": []}, "response": [ERROR]}, 0.9),
        ({"request": {"model": "claude-x", "messages": []}, "response": {"object": "chat.completion"}}, 0.0),
        ({"request": {"model": "claude-x", "messages": []}, "response": {"error": {"message": "slow down"}}}, 0.0),
        ({"request": {"model": "m", "messages": []}}, 0.0),
    ],
)
def test_recognition(record, score):
    assert Anthropic().recognises(record) == score


def test_a_file_of_nothing_but_errors_is_read_as_this_format(opened, rows_of, written):
    asked = {"model": "acme-1", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
    error = {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}
    whole = {"asked_at": "2026-11-20T10:00:00Z", "account_id": "a", "request": asked}
    path = written("log.jsonl", whole | {"response": {"status_code": 429, "body": error}})
    assert [file.format for file in opened(path).files] == ["anthropic"]
    (row,) = rows_of(path)
    assert (row["provider"], row["endpoint"], row["status_code"]) == ("anthropic", "/v1/messages", 429)
    assert "response_text" not in row


DEVICE, SESSION = "0123456789abcdef" * 4, "b980db26-9512-45cc-b1da-c511a363b83f"


@pytest.mark.parametrize(
    ("user_id", "told"),
    [
        ("u_5", ("u_5", None)),
        (None, (None, None)),
        (f"user_{DEVICE}_account_a1_session_{SESSION}", (DEVICE, SESSION)),
        (f"user_{DEVICE}_account__session_{SESSION}", (DEVICE, SESSION)),
        (f"web_session_{SESSION}", (f"web_session_{SESSION}", None)),
        (f'{{"device_id":"d1","account_uuid":"a1","session_id":"{SESSION}"}}', ("d1", SESSION)),
        ('{"device_id":"","account_uuid":"","session_id":"c1"}', (None, "c1")),
        ('{"other": 5}', ('{"other": 5}', None)),
    ],
)
def test_agents_name_their_user_and_conversation_in_one_field(user_id, told):
    row = tell_caller(user_id)
    assert (row.get("end_user_id"), row.get("conversation_id")) == told
