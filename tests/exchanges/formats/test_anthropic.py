import pytest

from stillwatch.exchanges.formats.anthropic import Anthropic, joined_events


def test_the_sample(rows_of, samples):
    chat, agent = rows_of(samples / "anthropic.jsonl")
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


@pytest.mark.parametrize(
    ("events", "found"),
    [
        (
            [
                {"type": "message_start", "message": {"id": "m"}},
                {"type": "content_block_delta", "index": 0, "delta": {"text": "a"}},
            ],
            {"id": "m", "content": [{"text": "a"}]},
        ),
        (
            [{"type": "message_start", "message": 5}, {"type": "message_delta", "usage": {"output_tokens": 1}}],
            {"usage": {"output_tokens": 1}, "content": []},
        ),
        ([{"type": "content_block_delta"}, 5], [{"type": "content_block_delta"}, 5]),
        ({"id": "m"}, {"id": "m"}),
        (None, None),
    ],
)
def test_streamed_answers_are_put_together(events, found):
    assert joined_events(events) == found


@pytest.mark.parametrize(
    ("record", "score"),
    [
        ({"response": {"type": "message"}}, 0.9),
        ({"response": [{"type": "message_start", "message": {"type": "message"}}]}, 0.9),
        ({"request": {"model": "claude-x", "messages": []}}, 0.8),
        ({"request": {"anthropic_version": "v", "messages": []}}, 0.8),
        ({"request": {"model": "claude-x", "messages": []}, "response": {"object": "chat.completion"}}, 0.0),
        ({"request": {"model": "m", "messages": []}}, 0.0),
    ],
)
def test_recognition(record, score):
    assert Anthropic().recognises(record) == score
