import numpy as np
import pyarrow as pa
import pytest

from stillwatch.errors import KeyMismatch
from stillwatch.marks import kernel
from stillwatch.marks.bytes_of import bytes_of


def test_repeats_are_found_and_nulls_are_none():
    texts = pa.array(
        ["same text", "other text", "same text", None, "same texT", "", "", "a" * 20, "a" * 9 + "b" + "a" * 10]
    )
    found = kernel.find_repeats(bytes_of(texts)).tolist()
    assert found == [-1, -1, 0, -1, -1, -1, 5, -1, -1]


def test_texts_alike_in_size_and_parts_are_compared_whole():
    one = "x" * 8 + "1" + "y" * 40
    found = kernel.find_repeats(bytes_of(pa.array([one, one.replace("1", "2"), one])))
    assert found[1] == -1


def test_more_texts_than_are_kept_in_mind():
    texts = pa.array([f"text number {i % 5000}" for i in range(10_000)])
    found = kernel.find_repeats(bytes_of(texts))
    rows = np.flatnonzero(found >= 0)
    assert (found[rows] % 5000 == rows % 5000).all()


def test_seeds_follow_from_the_key(model):
    one, same, other = (kernel.means_of(key, model) for key in (bytes(16), bytes(16), b"k" * 16))
    assert one.sketch_seed == same.sketch_seed != other.sketch_seed
    assert one.vector_seed not in (one.sketch_seed, other.vector_seed)


def test_a_short_key_is_refused(model):
    with pytest.raises(KeyMismatch):
        kernel.means_of(b"short", model)
