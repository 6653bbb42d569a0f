from functools import partial

import pyarrow as pa
import pytest

from stillwatch import columns as c
from stillwatch.engine.spread import AllBatches, EachBatch, packed, plain_batch, plain_schema, plain_type, unpacked
from stillwatch.errors import TableMismatch
from stillwatch.tables import MARKS, PROFILES, Declared

SCORES = c.Column("scores", pa.list_(pa.uint8(), 12), "twelve small numbers")
SCORED = Declared("scored", (c.EXCHANGE_ID, SCORES, c.WORDING_SKETCH), key=(c.EXCHANGE_ID,))
ROWS = pa.RecordBatch.from_arrays(
    [pa.array(["a", "b"]), pa.array([[9] * 12, None], SCORES.type),
     pa.array([None, bytes(64)], c.WORDING_SKETCH.type)], schema=SCORED.schema
)  # fmt: skip


def all_but(batch: pa.RecordBatch, bad: str) -> tuple[pa.RecordBatch, dict[int, str]]:
    names = batch.column("exchange_id").to_pylist()
    kept = pa.array([name != bad for name in names])
    return batch.filter(kept), {row: f"is {bad}" for row, name in enumerate(names) if name == bad}


def same(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


@pytest.mark.parametrize("declared", [MARKS, PROFILES, SCORED])
def test_declared_types_travel_as_types_that_every_engine_knows(declared):
    for field in plain_schema(declared.schema):
        assert plain_type(field.type) == field.type
        assert field.nullable
        assert not pa.types.is_unsigned_integer(field.type)
        assert not pa.types.is_fixed_size_list(field.type)


def test_values_are_the_same_under_plain_types():
    plain = plain_batch(ROWS, SCORED.schema)
    assert plain.schema == plain_schema(SCORED.schema)
    assert plain.to_pylist() == ROWS.to_pylist()
    assert pa.Table.from_batches([plain]).cast(SCORED.schema).to_batches() == [ROWS]


def test_rows_that_cannot_be_used_leave_their_reason():
    given = list(EachBatch(same, partial(all_but, bad="b"), SCORED)([ROWS, ROWS]))
    rows = [row for batch in given for row in batch.to_pylist()]
    assert [(row["exchange_id"], row["fault"]) for row in rows] == [("a", None), (None, "is b")] * 2


def test_a_batch_without_a_good_row_does_not_reach_the_function():
    (given,) = EachBatch(None, partial(all_but, bad="a"), SCORED)([ROWS.slice(0, 1)])
    assert given.column("fault").to_pylist() == ["is a"]


def test_what_the_function_gives_is_checked_on_the_worker():
    each = EachBatch(lambda batch: batch.select(["exchange_id"]), partial(all_but, bad="c"), SCORED)
    with pytest.raises(TableMismatch):
        list(each([ROWS]))


def test_all_batches_of_a_part_reach_the_function_in_their_order():
    counted = AllBatches(lambda batches: (batch.slice(number) for number, batch in enumerate(batches)), SCORED)
    assert [len(batch) for batch in counted([ROWS, ROWS])] == [2, 1]


def test_a_batch_is_the_same_after_it_travelled_as_bytes():
    assert [unpacked(row) for batch in packed([ROWS, ROWS]) for row in batch.column("batch").to_pylist()] == [
        ROWS,
        ROWS,
    ]
