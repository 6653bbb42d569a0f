import json

import pytest

from stillwatch.worlds.formats.bedrock import Bedrock


def test_the_operator_joins_its_own_account_to_the_log(row):
    line = Bedrock().line(row(), [])
    assert (line["accountId"], line["account_id"]) == ("123456789012", "acct_17")
    assert (line["requestId"], line["timestamp"]) == ("x1", "2026-02-02T02:40:00Z")
    assert "exchange_id" not in line


def test_a_streamed_answer_is_logged_as_its_events(row):
    line = Bedrock().line(row(stream=True, reasoning_text="Hm."), [])
    events = line["output"]["outputBodyJson"]
    assert line["operation"] == "InvokeModelWithResponseStream"
    assert [event["type"] for event in events] == [
        "message_start",
        *["content_block_start", "content_block_delta", "content_block_stop"] * 3,
        "message_delta",
        "message_stop",
    ]
    assert json.loads(events[-4]["delta"]["partial_json"]) == {"path": "src/main.py"}


def test_a_streamed_answer_reads_as_a_whole_one(row, read):
    streamed, whole = (read("bedrock", row(stream=stream, reasoning_text="Hm.")) for stream in (True, False))
    assert streamed | {"stream": False} == whole


def test_tokens_leave_out_what_was_cached(row):
    line = Bedrock().line(row(), [])
    assert (line["input"]["inputTokenCount"], line["input"]["cacheReadInputTokenCount"]) == (24, 16)
    assert line["output"]["outputTokenCount"] == 9


@pytest.mark.parametrize(("status", "code"), [(429, "ThrottlingException"), (400, "ValidationException")])
def test_a_failed_call_has_a_code_and_no_body(row, status, code):
    line = Bedrock().line(row(status_code=status), [])
    assert (line["errorCode"], line["status_code"]) == (code, status)
    assert "outputBodyJson" not in line["output"]


def test_the_role_that_all_callers_share_is_no_end_user(row, read):
    one, two = (Bedrock().line(row(end_user_id=name), [])["identity"] for name in ("u_1", None))
    assert one == two
    assert "end_user_id" not in read("bedrock", row(end_user_id=None))
