from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.marks import sketch

SEED = np.uint64(77)


class Room(NamedTuple):
    lowest: np.ndarray
    mixed: np.ndarray


@njit
def _sketch(words, count, room, found):
    sketch.sketch_words(words, count, SEED, room, found)


def sketch_of(words: list[int]) -> list[int]:
    found = np.zeros(64, np.uint8)
    room = Room(np.empty(64, np.uint32), np.empty(sketch.MIXED, np.uint64))
    _sketch(np.array([*words, *[0] * 8], np.uint64), len(words), room, found)
    return found.tolist()


def numbers(seed: int, count: int) -> list[int]:
    return np.random.default_rng(seed).integers(0, 2**63, count).tolist()


@given(st.integers(0, 2**32), st.integers(0, 200))
def test_equals_the_reference(reference, seed, count):
    words = numbers(seed, count)
    assert sketch_of(words) == reference.sketch(words, int(SEED))


def test_repetition_says_nothing_new(reference):
    words = numbers(1, 3) * 40
    assert sketch_of(words) == reference.sketch(words, int(SEED)) != sketch_of(words[:-1])


def test_equal_positions_estimate_the_share():
    shared, equal = numbers(3, 1500), []
    for seed in range(10, 30):
        one, other = (numbers(seed * 7 + side, 500) for side in (0, 1))
        equal.append(np.mean(np.array(sketch_of(shared + one)) == np.array(sketch_of(shared + other))))
    assert abs(np.mean(equal) - 1500 / 2500) < 0.04


def test_keys_follow_from_four_positions():
    rows = np.arange(128, dtype=np.uint8).reshape(2, 64).copy()
    rows[1, 4:8] = rows[0, 4:8]
    keys = sketch.wording_keys(rows)
    assert keys.shape == (2, sketch.BANDS)
    assert np.flatnonzero(keys[0] == keys[1]).tolist() == [1]
    assert len(np.unique(keys)) == 31
