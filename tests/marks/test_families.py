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
    packed = [bytes(row) for row in rows]
    count = len(rows)
    columns = [list(range(count)), packed, [20] * count, [1] * count]
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(columns, WORDINGS.schema, strict=True)], schema=WORDINGS.schema
    )


def test_a_chain_of_likenesses_is_no_family():
    chain = [[0] * 20 + list(range(100, 144)), [0] * 20 + [1] * 20 + list(range(200, 224)), [2] * 20 + [1] * 20]
    chain[2] = list(range(50, 70)) + [1] * 20 + list(range(144, 168))
    assert families.gather_families(sketches(*chain)).to_pydict() == {"prompt_digest": [0, 1], "wording_family": [0, 0]}


@pytest.mark.parametrize(("equal", "joined"), [(16, True), (15, False), (4, False)])
def test_a_shared_key_is_verified(equal, joined):
    one, other = list(range(64)), list(range(equal)) + list(range(100, 164 - equal))
    assert (families.gather_families(sketches(one, other)).num_rows == 2) is joined


PROMPTS = ["prompt_digest", "wording_sketch"]
ALIKE = [list(range(32 + number)) + list(range(60 * number + 1, 60 * number + 33 - number)) for number in range(4)]


def test_a_day_that_follows_none_has_the_families_of_all_its_prompts(filled, exchanges, model):
    drawn = wordings_of([text for group in filled for text in group], exchanges, model)
    continued = families.continue_families(drawn, *[drawn.select(PROMPTS).slice(0, 0)] * 2)
    assert continued.families.equals(families.gather_families(drawn))
    begun = set(continued.families["wording_family"].to_pylist())
    assert set(continued.begun["prompt_digest"].to_pylist()) == begun
    alone = set(drawn["prompt_digest"].to_pylist()) - set(continued.families["prompt_digest"].to_pylist())
    assert set(continued.alone["prompt_digest"].to_pylist()) == alone


def test_prompts_join_the_families_and_the_lone_prompts_of_the_days_before():
    rows = sketches(*ALIKE, list(range(160, 224)))
    known, today = rows.select(PROMPTS), rows.slice(2)
    as_family = families.continue_families(today, known.slice(1, 1), known.slice(0, 0))
    assert as_family.families.to_pydict() == {"prompt_digest": [2, 3], "wording_family": [1, 1]}
    assert (as_family.begun.num_rows, as_family.alone["prompt_digest"].to_pylist()) == (0, [4])
    as_lone = families.continue_families(today, known.slice(0, 0), known.slice(1, 1))
    assert as_lone.families.equals(as_family.families)
    assert as_lone.begun["prompt_digest"].to_pylist() == [1]


def test_a_prompt_asked_again_has_the_family_that_it_began():
    rows = sketches(*ALIKE[:1], list(range(160, 224)))
    known = rows.select(PROMPTS)
    found = families.continue_families(rows, known.slice(0, 1), known.slice(1, 1))
    assert found.families.to_pydict() == {"prompt_digest": [0], "wording_family": [0]}
    assert found.begun.num_rows == found.alone.num_rows == 0


def test_families_found_apart_stay_apart():
    rows = sketches(*ALIKE[:3])
    known = rows.select(PROMPTS)
    found = families.continue_families(rows.slice(2), known.slice(0, 2), known.slice(0, 0))
    assert found.families["prompt_digest"].to_pylist() == [2]
    assert found.begun.num_rows == 0
