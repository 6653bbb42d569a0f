import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.marks.described import DESCRIBED, STYLE, describe_prompts
from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.meanings import MEANING_DIMENSIONS


@settings(max_examples=60)
@given(data=st.data())
def test_equals_the_reference(data, some_bytes, reference, meanings):
    texts = data.draw(st.lists(some_bytes, min_size=1, max_size=4))
    found = describe_prompts(pa.array(texts, pa.binary()), meanings)
    assert found.tolist() == [reference.described(text, meanings) for text in texts]


def test_long_prompts_equal_the_reference(reference, meanings):
    texts = [b"word, " + b"Other 17 " * 900, b"\xe4\xb8\xad" * 900, b"A" * 70_000]
    found = describe_prompts(pa.array(texts, pa.binary()), meanings)
    assert found.tolist() == [reference.described(text, meanings) for text in texts]


def test_nulls_slices_and_no_texts():
    texts = pa.array(["zero", "How are you?", None, "", "three"])
    found = describe_prompts(texts)
    assert found.shape == (5, DESCRIBED) == (5, MEANING_DIMENSIONS + len(STYLE))
    assert not found[2:4].any()
    assert (describe_prompts(texts.slice(1, 2)) == found[1:3]).all()
    assert describe_prompts(texts.slice(0, 0)).shape == (0, DESCRIBED)


def test_the_meaning_is_the_mark(exchanges, model):
    texts = ["Compare the cost of the two plans", "中文字符", "x = 1"]
    marked = mark_exchanges(exchanges([{"prompt_text": text} for text in texts]), key=bytes(16), model=model)
    found = describe_prompts(pa.array(texts))[:, :MEANING_DIMENSIONS]
    assert marked["meaning_vector"].to_pylist() == [row.astype(np.int8).tobytes() for row in found]


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("", "bytes", 0), ("abc", "bytes", 20), ("one two three", "words", 20), ("what is this", "known words", 255),
        ("of the zzqxq", "known pairs", 128), ("qqzzx", "known words", 0), ("a,b", "punctuation", 85),
        ("a11b", "digits", 128), ("aBCD", "capitals", 191),
    ],
)  # fmt: skip
def test_style(text, style, value):
    (row,) = describe_prompts(pa.array([text]))
    assert row[MEANING_DIMENSIONS + STYLE.index(style)] == value
