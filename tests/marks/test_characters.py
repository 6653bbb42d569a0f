import numpy as np
import pytest
from numba import njit

from stillwatch.marks import characters


@njit
def read_run(low, words):
    return characters.read_run(low, 0, words, 0)


@njit
def mix(value):
    return characters.mix(value)


def run(text: str | bytes) -> tuple[list[int], int, int]:
    given = text.encode() if isinstance(text, str) else text
    low = np.zeros(len(given) + 40, np.uint8)
    low[: len(given)] = [5 if 48 <= byte <= 57 else byte for byte in given]
    words = np.zeros(len(given) + 1, np.uint64)
    count, plain, end = read_run(low, words)
    return words[:count].tolist(), plain, end


@pytest.mark.parametrize(
    ("text", "count", "plain"),
    [
        ("naïve", 1, 1), ("你好", 2, 2), ("abc你好def", 4, 4), ("3年", 2, 1), ("é3ab", 1, 1), ("3éab中x", 3, 2),
        ("🎉🎉", 2, 2), ("a" * 70, 1, 1), ("1" * 70, 1, 0), (b"\xff\xfe", 1, 1), ("x，y", 2, 2), ("“no”", 1, 1),
    ],
)  # fmt: skip
def test_words_of_a_run(text, count, plain, reference):
    found, counted, end = run(text)
    given = text.encode() if isinstance(text, str) else text
    assert (len(found), counted, end) == (count, plain, len(given))
    assert found == reference.read(given)[0]


def test_a_run_ends_where_words_end():
    low = np.frombuffer(b"ab\x00cd".ljust(40, b"\0"), np.uint8)
    assert read_run(low, np.zeros(4, np.uint64))[2] == 2


def test_mixing_equals_the_reference(reference):
    assert mix(np.uint64(12345)) == reference.mix(12345)
