import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.errors import KeyMismatch, TableMismatch
from stillwatch.marks import kernel
from stillwatch.marks.intents import INTENTS
from stillwatch.marks.mark import MARKS_FORM, READ, mark_exchanges
from stillwatch.tables import EXCHANGES, MARKS

KEY = bytes(range(16))


def expected(text: bytes, reference, weights, model) -> dict:
    means = kernel.means_of(KEY, model)
    words, worded = reference.read(text)
    scores = reference.scores(words, reference.meaning(words, means.meanings), weights, model)
    long = worded and len(words) >= 12
    return {
        "prompt_digest": reference.prompt_digest(text, KEY),
        "words_count": len(words),
        "prompt_bytes": len(text),
        "opening_digest": reference.digest_words(words[:8], KEY) if long else None,
        "ending_digest": reference.digest_words(words[-8:], KEY) if long else None,
        "wording_sketch": bytes(reference.sketch(words, int(means.sketch_seed))) if worded else None,
        "wording_vector": np.array(reference.vector(words, int(means.vector_seed)), np.int8).tobytes()
        if worded
        else None,
        "meaning_vector": np.array(reference.meaning(words, means.meanings), np.int8).tobytes() if worded else None,
        "intent_scores": bytes(scores) if worded else None,
    }


@pytest.fixture(scope="module")
def expect(reference, weights, model):
    return lambda text: expected(text, reference, weights, model)


@settings(max_examples=60)
@given(data=st.data())
def test_equals_the_reference(data, expect, exchanges, some_bytes, model):
    texts = data.draw(st.lists(some_bytes, min_size=1, max_size=4))
    systems = data.draw(st.lists(st.none() | some_bytes, min_size=len(texts), max_size=len(texts)))
    rows = [{"prompt_text": t, "system_text": s} for t, s in zip(texts, systems, strict=True)]
    marks = mark_exchanges(exchanges(rows), key=KEY, model=model)
    wanted = [expect(text) for text in texts]
    assert marks.select(list(wanted[0])).to_pylist() == wanted


def test_system_digests_equal_the_reference(reference, exchanges, model):
    systems = ["You are app 17.", None, " you ARE  app 4. ", "You are app 17.", "", "You are app seven."]
    marks = mark_exchanges(exchanges([{"system_text": text} for text in systems]), key=KEY, model=model)
    found = marks["system_digest"].to_pylist()
    assert found == [None if text is None else reference.system_digest(text.encode(), KEY) for text in systems]
    assert found[0] == found[2] != found[5]


@pytest.fixture(scope="module")
def many(exchanges) -> pa.RecordBatch:
    draw = np.random.default_rng(4)
    vocabulary = ["solve", "this", "17", "中文", '"quoted"', "naïve", "/home/ann/shop", "the", "of", "\n", "🎉", "data"]
    rows = [
        {
            "prompt_text": None if i % 17 == 0 else " ".join(draw.choice(vocabulary, draw.integers(0, 90))),
            "system_text": None if i % 5 == 0 else f"You are assistant {i % 7} in github.com/acme/api{i % 3}",
            "tools_offered": [["a", "b"], ["b", "a"], [], None][i % 4],
            "reasoning_signatures": [None, [], ["s1", "s2"]][i % 3],
            "history_digests": [i, 2],
            "model": "atlas",
            "response_text": "secret answer",
        }
        for i in range(300)
    ]
    return exchanges(rows)


# One line for each form, and no line is ever changed: states of other marks cannot be gone on with.
MARKED = {1: "109703c72999383b7c10736794f229cd", 2: "001fb7fce30caa61b7291443eccc083c"}


def test_the_same_text_has_other_marks_only_in_another_form(many):
    marks = mark_exchanges(many, key=KEY)
    texts = [name for name in MARKS.names if name not in {*EXCHANGES.names, "intent", "intent_scores"}]
    told = hashlib.sha256(repr(marks.select(texts).to_pylist()).encode()).hexdigest()
    assert told[:32] == MARKED[MARKS_FORM], "add 1 to `MARKS_FORM`, and a line here"


def test_gives_marks_and_passes_the_rest_through(many, model):
    marks = mark_exchanges(many, key=KEY, model=model)
    MARKS.check(marks, "the test")
    for name in set(MARKS.names) & set(EXCHANGES.names):
        assert marks[name].equals(many[name])
    assert set(marks["intent"].to_pylist()) <= {*INTENTS, None}


def test_batching_does_not_matter(many, model):
    whole = mark_exchanges(many, key=KEY, model=model)
    for size in (1, 7, 299):
        parts = [mark_exchanges(many.slice(at, size), key=KEY, model=model) for at in range(0, len(many), size)]
        assert pa.Table.from_batches(parts).combine_chunks().to_batches()[0].equals(whole)


def test_order_does_not_matter(many, model):
    order = np.random.default_rng(1).permutation(len(many))
    whole = mark_exchanges(many, key=KEY, model=model)
    assert mark_exchanges(many.take(pa.array(order)), key=KEY, model=model).equals(whole.take(pa.array(order)))


def test_threads_do_not_matter(many, model):
    whole = mark_exchanges(many, key=KEY, model=model)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: mark_exchanges(many, key=KEY, model=model), range(32)):
            assert found.equals(whole)


def test_five_megabytes_of_prompt(exchanges, model):
    texts = [
        "word 17 " * 650_000,
        "中" * 1_700_000,
        "a" * 5_000_000,
        "\n" * 5_000_000,
        '"' * 5_000_000,
        b"\xff" * 5_000_000,
    ]
    marks = mark_exchanges(exchanges([{"prompt_text": text} for text in texts]), key=KEY, model=model)
    assert marks["words_count"].to_pylist() == [1_300_000, 1_700_000, 1, 0, 0, 1]


def test_no_rows(exchanges, model):
    MARKS.check(mark_exchanges(exchanges([]), key=KEY, model=model), "the test")


def test_bare_exchanges_show_nothing(exchanges, model):
    (row,) = mark_exchanges(exchanges([{}]), key=KEY, model=model).to_pylist()
    assert {name for name, value in row.items() if value is not None} == {"exchange_id", "asked_at", "account_id"}


def test_plain_strings_and_fewer_columns_will_do(many, model):
    narrow = many.select(list(READ.names))
    plain = [c.cast(pa.string()) if pa.types.is_large_string(c.type) else c for c in narrow.columns]
    given = pa.RecordBatch.from_arrays(plain, names=narrow.schema.names)
    assert mark_exchanges(given, key=KEY, model=model).equals(mark_exchanges(many, key=KEY, model=model))


def test_the_key_changes_every_keyed_mark(exchanges, model):
    text = "Explain in your own words how the tide follows the moon around the earth in /home/ann/api"
    row = {"prompt_text": text, "system_text": text, "tools_offered": ["a"], "reasoning_signatures": ["s"]}
    one, other = (mark_exchanges(exchanges([row]), key=key, model=model).to_pylist()[0] for key in (KEY, KEY[::-1]))
    same = {name for name in one if one[name] == other[name] and one[name] is not None}
    assert same == {
        "exchange_id", "asked_at", "account_id", "intent", "intent_scores", "language", "meaning_vector",
        "prompt_bytes", "words_count",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Sum 1 and 2", "sum  1 AND\n2 ", True),
        ("Sum 1 and 2", "Sum 1 and 3", False),
        ("Sum 1 and 2", "Sum 1, and 2", False),
    ],
)
def test_prompt_digest_keeps_numbers(one, other, alike, exchanges, model):
    marks = mark_exchanges(exchanges([{"prompt_text": one}, {"prompt_text": other}]), key=KEY, model=model)
    assert (len(set(marks["prompt_digest"].to_pylist())) == 1) is alike


def test_wrong_input_is_refused(many, model):
    with pytest.raises(TableMismatch):
        mark_exchanges(many.drop_columns(["prompt_text"]), key=KEY, model=model)
    with pytest.raises(KeyMismatch):
        mark_exchanges(many, key=b"", model=model)
