import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.engine import intrinsics
from stillwatch.engine.intrinsics import PLANES, WIDE
from stillwatch.marks.bytes_of import tail_of
from stillwatch.marks.tokeniser import CLASSES

ANY_64 = st.integers(0, 2**64 - 1)


@njit
def copy8(source, at, target, to):
    intrinsics.store8(target, to, intrinsics.load8(source, at))


@njit
def copy(source, at, target, to):
    intrinsics.put(target, to, intrinsics.take(source, at))


@njit
def fold_product(a, b):
    return intrinsics.fold_product(a, b)


@njit
def bits_of(value):
    return intrinsics.lowest_bit(value), intrinsics.count_ones(value)


@njit
def slide(low, high, bits):
    return intrinsics.slide(low, high, bits)


@njit
def classify(data, tail, at, left, low, bits):  # noqa: PLR0917
    intrinsics.classify64(data, tail, at, left, low, 0, bits, 0)


@njit
def fold(data, tail, at, low):
    return intrinsics.fold64(data, tail, at, low, 0)


@njit
def equal(data, tail, at, byte):
    return intrinsics.equal64(data, tail, at, byte)


@njit
def ends(low, at, mark):
    return intrinsics.ends64(low, at, mark)


@njit
def fetched(data, at):
    intrinsics.fetch(data, at)
    return data[at]


def mask_of(truths) -> int:
    return sum(1 << place for place, truth in enumerate(truths) if truth)


def test_eight_bytes_at_any_place():
    source, target = np.arange(20, dtype=np.uint8), np.zeros(12, np.uint8)
    copy8(source, 5, target, 3)
    assert target.tolist() == [0] * 3 + list(range(5, 13)) + [0]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int64])
def test_one_value_of_any_kind(kind):
    source, target = np.arange(9).astype(kind), np.zeros(4, kind)
    copy(source, 7, target, 2)
    assert target.tolist() == [0, 0, 7, 0]


@given(ANY_64, ANY_64)
def test_product(a, b):
    assert fold_product(np.uint64(a), np.uint64(b)) == (a * b >> 64) ^ (a * b % 2**64)


@pytest.mark.parametrize("place", [0, 1, 31, 32, 63])
def test_bits(place):
    value = 1 << 63 | 1 << place
    assert bits_of(np.uint64(value)) == (place, value.bit_count())


def test_no_bit():
    assert bits_of(np.uint64(0)) == (64, 0)


@given(ANY_64, ANY_64, st.integers(0, 63))
def test_bits_across_two_values(low, high, bits):
    assert slide(np.uint64(low), np.uint64(high), bits) == (high << 64 | low) >> bits & 2**64 - 1


def class_of(byte: int) -> int:
    character = chr(byte)
    if byte >= 128 or character.islower() or character == "_":
        return byte
    if character.isupper():
        return byte + 32
    return 5 if character.isdigit() else CLASSES.get(character, 0)


@pytest.mark.parametrize("first", range(0, 256, WIDE))
@pytest.mark.parametrize("left", [WIDE, 1000, 17])
def test_classes_of_all_bytes(first, left):
    source = np.arange(first, first + WIDE).astype(np.uint8)
    low, bits = np.empty(WIDE, np.uint8), np.empty(PLANES, np.uint64)
    classify(source, tail_of(source), 0, left, low, bits)
    wanted = [class_of(byte) if place < left else 0 for place, byte in enumerate(source.tolist())]
    assert low.tolist() == wanted
    letters = [97 <= found <= 122 for found in wanted]
    planes = (
        [not (letter or found == 95) for letter, found in zip(letters, wanted, strict=True)],
        [found >= 5 for found in wanted],
        [found >= 128 for found in wanted],
        [found in (1, 2) for found in wanted],
        letters,
    )
    assert bits.tolist() == [mask_of(plane) for plane in planes]


@pytest.mark.parametrize("first", range(0, 256, WIDE))
def test_folding_of_all_bytes(first):
    source, target = np.arange(first, first + WIDE).astype(np.uint8), np.zeros(WIDE, np.uint8)
    blanks = fold(source, tail_of(source), 0, target)
    assert target.tobytes() == source.tobytes().lower().translate(bytes.maketrans(b"\t\n\x0b\x0c\r", b"     "))
    assert blanks == mask_of(byte in b" \t\n\x0b\x0c\r" for byte in source.tolist())


@pytest.mark.parametrize("size", [1, 5, WIDE - 1, WIDE, WIDE + 1, 200])
def test_no_byte_past_the_end_is_read(size):
    source = np.frombuffer(b"/x/" * size, np.uint8)[:size]
    for at in range(size):
        found = equal(source, tail_of(source), at, np.uint8(ord("/")))
        assert found == mask_of(byte == ord("/") for byte in source[at : at + WIDE].tolist())


def test_ends_of_quotations():
    low = np.zeros(80, np.uint8)
    low[[3, 10, 70]] = 1, 3, 1
    assert ends(low, 2, np.uint8(1)) == 1 << 1 | 1 << 8
    assert ends(low, 11, np.uint8(1)) == 1 << 59


def test_asking_ahead_changes_nothing():
    assert fetched(np.arange(100), 42) == 42
