import pytest

from stillwatch.exchanges.held_elsewhere import without_earlier

TOLD = {"prompt_text": "a", "history_digests": [], "turn": 0}


@pytest.mark.parametrize(
    ("request_", "messages", "known"),
    [
        ({}, "a", True),
        ({"previous_response_id": None, "conversation": ""}, [{"role": "user", "content": "a"}], True),
        ({"previous_response_id": "resp_1"}, "a", False),
        ({"conversation": "conv_1"}, "a", False),
        ({"conversation": {"id": "conv_1"}}, None, False),
        ({}, [{"type": "item_reference", "id": "i"}, "a"], False),
    ],
)
def test_what_came_before_is_told_where_the_request_holds_it(request_, messages, known):
    assert without_earlier(TOLD, request_, messages) == (TOLD if known else {"prompt_text": "a"})
