import pytest

from stillwatch.exchanges.answers import tell_response, tell_tokens


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (
            {
                "prompt_tokens": 40,
                "prompt_tokens_details": {"cached_tokens": 16},
                "completion_tokens": 9,
                "completion_tokens_details": {"reasoning_tokens": 5},
            },
            (40, 16, 9, 5),
        ),
        (
            {
                "input_tokens": 40,
                "input_tokens_details": {"cached_tokens": 16},
                "output_tokens": 9,
                "output_tokens_details": {"reasoning_tokens": 5},
            },
            (40, 16, 9, 5),
        ),
        (
            {
                "input_tokens": 4,
                "cache_read_input_tokens": 16,
                "cache_creation_input_tokens": 20,
                "output_tokens": 9,
                "output_tokens_details": {"thinking_tokens": 5},
            },
            (40, 16, 9, 5),
        ),
        (
            {"inputTokens": 4, "cacheReadInputTokens": 16, "cacheWriteInputTokens": 20, "outputTokens": 9},
            (40, 16, 9, None),
        ),
        ({"prompt_tokens": 40, "cache_read_input_tokens": 16, "completion_tokens": 9}, (40, 16, 9, None)),
        ({"input_tokens": 4, "cache_read_input_tokens": None, "output_tokens": 0}, (4, None, 0, None)),
        ({"cache_read_input_tokens": 5}, (None, 5, None, None)),
        ({"prompt_token_count": 3, "generation_token_count": 4}, (3, None, 4, None)),
    ],
)
def test_tokens_are_counted_alike(usage, told):
    found = tell_tokens(usage)
    assert (
        tuple(found[name] for name in ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens"))
        == told
    )


@pytest.mark.parametrize("usage", [None, 5, [], "x"])
def test_no_usage_says_nothing(usage):
    assert tell_tokens(usage) == {}


@pytest.mark.parametrize(
    ("response", "text", "ended"),
    [
        ({"choices": [{"message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}]}, "a", "stop"),
        ({"choices": [{"text": "a", "finish_reason": "length"}]}, "a", "length"),
        ({"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}}]}, "a\nb", None),
        (
            {
                "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}],
                "status": "incomplete",
                "incomplete_details": {"reason": "max_output_tokens"},
            },
            "a",
            "max_output_tokens",
        ),
        ({"content": [{"type": "text", "text": "a"}], "stop_reason": "end_turn"}, "a", "end_turn"),
        (
            {"output": {"message": {"role": "assistant", "content": [{"text": "a"}]}}, "stopReason": "end_turn"},
            "a",
            "end_turn",
        ),
        ({"results": [{"outputText": "a", "completionReason": "FINISH"}]}, "a", "FINISH"),
        ({"generation": "a", "stop_reason": "stop"}, "a", "stop"),
        ({"outputs": [{"text": "a", "stop_reason": "stop"}]}, "a", None),
        ('{"completion": "a"}', "a", None),
        ("a", "a", None),
    ],
)
def test_answers_of_every_provider(response, text, ended):
    told = tell_response(response)
    assert (told["response_text"], told.get("finish_reason")) == (text, ended)


@pytest.mark.parametrize("response", [None, "", [], {}, {"error": {"message": "no"}}])
def test_no_answer_says_nothing(response):
    assert not any(value is not None for value in tell_response(response).values())
