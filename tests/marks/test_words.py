import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.marks.words import ROWS, WORDS_SCORED, feature_rows, hash_words


def test_nulls_and_slices():
    texts = pa.array(["zero", "one two", None, "", "three"], pa.large_string())
    offsets, hashes = hash_words(texts.slice(1))
    assert offsets.tolist() == [0, 2, 2, 2, 3]
    assert hashes[2] == hash_words(pa.array(["three"]))[1][0]


def test_no_texts():
    offsets, hashes = hash_words(pa.array([], pa.string()))
    assert (offsets.tolist(), hashes.tolist()) == ([0], [])


def test_five_megabytes():
    offsets, hashes = hash_words(pa.array(["word 年 " * 500_000]))
    assert offsets.tolist() == [0, 1_000_000]
    assert len(np.unique(hashes)) == 2


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_feature_rows_equal_the_reference(reference, hashes):
    assert feature_rows(np.array(hashes, np.uint64)).tolist() == sorted(reference.rows(hashes))


def test_only_the_first_words_switch_on_rows():
    hashes = np.random.default_rng(1).integers(0, 2**63, 2 * WORDS_SCORED).astype(np.uint64)
    rows = feature_rows(hashes)
    assert rows.tolist() == feature_rows(hashes[:WORDS_SCORED]).tolist()
    assert rows.max() < ROWS
