from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.engine.intrinsics import PLANES, WIDE
from stillwatch.marks.tokeniser import PADDING, room_for
from stillwatch.marks.words import hash_words


def words(*texts: bytes | str) -> list[list[int]]:
    offsets, hashes = hash_words(pa.array([t.encode() if isinstance(t, str) else t for t in texts], pa.binary()))
    return [hashes[a:b].tolist() for a, b in pairwise(offsets)]


@given(data=st.data())
def test_equals_the_reference(data, reference, some_bytes):
    texts = data.draw(st.lists(some_bytes, max_size=4))
    assert words(*texts) == [reference.read(text)[0] for text in texts]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add 17 to 4", "add 2 to 1999"),
        ('Translate "good day" now', 'translate "a" NOW'),
        ("run `ls -l` here", "run `rm x` here"),
        ("model gpt4o wins", "model gpt5 wins"),
        ("id 3a5017c1 is", "id 99ff is"),
        ("你好，世界", "你好 世界"),
        ("“no” don’t", "no don t"),
        ("word\u00a0word", "word word"),
        ('x "" y', "x y"),
    ],
)
def test_same_words(one, other):
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0), ("...", 0), ("one two", 2), ("snake_case", 1), ("naïve café", 2), ("你好", 2), ("🎉🎉", 2), ("3年", 2),
        ('{"name": "Ann B", "age": 31}', 4), ('"only this"', 2), ('a "' + "x y " * 60 + '"', 121), ('a "b\nc" d', 4),
        ("12 34", 2), (b"caf\xe9 ol\xe9", 2), (b"\xff\xfe\xe2\x80", 1),
    ],
)  # fmt: skip
def test_counts(text, count):
    assert len(words(text)[0]) == count


@pytest.mark.parametrize(
    ("one", "other"), [("a b", "b a"), ("ab", "a"), ("abcdefgh", "abcdefg"), ("a1", "a"), ("é", "è")]
)
def test_different_words(one, other):
    assert words(one) != words(other)


def test_words_ahead_of_the_end_of_the_buffer_are_read_alike():
    text = "the quick brown fox jumps over the lazy dog again"
    assert words(text, "") == [*words(text, "x" * 100)[:1], []]


def test_room_fits_the_longest_text():
    room = room_for(np.array([0, 3, 10]))
    assert (room.low.size, room.bits.size, room.words.size) == (7 + PADDING, 2 * PLANES, 4 + WIDE)
