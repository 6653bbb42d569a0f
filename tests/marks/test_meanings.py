from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.marks import kernel
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.described import describe_prompts
from stillwatch.marks.meanings import (
    LARGEST,
    MEANING_DIMENSIONS,
    MEANING_ROWS,
    PAIRS,
    load_meanings,
    meaning_of_words,
    meanings_of,
    pick_known,
    rows_of_words,
)


@njit
def _meaning(count, meanings, desk, found):
    meaning_of_words(pick_known(count, meanings, desk), meanings, desk, found)


def meaning_of(words, meanings):
    desk = kernel.desk_for(bytes_of(pa.array(["x" * 2 * max(1, len(words))])))
    found = np.zeros(MEANING_DIMENSIONS, np.int8)
    desk.words[: len(words)] = words
    _meaning(len(words), meanings, desk, found)
    return found.tolist()


@given(st.integers(0, 2**32), st.integers(0, 700))
def test_equals_the_reference(reference, meanings, seed, count):
    words = np.random.default_rng(seed).integers(0, 2**63, count).tolist()
    assert meaning_of(words, meanings) == reference.meaning(words, meanings)


def test_400_words_of_the_largest_parts_stay_within_16_bits(reference):
    rows = np.arange(MEANING_ROWS)
    vectors = np.full((MEANING_ROWS, MEANING_DIMENSIONS), LARGEST, np.int8)
    largest = meanings_of(rows, vectors, np.zeros(PAIRS >> 6, np.uint64))
    assert meaning_of(list(range(600)), largest) == reference.meaning(list(range(600)), largest)
    assert min(meaning_of(list(range(600)), largest)) > 0


def test_order_and_unknown_words_do_not_matter_and_repetition_does(meanings):
    known = meanings.vectors.reshape(-1, MEANING_DIMENSIONS).any(axis=1)
    words = np.random.default_rng(9).integers(0, 2**63, 60).astype(np.uint64)
    rows, _ = rows_of_words(words)
    met = words[known[rows]].tolist()
    assert len(met) < len(words)
    one = meaning_of(met, meanings)
    assert one == meaning_of(met[::-1], meanings) == meaning_of(words.tolist(), meanings)
    assert one != meaning_of([*met, *met[:1] * 5], meanings)


def test_no_known_word_no_vector(meanings):
    assert meaning_of([], meanings) == [0] * MEANING_DIMENSIONS


def test_rows_and_places_equal_the_reference(reference):
    words = [5, 2**63 + 7, 11]
    rows, places = rows_of_words(np.array(words, np.uint64))
    assert rows.tolist() == [reference.mix(word) >> 47 for word in words]
    pairs = [reference.mix((a * reference.K2 + b) & reference.M64) >> 44 for a, b in pairwise(words)]
    assert places.tolist() == [-1, *pairs]


def test_the_shipped_vectors_are_whole():
    shipped = load_meanings()
    vectors = shipped.vectors.reshape(-1, MEANING_DIMENSIONS)
    assert vectors.shape[0] == MEANING_ROWS
    assert np.abs(vectors.astype(int)).max() == LARGEST
    known = np.unpackbits(shipped.known.astype("<u8").view(np.uint8), bitorder="little").astype(bool)
    assert (known == vectors.any(axis=1)).all()
    assert 20_000 < known.sum() < MEANING_ROWS


@pytest.mark.parametrize(
    ("one", "alike", "other"),
    [
        ("How do I cook rice and beans?", "recipe for a soup of beans", "write a python function that sorts a list"),
        ("my card was declined at the shop", "the bank refused my payment", "what is the capital of Norway"),
        ("fix the bug in this function", "debug my javascript code", "plan a holiday in Spain with children"),
    ],
)  # fmt: skip
def test_prompts_about_one_thing_point_one_way(one, alike, other):
    vectors = describe_prompts(pa.array([one, alike, other]))[:, :MEANING_DIMENSIONS].astype(float)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
