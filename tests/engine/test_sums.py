import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.engine import sums

K1 = 0xD6E8FEB86659FD93
M64 = 2**64 - 1
scale, square_sum = sums.scale_of(64), sums.square_sum_of(64)


def mixed(value: int) -> int:
    value = ((value ^ value >> 32) * K1) & M64
    return value ^ value >> 29


@njit
def mix8(words, seed, target):
    sums.mix8(words, 2, np.uint64(3), np.uint64(5), seed, np.uint64(7), np.uint64(K1), target, 0)


@njit
def mix_alone8(words, seed, target):
    sums.mix_alone8(words, 1, seed, np.uint64(K1), target, 0)


@njit
def equal64(rows, one, other):
    return sums.equal64(rows, one, other)


@njit
def count_bits(counts, values, count):
    sums.count_bits32(counts, values, count)


@njit
def sum_rows64(totals, vectors, hashes, count):
    sums.sum_rows64(totals, vectors, hashes, count, np.uint64(60))


@njit
def sum_rows16(totals, weights, rows, start, count):
    sums.sum_rows16(totals, weights, rows, start, count)


@njit
def lean16(totals, vector, matrix):
    sums.lean16(totals, vector, matrix, vector.size)


@njit
def scaled(parts, factor, length, target):
    scale(parts, factor, length, target)
    return square_sum(parts)


@njit
def cut64(values, target):
    sums.cut64(values, target)


def draw(kind, size, seed=1):
    limits = np.iinfo(kind)
    return np.random.default_rng(seed).integers(limits.min, limits.max, size, kind)


def test_eight_hashes_of_three_words_each():
    words, target = draw(np.uint64, 10), np.empty(8, np.uint64)
    mix8(words, np.uint64(99), target)
    given = words.tolist()
    assert target.tolist() == [
        mixed((((given[at] + given[at - 1] * 3 + given[at - 2] * 5) & M64) ^ 99) * 7 & M64) for at in range(2, 10)
    ]


def test_eight_hashes_of_one_word_each():
    words, target = draw(np.uint64, 9), np.empty(8, np.uint64)
    mix_alone8(words, np.uint64(99), target)
    assert target.tolist() == [mixed(word ^ 99) for word in words.tolist()[1:]]


@given(st.lists(st.integers(0, M64), max_size=30))
def test_counts_of_bits(values):
    counts = np.arange(32, dtype=np.int32)
    count_bits(counts, np.array([*values, 0], np.uint64), len(values))
    assert counts.tolist() == [place + sum(value >> place & 1 for value in values) for place in range(32)]


def test_all_bits_of_as_many_as_may_be():
    counts = np.zeros(32, np.int32)
    count_bits(counts, np.full(255, M64, np.uint64), 255)
    assert set(counts.tolist()) == {255}


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_places_in_which_two_rows_are_equal(share):
    draw = np.random.default_rng(3)
    rows = draw.integers(0, 1 << 8, (5, 64)).astype(np.uint8)
    rows[3] = np.where(draw.random(64) < share, rows[1], ~rows[1])
    assert equal64(rows, 1, 3) == equal64(rows, 3, 1) == np.count_nonzero(rows[1] == rows[3])
    assert [equal64(rows, row, row) for row in range(5)] == [64] * 5


@pytest.mark.parametrize("count", [0, 1, 7, 200])
def test_sums_of_vectors(count):
    totals, vectors, hashes = np.ones(64, np.int16), draw(np.int8, 16 * 64), draw(np.uint64, 200)
    sum_rows64(totals, vectors, hashes, count)
    rows = (hashes[:count] >> np.uint64(60)).astype(int)
    assert totals.tolist() == vectors.reshape(16, 64)[rows].sum(axis=0, dtype=int).tolist()


@pytest.mark.parametrize(("start", "count"), [(0, 0), (3, 5), (0, 255)])
def test_sums_of_weights(start, count):
    weights, rows = np.full((9, 16), -128, np.int8), draw(np.uint16, 300) % 9
    totals = np.arange(16, dtype=np.int32)
    sum_rows16(totals, weights.ravel(), rows.astype(np.uint16), start, count)
    assert totals.tolist() == [place - 128 * count for place in range(16)]


def test_product_with_a_matrix():
    totals, vector, matrix = np.ones(16, np.int32), draw(np.int8, 64), draw(np.int8, 64 * 16, 2)
    lean16(totals, vector, matrix)
    assert totals.tolist() == (vector.astype(int) @ matrix.reshape(64, 16).astype(int)).tolist()


@given(st.integers(0, 2**32), st.sampled_from([1, 30, 1000, 32000]))
def test_scaling_to_a_length(seed, widest):
    parts = np.random.default_rng(seed).integers(-widest, widest + 1, 64).astype(np.int16)
    parts[0] = 1
    given, target = parts.tolist(), np.empty(64, np.int8)
    length = math.isqrt(sum(part * part for part in given) << 16)
    assert scaled(parts, 300 * 256, length, target) == sum(part * part for part in given)
    sizes = [min((abs(part) * 300 * 256 + length // 2) // length, 127) for part in given]
    assert target.tolist() == [size if part > 0 else -size for size, part in zip(sizes, given, strict=True)]


def test_cutting_to_eight_bits(reference_cut):
    values, target = draw(np.uint32, 64), np.empty(64, np.uint8)
    cut64(values, target)
    assert target.tolist() == [reference_cut(value) for value in values.tolist()]


@pytest.fixture
def reference_cut():
    def cut(value: int) -> int:
        value = (value ^ value >> 16) * 0x45D9F3B & 0xFFFFFFFF
        return ((value ^ value >> 15) * 0x2C1B3C6D & 0xFFFFFFFF) >> 24

    return cut
