from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from stillwatch import columns as c
from stillwatch.marks.families import gather_families
from stillwatch.marks.sketch import POSITIONS
from stillwatch.marks.spread_families import compare_neighbours, join_likes, key_wordings
from stillwatch.tables import FAMILIES, WORDINGS


def wordings(rows: int, seed: int, kept: float) -> pa.Table:
    """Prompts of a few chains: each begins as one before it, and keeps a share of its sketch."""
    draw = np.random.default_rng(seed)
    sketches = draw.integers(0, 2**8, (rows, POSITIONS), np.uint8)
    for row in range(1, rows):
        if draw.random() < 0.9:
            like = draw.integers(max(0, row - 20), row)
            same = draw.random(POSITIONS) < kept
            sketches[row, same] = sketches[like, same]
    digests = draw.choice(np.arange(-(2**40), 2**40, 2**20), rows, replace=False)
    packed = pa.FixedSizeBinaryArray.from_buffers(c.WORDING_SKETCH.type, rows, [None, pa.py_buffer(sketches.tobytes())])
    return pa.table([digests, packed, np.full(rows, 9), np.ones(rows, np.int64)], schema=WORDINGS.schema)


def cut(table: pa.Table, sizes: np.random.Generator) -> Iterator[pa.RecordBatch]:
    start = 0
    while start < table.num_rows:
        size = int(sizes.integers(1, 40))
        yield table.slice(start, size).combine_chunks().to_batches()[0]
        start += size


def spread(table: pa.Table, seed: int) -> dict[int, int]:
    """What the three functions give when batches are cut anywhere, in the order that the engine would sort."""
    sizes = np.random.default_rng(seed)
    place = [("band", "ascending"), ("wording_key", "ascending"), ("prompt_digest", "ascending")]
    given = table.select(["prompt_digest", "wording_sketch"])
    keyed = pa.Table.from_batches(key_wordings(cut(given, sizes), bits=table.num_rows.bit_length())).sort_by(place)
    like = pa.Table.from_batches(compare_neighbours(cut(keyed, sizes)))
    names = {*like["prompt_digest"].to_pylist()}
    names |= {
        *like.filter(like["like_before"])["before"].to_pylist(),
        *like.filter(like["like_first"])["first"].to_pylist(),
    }
    prompts = given.filter(pa.array([one in names for one in given["prompt_digest"].to_pylist()], pa.bool_()))
    prompts = prompts.append_column("band", pa.array([-1] * len(prompts), pa.int32()))
    prompts = prompts.append_column("wording_key", pa.array([0] * len(prompts), pa.int64()))
    rows = pa.concat_tables([prompts, like], promote_options="default").sort_by(place)
    families = list(join_likes(cut(rows, sizes)))
    found = pa.Table.from_batches(families) if families else FAMILIES.empty()
    return dict(zip(found["prompt_digest"].to_pylist(), found["wording_family"].to_pylist(), strict=True))


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.45, 0.7, 0.95])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_families_are_those_of_one_machine_however_batches_are_cut(kept, seed):
    table = wordings(400, seed, kept)
    told = gather_families(table)
    expected = dict(zip(told["prompt_digest"].to_pylist(), told["wording_family"].to_pylist(), strict=True))
    assert spread(table, seed) == expected
    assert (len(expected) > 100) == (kept > 0.4)


def test_joining_depends_on_what_was_joined_before_so_that_the_order_of_one_machine_is_kept():
    table = wordings(400, 5, 0.45)
    sizes = {len([1 for family in spread(table, 5).values() if family == one]) for one in spread(table, 5).values()}
    assert len(sizes) > 3
    assert max(sizes) < 300


def test_no_prompts_give_no_families():
    assert list(join_likes(iter([]))) == []
    assert list(compare_neighbours(iter([]))) == []
