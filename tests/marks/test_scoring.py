import numpy as np
import pyarrow as pa
import pytest

from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.meanings import load_meanings
from stillwatch.marks.scoring import model_of
from stillwatch.marks.words import ROWS, feature_rows, hash_words

KEY = bytes(16)
TEXTS = [
    "Write a hard exercise",
    "hello",
    "你好 世界 " * 300,
    " ".join(f"w{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(600)),
]


def test_equals_the_reference(reference, weights, model, exchanges):
    marks = mark_exchanges(exchanges([{"prompt_text": text} for text in TEXTS]), key=KEY, model=model)
    for text, found in zip(TEXTS, marks["intent_scores"].to_pylist(), strict=True):
        words = reference.read(text.encode())[0]
        assert [*found] == reference.scores(words, reference.meaning(words, load_meanings()), weights, model)


def test_the_rows_of_the_trainer_are_those_of_the_kernel(exchanges):
    weights = np.zeros((ROWS, 12), np.int8)
    weights[feature_rows(hash_words(pa.array(["compare both answers"]))[1]), 7] = 127
    trained = model_of(weights, np.zeros(12), 1.0)
    marks = mark_exchanges(exchanges([{"prompt_text": "Compare both answers!"}]), key=KEY, model=trained)
    assert marks["intent"].to_pylist() == ["computer use"]
    assert marks["intent_scores"].to_pylist() == [bytes([*[0] * 7, 255, *[0] * 4])]


def test_the_meaning_alone_may_decide(exchanges):
    marks = mark_exchanges(exchanges([{"prompt_text": "compare both answers"}]), key=KEY)
    vector = np.frombuffer(marks["meaning_vector"].to_pylist()[0], np.int8).astype(int)
    leaning = np.zeros((64, 12), np.int8)
    leaning[:, 4] = vector
    trained = model_of(np.zeros((ROWS, 12), np.int8), np.zeros(12), 1.0, leaning, 1e-4)
    (found,) = mark_exchanges(exchanges([{"prompt_text": "compare both answers"}]), key=KEY, model=trained)[
        "intent_scores"
    ].to_pylist()
    ahead = np.exp((vector @ vector) * 1e-4)
    assert [*found] == [round(255 * float((ahead if at == 4 else 1) / (ahead + 11))) for at in range(12)]


def test_the_first_of_equals_is_named(exchanges):
    even = model_of(np.zeros((ROWS, 12), np.int8), np.zeros(12), 1.0)
    marks = mark_exchanges(exchanges([{"prompt_text": "hi"}]), key=KEY, model=even)
    assert marks["intent"].to_pylist() == ["reasoning elicitation"]
    assert marks["intent_scores"].to_pylist() == [bytes([21] * 12)]


@pytest.mark.parametrize("shape", [(63, 12), (64, 11)])
def test_weights_of_meanings_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="broadcast"):
        model_of(np.zeros((ROWS, 12), np.int8), np.zeros(12), 1.0, np.zeros(shape, np.int8), 1.0)


@pytest.mark.parametrize("shape", [(ROWS, 11), (ROWS - 1, 12)])
def test_weights_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="broadcast"):
        model_of(np.zeros(shape, np.int8), np.zeros(12), 1.0)
