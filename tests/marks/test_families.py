import random

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.errors import TableMismatch
from stillwatch.marks import families
from stillwatch.marks.mark import mark_exchanges
from stillwatch.tables import FAMILIES, WORDINGS

KEY = bytes(16)
TEMPLATES = [
    "You are grading a model answer. Score it on correctness, depth and style with the rubric below, and say why: {}",
    "Write a hard exercise that is inspired by the following text together with a reference solution and tests: {}",
]
NOUNS = [
    "river",
    "stone",
    "lamp",
    "garden",
    "engine",
    "violin",
    "harbour",
    "cloud",
    "letter",
    "bridge",
    "copper",
    "forest",
    "mirror",
    "ladder",
    "anchor",
]


def wordings_of(texts: list[str], exchanges, model) -> pa.Table:
    marks = mark_exchanges(exchanges([{"prompt_text": text} for text in texts]), key=KEY, model=model)
    names = ["prompt_digest", "wording_sketch", "words_count"]
    return pa.table([*(marks[name] for name in names), pa.array([1] * len(texts))], schema=WORDINGS.schema)


@pytest.fixture(scope="module")
def filled() -> list[list[str]]:
    """Two templates, each filled with three nouns of its own draw, and as many texts without a template."""
    draw = random.Random(5)
    slots = [" ".join(draw.sample(NOUNS, 3)) for _ in range(40)]
    loose = [" ".join(draw.choices(NOUNS, k=14)) for _ in range(40)]
    return [[template.format(slot) for slot in slots] for template in TEMPLATES] + [loose]


def family_of(wordings: pa.Table) -> dict[int, int]:
    found = families.gather_families(wordings)
    FAMILIES.check(found, "the test")
    return dict(zip(found["prompt_digest"].to_pylist(), found["wording_family"].to_pylist(), strict=True))


def test_templates_are_told_apart(filled, exchanges, model):
    texts = [text for group in filled for text in group]
    wordings = wordings_of(texts, exchanges, model)
    found = family_of(wordings)
    digests = wordings["prompt_digest"].to_pylist()
    first, second, loose = (set(digests[at : at + 40]) for at in (0, 40, 80))
    assert {found[digest] for digest in first} == {min(first)}
    assert {found[digest] for digest in second} == {min(second)}
    assert not loose & set(found)


def test_order_of_rows_does_not_matter(filled, exchanges, model):
    wordings = wordings_of(filled[0] + filled[2], exchanges, model)
    order = np.random.default_rng(2).permutation(len(wordings))
    assert families.gather_families(wordings.take(order)).equals(families.gather_families(wordings))


def test_short_prompts_join_only_when_masked_alike(exchanges, model):
    texts = ["add 3 to 4", "add 99 to 1", "add three to four", "add 3 to 4!", "7", "???", ""]
    wordings = wordings_of(texts, exchanges, model)
    found = family_of(wordings)
    digests = wordings["prompt_digest"].to_pylist()
    assert set(found) == {digests[0], digests[1], digests[3]}


def test_an_empty_table_has_no_families():
    assert families.gather_families(WORDINGS.empty()).equals(FAMILIES.empty())


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(TableMismatch):
        families.gather_families(WORDINGS.empty().drop_columns("words_count"))


def sketches(*rows: list[int]) -> pa.Table:
    packed = [np.array(row, "<u2").tobytes() for row in rows]
    count = len(rows)
    columns = [list(range(count)), packed, [20] * count, [1] * count]
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(columns, WORDINGS.schema, strict=True)], schema=WORDINGS.schema
    )


def test_a_chain_of_likenesses_is_no_family():
    chain = [[0] * 20 + list(range(100, 144)), [0] * 20 + [1] * 20 + list(range(200, 224)), [2] * 20 + [1] * 20]
    chain[2] = list(range(300, 320)) + [1] * 20 + list(range(400, 424))
    assert families.gather_families(sketches(*chain)).to_pydict() == {"prompt_digest": [0, 1], "wording_family": [0, 0]}


@pytest.mark.parametrize(("equal", "joined"), [(16, True), (15, False), (4, False)])
def test_a_shared_key_is_verified(equal, joined):
    one, other = list(range(64)), list(range(equal)) + list(range(1000, 1064 - equal))
    assert (families.gather_families(sketches(one, other)).num_rows == 2) is joined
