import hashlib
import random

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.errors import KeyMismatch
from stillwatch.marks import kernel
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.scoring import model_of
from stillwatch.marks.words import ROWS


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


PARTS = (
    "What is the use of", "der die das und ist nicht", "el los las que", "Привет мир, как дела", "你好，世界。",
    "ひらがな", '"quoted text"', '{"name": "Ann", "age": 31}', "`x = 1`", "gpt4o costs 1,200.50", "3a5017c1",
    "naïve café", "🎉 ok", "\n\n", "  \t ", "snake_case", "a" * 70, "7" * 70, "/home/ann/shop/src", "don't", "x年3",
    "é3ab", '"', "...", "B" * 64,
)  # fmt: skip


def made_texts() -> list[str | None]:
    """Some thousands of texts, the same in every version of Python."""
    draw = random.Random(11)
    pick = lambda: PARTS[int(draw.random() * len(PARTS))] + " ,"[int(draw.random() * 2)]  # noqa: E731
    texts = ["".join(pick() for _ in range(int(60 * draw.random() ** 3))) for _ in range(4000)]
    return [None if at % 50 == 7 else text for at, text in enumerate(texts)]


def test_marks_are_those_that_states_keep(stored):
    """Terms of a state and trained weights rest on these values: a sample that changes is a change of the format."""
    given = bytes_of(pa.array(made_texts(), pa.large_string()))
    numbers = np.arange(ROWS * 12, dtype=np.uint64) * np.uint64(2654435761) >> np.uint64(9)
    weights = (numbers % np.uint64(256)).astype(np.uint8).view(np.int8).reshape(ROWS, 12)
    chosen = model_of(weights, np.linspace(-1, 1, 12), 0.004, weights[:64], 0.0001)
    marks = kernel.no_marks(len(given.valid))
    kernel.mark_prompts(given, kernel.means_of(bytes(range(16)), chosen), kernel.desk_for(given), marks)
    lines = [f"{name:16}{hashlib.sha256(getattr(marks, name).tobytes()).hexdigest()}\n" for name in KEPT]
    stored("marks.txt", "".join(lines))


KEPT = (
    "words_count", "plain_count", "prompt_digest", "opening_digest", "ending_digest", "sketch", "vector", "meaning",
    "scores", "intent", "language",
)  # fmt: skip
