import numpy as np
import pyarrow as pa
import pytest

from stillwatch.engine.duck import DuckEngine
from stillwatch.marks.families import gather_families
from stillwatch.marks.portions import PORTION_BYTES, Prompts, gather_at_once, gather_in_portions, keep_families
from stillwatch.tables import WORDINGS


def prompts(count, seed):
    """Rows of prompts, some asked twice: a third of them variants of a few wordings."""
    draw = np.random.default_rng(seed)
    wordings = draw.integers(0, 1 << 8, (6, 64), np.uint8)
    sketches = draw.integers(0, 1 << 8, (count, 64), np.uint8)
    for row in range(0, count, 3):
        same = draw.random(64) < 0.8
        sketches[row, same] = wordings[draw.integers(6), same]
    order = draw.permutation(np.concatenate((np.arange(count), draw.integers(0, count, count // 4))))
    digests = draw.permutation(np.arange(-count, count, 2))
    kind = WORDINGS.schema.field("wording_sketch").type
    return pa.record_batch(
        {
            "prompt_digest": pa.array(digests[order]),
            "wording_sketch": pa.array([sketches[row].tobytes() for row in order], kind),
        }
    )


def wordings_of(batch):
    rows = {row["prompt_digest"]: row["wording_sketch"] for row in batch.to_pylist()}
    ones = pa.array([1] * len(rows), pa.int64())
    kind = WORDINGS.schema.field("wording_sketch").type
    return pa.table([pa.array(list(rows)), pa.array(list(rows.values()), kind), ones, ones], schema=WORDINGS.schema)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_in_one_piece_families_are_those_of_distinct_prompts(seed, size):
    batch = prompts(300, seed)
    parts = [batch.slice(start, size) for start in range(0, batch.num_rows, size)]
    found = gather_at_once(parts, batch.num_rows)
    assert found.num_rows > 50
    assert found.equals(gather_families(wordings_of(batch)))


def test_in_portions_few_families_differ():
    batch = prompts(900, 5)
    whole = {row["prompt_digest"]: row["wording_family"] for row in gather_families(wordings_of(batch)).to_pylist()}
    found = gather_in_portions([[batch]], 250).to_pylist()
    assert len({row["prompt_digest"] for row in found}) == len(found)
    assert len(found) > 0.8 * len(whole)
    together = {}
    for row in found:
        together.setdefault(row["wording_family"], set()).add(whole.get(row["prompt_digest"]))
    assert all(len(one) == 1 for one in together.values())


def test_what_does_not_fit_is_given_back():
    batch, room = prompts(10, 6), Prompts(4)
    rest = room.add(batch)
    assert room.size == 4
    assert rest.equals(batch.slice(4))
    digests, sketches = room.distinct(in_place=True)
    assert digests.tolist() == sorted(set(batch["prompt_digest"].to_pylist()[:4]))
    assert sketches.shape == (len(digests), 64)
    assert not room.size


@pytest.mark.parametrize("in_place", [False, True])
def test_of_a_prompt_that_comes_again_the_first_sketch_is_kept(in_place):
    batch, room = prompts(40, 8), Prompts(1000)
    again = batch.set_column(1, "wording_sketch", batch["wording_sketch"].take(pa.array(range(len(batch))[::-1])))
    for part in (batch, again, again, batch):
        room.add(part)
    digests, sketches = room.distinct(in_place=in_place)
    first = {}
    for row in batch.to_pylist():
        first.setdefault(row["prompt_digest"], row["wording_sketch"])
    assert {digest: sketch.tobytes() for digest, sketch in zip(digests.tolist(), sketches, strict=True)} == first


def test_families_of_marks_are_kept(tmp_path):
    batch = prompts(60, 7)
    with DuckEngine(threads=1, folder=tmp_path) as engine:
        counts = pa.array([3] * batch.num_rows, pa.int64())
        engine.name("marks", pa.table(batch.columns, batch.schema.names).append_column("words_count", counts))
        assert keep_families(engine, 1 << 20)
        rows = engine.sql("FROM families ORDER BY prompt_digest").to_pylist()
    assert rows == gather_families(wordings_of(batch)).to_pylist()


def spread(batch):
    """The same prompts with digests over the whole range, as those of texts are."""
    digests = [row * (1 << 51) + row for row in batch["prompt_digest"].to_pylist()]
    return batch.set_column(0, "prompt_digest", pa.array(digests, pa.int64()))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("digests", [spread, lambda batch: batch])  # even; in two slices alone
def test_in_portions_the_order_of_rows_changes_no_family(tmp_path, threads, digests):
    rows, told = pa.table(digests(prompts(3000, 9))), []
    rows = rows.append_column("words_count", pa.array([3] * rows.num_rows, pa.int64()))
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(rows.num_rows)
        with DuckEngine(threads=threads, folder=tmp_path) as engine:
            engine.name("marks", rows.take(pa.array(order)))
            assert not keep_families(engine, 400 * PORTION_BYTES)
            told.append(engine.sql("FROM families ORDER BY prompt_digest").to_pylist())
    assert told[0]
    assert told[0] == told[1] == told[2]


def test_a_portion_holds_all_rows_of_its_prompts_and_no_more_than_fit(tmp_path, monkeypatch):
    rows = pa.table(spread(prompts(3000, 10)))
    rows = rows.append_column("words_count", pa.array([3] * rows.num_rows, pa.int64()))
    seen = []

    def gathered(portions, most):
        seen.extend([row for batch in portion for row in batch["prompt_digest"].to_pylist()] for portion in portions)
        assert max(map(len, seen)) <= most == 400
        return gather_in_portions([], most)

    monkeypatch.setattr("stillwatch.marks.portions.gather_in_portions", gathered)
    with DuckEngine(threads=1, folder=tmp_path) as engine:
        engine.name("marks", rows)
        keep_families(engine, 400 * PORTION_BYTES)
    assert sorted(digest for portion in seen for digest in portion) == sorted(rows["prompt_digest"].to_pylist())
    assert sum(len(set(portion)) for portion in seen) == len(set(rows["prompt_digest"].to_pylist()))
    assert min(map(len, seen[:-1])) > 350


def test_no_prompts_have_no_families():
    assert gather_at_once([], 0).num_rows == 0
    assert gather_in_portions([], 1).num_rows == 0
