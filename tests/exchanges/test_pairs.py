import pytest

from stillwatch.exchanges.formats.anthropic import Anthropic
from stillwatch.exchanges.formats.openai import OpenAI

BESIDE = {"asked_at": "2026-11-20T10:00:00Z", "account_id": "a"}
HELLO = [{"role": "user", "content": "Hello"}]
CHAT = {"request": {"model": "gpt-6", "messages": HELLO}, "response": {"id": "c", "object": "chat.completion"}}
MESSAGE = {"request": {"model": "claude-x", "system": "Be brief.", "messages": HELLO},
           "response": {"id": "m", "type": "message", "content": [{"type": "text", "text": "Hi"}]}}  # fmt: skip
REFUSED = {"request": {"model": "acme-1", "messages": HELLO},
           "response": {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}}  # fmt: skip


@pytest.mark.parametrize("order", [1, -1])
def test_each_pair_of_a_mixed_file_is_told_by_its_own_api(order, opened, rows_of, written):
    path = written("log.jsonl", *[BESIDE | one for one in (CHAT, MESSAGE, REFUSED, CHAT)[::order]])
    assert opened(path).files[0].format in ("anthropic", "openai")
    told = [(row["provider"], row.get("system_text")) for row in rows_of(path)]
    assert told == [("openai", None), ("anthropic", "Be brief."), ("anthropic", None), ("openai", None)][::order]


@pytest.mark.parametrize(
    ("status", "code"),
    [({"status": "completed"}, None), ({"status": 429}, 429), ({"status": "429"}, 429),
     ({"status_code": 503, "status": "failed"}, 503), ({"status_code": "completed", "status": 200}, 200)],
)  # fmt: skip
def test_a_status_in_words_is_no_code(status, code, rows_of, written):
    answer = {"id": "r", "object": "response", "output": [{"role": "assistant", "content": "Hi"}]} | status
    (row,) = rows_of(written("log.jsonl", BESIDE | {"request": CHAT["request"], "response": answer}))
    assert (row.get("status_code"), row["response_text"]) == (code, "Hi")


@pytest.mark.parametrize("reader", [OpenAI(), Anthropic()])
def test_a_pair_of_which_no_api_is_sure_is_told_by_the_reader_of_its_file(reader):
    (row,) = reader.tell({"request": {"messages": HELLO}}, b"k")
    assert (row["provider"], row["prompt_text"]) == (reader.name, "Hello")


@pytest.mark.parametrize(
    "other",
    [
        {"response": {"object": "list", "data": [{"object": "embedding", "embedding": [0.1]}]}},
        {"response": {"created": 5, "data": [{"b64_json": "AA=="}]}},
        {"response": {"id": "modr-1", "results": [{"flagged": False}]}},
        {"url": "/v1/embeddings", "response": {"error": {"message": "slow down"}}},
        {"endpoint": "/v1/moderations"},
        {"request": {"url": "https://api.example.com/v1/messages/count_tokens", "body": {"model": "claude-x"}}},
    ],
)
@pytest.mark.parametrize("reader", [OpenAI(), Anthropic()])
def test_calls_that_are_no_talk_are_passed_over(reader, other):
    assert [*reader.tell({"request": {"model": "m", "input": "a"}} | other, b"k")] == []


@pytest.mark.parametrize(
    "url", ["/openai/deployments/m/chat/completions", "/v1/publishers/anthropic/models/claude-x:rawPredict"]
)
def test_the_address_of_the_call_is_told_as_it_was_logged(url):
    (row,) = OpenAI().tell({"request": {"url": url, "body": CHAT["request"]}}, b"k")
    assert row["endpoint"] == url


def test_a_result_of_a_batch_is_a_pair():
    result = {"type": "succeeded", "message": MESSAGE["response"]}
    (row,) = Anthropic().tell(BESIDE | {"custom_id": "r", "params": MESSAGE["request"], "result": result}, b"k")
    assert (row["exchange_id"], row["prompt_text"], row["response_text"]) == ("m", "Hello", "Hi")
    result = {"type": "errored", "error": REFUSED["response"] | {"request_id": "req_1"}}
    (row,) = Anthropic().tell(BESIDE | {"custom_id": "r", "result": result}, b"k")
    assert row["exchange_id"] == "req_1"
