import json

import pytest

from stillwatch.exchanges.otlp import Span
from stillwatch.exchanges.spans import tell_content, tell_usage

KEY = b"k"
INPUT = [{"role": "user", "parts": [{"type": "text", "content": "a"}]}]
OUTPUT = [{"role": "assistant", "parts": [{"type": "text", "content": "b"}], "finish_reason": "stop"}]


@pytest.mark.parametrize(
    ("attributes", "events"),
    [
        ({"gen_ai.input.messages": INPUT, "gen_ai.output.messages": OUTPUT}, []),
        ({"gen_ai.input.messages": json.dumps(INPUT), "gen_ai.output.messages": json.dumps(OUTPUT)}, []),
        (
            {},
            [
                (
                    "gen_ai.client.inference.operation.details",
                    {"gen_ai.input.messages": INPUT, "gen_ai.output.messages": OUTPUT},
                )
            ],
        ),
        (
            {
                "gen_ai.prompt.0.content": "a",
                "gen_ai.completion.0.content": "b",
                "gen_ai.completion.0.finish_reason": "stop",
            },
            [],
        ),
        (
            {
                "gen_ai.prompt": '[{"role": "user", "content": "a"}]',
                "gen_ai.completion": '[{"content": "b", "role": "assistant", "finish_reason": "stop"}]',
            },
            [],
        ),
        ({"gen_ai.prompt": "a", "gen_ai.completion": "b", "gen_ai.response.finish_reasons": ["stop"]}, []),
        (
            {},
            [
                ("gen_ai.content.prompt", {"gen_ai.prompt": "a"}),
                ("gen_ai.content.completion", {"gen_ai.completion": "b"}),
                ("other", {"gen_ai.prompt": "z"}),
            ],
        ),
        (
            {"gen_ai.response.finish_reasons": '["stop"]'},
            [("gen_ai.user.message", {"content": "a"}), ("gen_ai.choice", {"index": 0, "message": {"content": "b"}})],
        ),
    ],
)
def test_messages_wherever_they_are(attributes, events):
    told = tell_content(Span("s", 0, attributes, events), KEY)
    assert (told["prompt_text"], told["response_text"]) == ("a", "b")
    assert told.get("finish_reason") in (["stop"] if len(events) < 3 else [None])


@pytest.mark.parametrize("said", ['{"task":"grade","a":"..."}', '["a","b"]', '{"type":"quiz","question":"?"}', "[[1]]"])
def test_a_prompt_that_is_json_keeps_its_text(said):
    for attributes, events in (
        ({"gen_ai.prompt": said, "gen_ai.completion": said}, []),
        ({"gen_ai.prompt.0.content": said, "gen_ai.completion.0.content": said}, []),
        ({}, [("gen_ai.user.message", {"content": said}), ("gen_ai.choice", {"message": {"content": said}})]),
    ):
        told = tell_content(Span("s", 0, attributes | {"gen_ai.system_instructions": said}, events), KEY)
        assert (told["prompt_text"], told["response_text"], told["system_text"]) == (said, said, said)


def test_numbered_messages_are_in_the_order_of_their_numbers():
    attributes = {
        f"gen_ai.prompt.{i}.{part}": value
        for i in range(11, -1, -1)
        for part, value in (("role", "assistant" if i % 2 else "user"), ("content", f"m{i}"))
    }
    told = tell_content(Span("s", 0, attributes), KEY)
    assert (told["prompt_text"], told["turn"], len(told["history_digests"])) == ("m10", 5, 5)


@pytest.mark.parametrize(
    "tools",
    [
        {"gen_ai.tool.definitions": [{"type": "function", "name": "f"}]},
        {"gen_ai.tool.definitions": '[{"name": "f"}]'},
        {"llm.request.functions.0.name": "f"},
    ],
)
def test_offered_tools(tools):
    assert tell_content(Span("s", 0, {"gen_ai.prompt": "a"} | tools), KEY)["tools_offered"] == ["f"]


def test_a_span_without_content_says_nothing_of_it():
    assert tell_content(Span("s", 0, {"gen_ai.request.model": "m"}), KEY) == {}


@pytest.mark.parametrize(
    ("given", "told"),
    [(40, 40), (4, 40), (36, 36), (35, 71), (None, None)],
)
def test_input_counts_what_was_cached(given, told):
    usage = {
        "gen_ai.usage.input_tokens": given,
        "gen_ai.usage.cache_read.input_tokens": 16,
        "gen_ai.usage.cache_creation.input_tokens": "20",
    }
    assert tell_usage(usage)["input_tokens"] == told


@pytest.mark.parametrize("cut", ['[{"role": "user", "parts": [{"type": "te', '{"role": "user", "conte', "[[1, 2"])
def test_messages_that_were_cut_off_say_nothing(cut):
    span = Span("s", None, {"gen_ai.input.messages": cut, "gen_ai.output.messages": cut})
    assert tell_content(span, b"k") == {}
    assert tell_content(Span("s", None, {"gen_ai.prompt": "[INST] Hello"}), b"k")["prompt_text"] == "[INST] Hello"
