import json

import pytest

from stillwatch.exchanges.answers import tell_response
from stillwatch.exchanges.streamed import is_error, whole

ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_1"}


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
        (
            [{"type": "message_start", "message": {"id": "m", "type": "message"}}, ERROR],
            ERROR | {"id": "m", "type": "message", "content": []},
        ),
        ([ERROR], ERROR | {"content": []}),
        ([{"type": "content_block_delta"}, 5], [{"type": "content_block_delta"}, 5]),
        ({"id": "m"}, {"id": "m"}),
        (None, None),
    ],
)
def test_a_message_is_put_together(events, found):
    assert whole(events) == found


CHUNKS = [
    {"id": "c", "created": 5, "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "He"}}]},
    {"id": "c", "choices": [{"index": 0, "delta": {"content": "llo", "reasoning_content": "Hm."}}]},
    {"id": "c", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"name": "f"}}]}}]},
    {"id": "c", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}}]},
    {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}], "usage": None},
    {"id": "c", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
]
ITEM = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]}
BEGUN = {"id": "r", "object": "response", "status": "in_progress", "output": []}
RESPONSES = [
    {"type": "response.created", "response": BEGUN},
    {"type": "response.output_text.delta", "delta": "Hello"},
    {"type": "response.output_item.done", "item": ITEM},
    {"type": "response.completed", "response": BEGUN | {"status": "completed", "output": [ITEM]}},
]
MESSAGE = [
    {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 5}}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
]


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (CHUNKS, ("Hello", "Hm.", ["f"], "tool_calls", 5, 2)),
        (RESPONSES, ("Hello", None, [], "completed", None, None)),
        (RESPONSES[:3], ("Hello", None, [], "in_progress", None, None)),
        (MESSAGE, ("Hello", None, [], "end_turn", 5, 3)),
        (
            [{"choices": [{"text": "He"}]}, {"choices": [{"text": "llo", "finish_reason": "stop"}]}],
            ("Hello", None, [], "stop", None, None),
        ),
        ([{"outputText": "He"}, {"outputText": "llo", "stop_reason": "end"}], ("Hello", None, [], "end", None, None)),
    ],
    ids=["chunks", "responses", "responses cut off", "message", "older completions", "pieces"],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_a_stream_tells_what_its_answer_would(events, told, as_text):
    sent = "".join(f"event: x\r\ndata: {json.dumps(event)}\r\n\r\n" for event in events) + "data: [DONE]\n\n"
    row = tell_response(whole(sent if as_text else events))
    columns = ("response_text", "reasoning_text", "tools_called", "finish_reason", "input_tokens", "output_tokens")
    assert tuple(row.get(column) for column in columns) == told


@pytest.mark.parametrize("body", ["Hello", "data is all", "", None, 5, {"id": "m"}, [], [{"x": 1}], ["a"]])
def test_anything_else_stays_as_it_is(body):
    assert whole(body) == body


@pytest.mark.parametrize(
    ("body", "is_one"), [(ERROR, True), ({"error": {"message": "slow down"}}, False), ("error", False)]
)
def test_errors_of_one_api_are_told_by_their_form(body, is_one):
    assert is_error(body) == is_one
