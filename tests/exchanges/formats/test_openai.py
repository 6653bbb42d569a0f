import pytest

from stillwatch.exchanges.formats.openai import OpenAI


def told(request, response=None):
    (row,) = OpenAI().tell({"request": request, "response": response}, b"k")
    return row


def test_the_sample(rows_of, samples):
    chat, responses, batch, refused = rows_of(samples / "openai.jsonl")
    assert (chat["account_id"], chat["ja4"][:4], chat["end_user_id"], chat["asn"]) == ("acct_17", "t13d", "eu_5", 64496)
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
    assert (chat["logprobs"], chat["max_tokens"], chat["n"], chat["stream"]) == (True, 300, 1, False)
    assert (responses["prompt_text"], responses["reasoning_signatures"], responses["has_image"]) == (
        "rainy, 9 C",
        ["enc-block-1"],
        True,
    )
    assert (responses["tools_called"], responses["reasoning_text"]) == (["get_weather"], "Use the tool result.")
    assert (responses["endpoint"], responses["conversation_id"], responses["reasoning_effort"]) == (
        "/v1/responses",
        "conv_1",
        "high",
    )
    assert {"history_digests", "turn"}.isdisjoint(responses)
    assert (batch["exchange_id"], batch["tools_offered"], batch["finish_reason"]) == (
        "batch_req_3",
        ["get_weather", "web_search"],
        "tool_calls",
    )
    assert (refused["status_code"], refused["prompt_text"]) == (429, "Hello")
    assert "response_text" not in refused
    assert refused["exchange_id"].startswith("unnamed-")


@pytest.mark.parametrize(
    "held",
    [
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"input": [{"type": "item_reference", "id": "i"}]},
    ],
)
def test_what_the_provider_holds_is_not_guessed(held):
    row = told({"model": "m", "input": "Hello"} | held)
    assert {"history_digests", "turn"}.isdisjoint(row)


@pytest.mark.parametrize(
    "request_", [{"prompt": "a"}, {"input": "a"}, {"messages": [{"role": "user", "content": "a"}]}]
)
def test_every_kind_of_request_says_its_prompt(request_):
    assert told({"model": "m"} | request_)["prompt_text"] == "a"


def test_metadata_that_the_caller_writes_is_not_believed():
    assert "account_id" not in told({"model": "m", "messages": [], "metadata": {"account_id": "forged"}})


@pytest.mark.parametrize(
    ("record", "score"),
    [
        ({"response": {"object": "chat.completion"}}, 0.9),
        ({"response": {"body": {"object": "response"}}}, 0.9),
        ({"body": {"model": "m", "messages": []}}, 0.7),
        ({"request": {"model": "claude-x", "input": "a"}}, 0.7),
        ({"request": {"messages": []}}, 0.0),
        ({"request": {"model": "m", "messages": []}, "response": {"error": {"message": "slow down"}}}, 0.7),
    ],
)
def test_recognition(record, score):
    assert OpenAI().recognises(record) == score
