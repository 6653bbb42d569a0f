import json

import pytest

from stillwatch.exchanges.shallow import DEEPEST, cut_text, cut_value, end_of


def nested(depth, inside="1"):
    return "[" * depth + inside + "]" * depth


@pytest.mark.parametrize(
    "text", ["1", "[]", '{"a": "[[{\\"", "b": [1, {"c": null}]}', nested(DEEPEST), nested(DEEPEST - 1, "[], []")]
)
def test_what_is_not_too_deep_stays(text):
    assert cut_text(text) == text
    assert cut_value(json.loads(text)) == json.loads(text)


@pytest.mark.parametrize("inside", ["[]", '[1, "]"]', "{}", '{"a": [[]], "b}": {}}'])
def test_what_is_too_deep_is_null(inside):
    text = f'{{"a": {nested(DEEPEST - 1, inside + ", 2, " + inside)}, "b": 3}}'
    cut = f'{{"a": {nested(DEEPEST - 1, "null, 2, null")}, "b": 3}}'
    assert cut_text(text) == cut
    assert cut_value(json.loads(text)) == json.loads(cut)


@pytest.mark.parametrize("text", ["[", '["a', '{"a": "\\"}', nested(DEEPEST * 2)[:-1]])
def test_text_that_is_cut_off_is_not_mended(text):
    assert cut_text(text) is None
    assert end_of(text, 0) == 0


def test_an_end_is_found_among_other_objects():
    assert end_of('{"a": 1}, {"b": ["}"]}, {}', 10) == 22
