import pytest

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats.openai import OpenAI


def test_input_counts_what_was_cached(row):
    usage = OpenAI().line(row(), [])["response"]["body"]["usage"]
    assert usage == {
        "prompt_tokens": 40,
        "completion_tokens": 9,
        "total_tokens": 49,
        "prompt_tokens_details": {"cached_tokens": 16},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }


def test_signed_reasoning_stands_beside_the_answer_it_belongs_to(row):
    history = [Turn("a", "1"), Turn("b", "2")]
    messages = OpenAI().line(row(reasoning_signatures=["sig"]), history)["request"]["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert ["reasoning_details" in message for message in messages] == [False] * 4 + [True, False]


@pytest.mark.parametrize(("status", "kind"), [(429, "requests"), (500, "server_error"), (400, "invalid_request_error")])
def test_a_failed_call_has_an_error_and_no_answer(row, status, kind):
    response = OpenAI().line(row(status_code=status), [])["response"]
    assert response["status_code"] == status
    assert response["body"].keys() == {"error"}
    assert response["body"]["error"]["type"] == kind


def test_settings_left_to_the_server_are_not_written(row):
    unset = dict.fromkeys(("temperature", "top_p", "n", "logprobs", "reasoning_effort", "max_tokens", "end_user_id"))
    request = OpenAI().line(row(**unset, tools_offered=[]), [])["request"]
    assert request.keys() == {"model", "messages", "stream"}


def test_a_picture_stands_before_the_words(row):
    content = OpenAI().line(row(has_image=True), [])["request"]["messages"][-1]["content"]
    assert [part["type"] for part in content] == ["image_url", "text"]
