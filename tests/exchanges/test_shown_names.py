import pytest

from stillwatch.exchanges.shown_names import looks_like_name, name_columns, tell_names


@pytest.mark.parametrize(
    "name",
    ["id", "user.id", "gen_ai.usage.input_tokens", "Start Time UTC", "x-amz-2024", "_source/path", "a" * 64,
     "one two three four", "acct_17"],
)  # fmt: skip
def test_names_of_columns(name):
    assert looks_like_name(name)


@pytest.mark.parametrize(
    "value",
    ["", " ", "1", "4111 1111 1111 1111", "2026-11-20T10:00:00Z", "203.0.113.7", "ann@acme.example", "a" * 65,
     "How do I get home?", "where does my sister live", "sk-proj-a1b2c3d4e5f6", "b980db26-9512-45cc-b1da-c511a363b83f",
     "fe80::1", "+49 30 1234", "Größe", "私の住所は東京です", "a\nb", "{", "a\x00b", "x" * 10 + "1" * 5],
)  # fmt: skip
def test_values_of_customers(value):
    assert not looks_like_name(value)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a", "b"], "`a`, `b`"),
        (["a", "b", "c", "d"], "`a`, `b`, `c`"),
        (["a", "1", "2"], "`a` and 2 that look like values"),
        (["1", "b"], "`b` and 1 that looks like a value"),
        (["1"], "1 name that looks like a value"),
        (["1", "2", ""], "2 names that look like values"),
        ([], "no name"),
    ],
)
def test_values_are_counted_and_never_shown(names, told):
    assert tell_names(names, 3) == told


@pytest.mark.parametrize(
    ("names", "looks"),
    [(["a", "b"], True), (["a", "1"], True), (["", "a"], True), (["a", "1", "2"], False), ([], True)],
)
def test_a_first_line_names_columns_where_half_of_it_does(names, looks):
    assert name_columns(names) is looks
