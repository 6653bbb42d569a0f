import pytest

from stillwatch.exchanges import decoded


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ("a[-1]", ("a", -1)),
        ("[2]", (2,)),
        ('a["b.c"].d', ("a", "b.c", "d")),
        ("", None),
        (".a", None),
        ("a[", None),
        ("a[x]", None),
        ("a.", None),
        ("a..b", None),
    ],
)
def test_paths(path, steps):
    assert decoded.path_steps(path) == steps


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        ({"a": [{"b": 1}]}, "a[0].b", 1),
        ({"a": [1, 2]}, "a[-1]", 2),
        ({"a": [1]}, "a[5]", None),
        ({"a": 1}, "a.b", None),
        ({"a": '{"b": [7]}'}, "a.b[0]", 7),
        ({"a.b": 1}, '["a.b"]', 1),
        ({"a": "{no json"}, "a.b", None),
        (None, "a", None),
    ],
)
def test_following(value, path, found):
    assert decoded.follow(value, decoded.path_steps(path)) == found


@pytest.mark.parametrize(
    ("value", "path", "astray"),
    [
        ({"a": [{"b": 1}]}, "a[0].b", False),
        ({"a": [{"b": None}]}, "a[-1].b", False),
        ({"a": None}, "a.b", False),
        ({"a": '{"b": [7]}'}, "a.b[0]", False),
        (None, "a", False),
        ({"a": 1}, "b", True),
        ({"a": 1}, "a.b", True),
        ({"a": [1]}, "a[1]", True),
        ({"a": [1]}, "a.b", True),
        ({"a": {"b": 1}}, "a[0]", True),
        ({"a": "{no json"}, "a.b", True),
    ],
)
def test_a_path_strays_where_a_step_is_missing(value, path, astray):
    assert decoded.strays(value, decoded.path_steps(path)) is astray


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        (" [1]", [1]),
        ("[not", "[not"),
        ("text", "text"),
        ("", ""),
        (5, 5),
        ("[" * 9999, "[" * 9999),
    ],
)
def test_opening(value, found):
    assert decoded.opened(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (3, 3),
        (3.0, 3),
        ("12", 12),
        (0, 0),
        (-1, None),
        (True, None),
        ("x", None),
        (None, None),
        (float("nan"), None),
        (1e300, None),
        ("9" * 5_000, None),
        ([1], None),
    ],
)
def test_counts(value, found):
    assert decoded.count(value) == found


def test_a_later_layer_wins_where_it_says_something():
    assert decoded.layered({"a": 1, "b": 2}, {"a": None, "b": "", "c": 0}) == {"a": 1, "b": 2, "c": 0}
    assert decoded.first(None, "", 0, 5) == 0
    assert decoded.at({"a": {"b": 1}}, "a", "b") == 1
    assert decoded.at({"a": [1]}, "a", "b") is None
    assert decoded.objects([{"a": 1}, 2, None]) == [{"a": 1}]
    assert decoded.objects({"a": 1}) == []
