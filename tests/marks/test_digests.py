import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.errors import KeyMismatch
from stillwatch.marks import digests
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.tokeniser import PADDING

KEY = bytes(range(16))


def each(*texts: bytes) -> list[int]:
    return digests.digest_each(pa.array([list(texts)], pa.list_(pa.binary())), digests.key_of(KEY)).to_pylist()[0]


@given(st.binary(max_size=40), st.binary(min_size=16, max_size=16))
def test_equals_the_reference(reference, text, key):
    given = pa.array([[text]], pa.list_(pa.binary()))
    assert digests.digest_each(given, digests.key_of(key)).to_pylist() == [[reference.siphash(text, key)]]


def test_equals_the_published_algorithm():
    # CPython hashes strings with SipHash-1-3; this value is its own for b"stillwatch" under a key of zeros.
    if sys.hash_info.algorithm != "siphash13":
        pytest.skip("this Python hashes strings with another algorithm")
    out = subprocess.run(
        [sys.executable, "-c", "print(hash(b'stillwatch'))"],
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        check=True,
    )
    found = digests.digest_each(pa.array([["stillwatch"]]), digests.key_of(bytes(16))).to_pylist()[0][0]
    assert found == int(out.stdout)


def test_another_key_gives_another_digest():
    given = pa.array([["a"]])
    assert digests.digest_each(given, digests.key_of(KEY)) != digests.digest_each(given, digests.key_of(KEY[::-1]))


def test_lists_keep_their_order_and_nulls():
    given = pa.array([["x"], ["b", "a"], None, [], ["a"]]).slice(1)
    found = digests.digest_each(given, digests.key_of(KEY)).to_pylist()
    assert found == [each(b"b", b"a"), None, [], each(b"a")]


def test_sets_ignore_order_and_repetition():
    given = pa.array([["a", "b", "c"], ["c", "a", "b", "a"], ["a", "b"], [], None])
    one, same, other, empty, null = digests.digest_sets(given, digests.key_of(KEY)).to_pylist()
    assert one == same != other
    assert empty is null is None


@pytest.mark.parametrize("key", [b"", bytes(15), bytes(17)])
def test_a_key_has_sixteen_bytes(key):
    with pytest.raises(KeyMismatch, match="wrong length"):
        digests.key_of(key)


@njit
def folded(given, row, low):
    return digests.fold_text(given, row, low)


@njit
def masked(low, size):
    return digests.mask_numbers(low, size)


@given(data=st.data())
def test_folding_equals_the_reference(data, reference, some_bytes):
    text = data.draw(some_bytes)
    around = pa.array([b"before", text, b"after" * data.draw(st.integers(0, 20))], pa.large_binary())
    low = np.empty(len(text) + PADDING, np.uint8)
    size = folded(bytes_of(around), 1, low)
    assert low[:size].tobytes() == reference.fold_text(text)


@pytest.mark.parametrize(("text", "found"), [(b"a 17 b3c45", b"a 0 b0c0"), (b"", b""), (b"123", b"0"), (b"x", b"x")])
def test_numbers_are_masked(text, found):
    low = np.frombuffer(text, np.uint8).copy()
    assert low[: masked(low, low.size)].tobytes() == found
