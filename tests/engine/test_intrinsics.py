import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.engine import intrinsics
from stillwatch.marks.tokeniser import CLASSES

ANY_64 = st.integers(0, 2**64 - 1)


@njit
def copy8(source, at, target, to):
    intrinsics.store8(target, to, intrinsics.load8(source, at))


@njit
def fold_product(a, b):
    return intrinsics.fold_product(a, b)


@njit
def lowest_bit(value):
    return intrinsics.lowest_bit(value)


@njit
def class32(source, target):
    intrinsics.class32(source, 0, target, 0)


@njit
def fold32(source, target):
    intrinsics.fold32(source, 0, target, 0)


@njit
def slashes32(source, at):
    return intrinsics.slashes32(source, at)


@njit
def count_bits32(counts, bits):
    intrinsics.count_bits32(counts, 0, bits)


@njit
def add16(totals, weights, at):
    intrinsics.add16(totals, 0, weights, at, at, 0, at + 16)


@njit
def add64(totals, weights, at):
    intrinsics.add64(totals, 0, weights, at, 0, at, at + 1)


def test_eight_bytes_at_any_place():
    source, target = np.arange(20, dtype=np.uint8), np.zeros(12, np.uint8)
    copy8(source, 5, target, 3)
    assert target.tolist() == [0] * 3 + list(range(5, 13)) + [0]


@given(ANY_64, ANY_64)
def test_product(a, b):
    assert fold_product(np.uint64(a), np.uint64(b)) == (a * b >> 64) ^ (a * b % 2**64)


@pytest.mark.parametrize("place", [0, 1, 31, 32, 63])
def test_lowest_bit(place):
    assert lowest_bit(np.uint64(1 << 63 | 1 << place)) == place


@pytest.mark.parametrize("first", range(0, 256, 32))
def test_classes_of_all_bytes(first):
    source, target = np.arange(first, first + 32).astype(np.uint8), np.zeros(32, np.uint8)
    class32(source, target)
    for byte, found in zip(source.tolist(), target.tolist(), strict=True):
        character = chr(byte)
        if byte >= 128 or character.islower() or character == "_":
            assert found == byte
        elif character.isupper():
            assert found == byte + 32
        else:
            assert found == (5 if character.isdigit() else CLASSES.get(character, 0))


@pytest.mark.parametrize("first", range(0, 256, 32))
def test_folding_of_all_bytes(first):
    source, target = np.arange(first, first + 32).astype(np.uint8), np.zeros(32, np.uint8)
    fold32(source, target)
    assert target.tobytes() == source.tobytes().lower().translate(bytes.maketrans(b"\t\n\x0b\x0c\r", b"     "))


def test_slashes():
    source = np.frombuffer(b"xx/a\\b" + b"/" * 32, np.uint8)
    assert slashes32(source, 1) == sum(1 << place for place in (1, 3, *range(5, 32)))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=5))
def test_counts_of_bits(values):
    counts = np.zeros(32, np.uint8)
    for value in values:
        count_bits32(counts, np.uint64(value))
    assert counts.tolist() == [sum(value >> place & 1 for value in values) for place in range(32)]


def test_sums_of_weights():
    totals, weights = np.arange(16, dtype=np.int32), np.arange(-64, 64).astype(np.int8)
    add16(totals, weights, 48)
    assert totals.tolist() == [at + 2 * (at - 16) + (at - 64) + at for at in range(16)]


def test_sums_of_vectors():
    totals, weights = np.arange(64, dtype=np.int16), np.arange(-128, 128).astype(np.int8)
    add64(totals, weights, 150)
    assert totals.tolist() == [at + 2 * (at + 22) + (at - 128) + (at + 23) for at in range(64)]
