import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.marks import kernel, vectors
from stillwatch.marks.bytes_of import bytes_of

SEED = np.uint64(5)


@njit
def _vector(count, desk, found):
    vectors.vector_of_words(count, SEED, desk, found)


def vector_of(*texts: list[int]) -> list[list[int]]:
    desk = kernel.desk_for(bytes_of(pa.array(["x" * 2 * max(map(len, texts), default=0)])))
    found = np.zeros((len(texts), vectors.DIMENSIONS), np.int8)
    for row, words in enumerate(texts):
        desk.words[: len(words)] = words
        _vector(len(words), desk, found[row])
    return found.tolist()


@given(st.integers(0, 2**32), st.lists(st.integers(0, 700), min_size=1, max_size=3))
def test_equals_the_reference(reference, seed, counts):
    texts = [np.random.default_rng(seed + count).integers(0, 2**63, count).tolist() for count in counts]
    assert vector_of(*texts) == [reference.vector(words, int(SEED)) for words in texts]


def test_every_text_weighs_the_same():
    for count in (1, 10, 1000):
        (found,) = vector_of(np.random.default_rng(count).integers(0, 2**63, count).tolist())
        assert 140 < np.linalg.norm(found) < 190


def test_repetition_and_order_do_not_matter():
    words = np.random.default_rng(9).integers(0, 2**63, 30).tolist()
    one, repeated, turned = vector_of(words, words * 20, words[::-1])
    assert one == repeated == turned


def test_no_words_no_vector():
    assert vector_of([]) == [[0] * vectors.DIMENSIONS]
