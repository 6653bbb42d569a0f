import pytest

from stillwatch.worlds.conversations import Turn
from stillwatch.worlds.formats.anthropic import Anthropic


def test_input_does_not_count_what_was_cached(row):
    usage = Anthropic().line(row(), [])["response"]["body"]["usage"]
    assert (usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]) == (24, 16, 9)
    assert usage["output_tokens_details"] == {"thinking_tokens": 5}


@pytest.mark.parametrize(
    ("reason", "told"),
    [("stop", "end_turn"), ("length", "max_tokens"), ("tool_use", "tool_use"), (None, None)],
)
def test_the_answer_ends_in_the_words_of_the_api(row, reason, told):
    assert Anthropic().line(row(finish_reason=reason), [])["response"]["body"]["stop_reason"] == told


def test_signed_reasoning_stands_before_the_answer_it_belongs_to(row):
    history = [Turn("a", "1"), Turn("b", "2")]
    messages = Anthropic().line(row(reasoning_signatures=["sig"]), history)["request"]["messages"]
    assert messages[1] == {"role": "assistant", "content": "1"}
    assert messages[3]["content"][0] == {"type": "thinking", "thinking": "", "signature": "sig"}


@pytest.mark.parametrize(("status", "kind"), [(429, "rate_limit_error"), (500, "api_error"), (529, "overloaded_error")])
def test_a_failed_call_has_an_error_and_no_answer(row, status, kind):
    response = Anthropic().line(row(status_code=status), [])["response"]
    assert (response["status_code"], response["body"]["type"]) == (status, "error")
    assert response["body"]["error"]["type"] == kind


def test_settings_left_to_the_server_are_not_written(row):
    unset = dict.fromkeys(
        ("temperature", "top_p", "reasoning_effort", "max_tokens", "end_user_id", "conversation_id", "system_text")
    )
    request = Anthropic().line(row(**unset, tools_offered=[]), [])["request"]
    assert request.keys() == {"model", "messages"}


@pytest.mark.parametrize(("caller", "talk"), [("u_5", "c_1"), ("u_5", None), (None, "c_1"), (None, None)])
def test_user_and_conversation_come_back_from_the_one_field_for_both(row, read, caller, talk):
    told = read("anthropic", row(end_user_id=caller, conversation_id=talk))
    assert (told.get("end_user_id"), told.get("conversation_id")) == (caller, talk)
