"""Rows that stand on several machines: what a stage does with each batch of them, there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from stillwatch.tables import Declared

FAULT = pa.field("fault", pa.string())
Ready: TypeAlias = Callable[[pa.RecordBatch], tuple[pa.RecordBatch, Mapping[int, str]]]


@dataclass(frozen=True)
class Spread:
    """Rows that the engine itself reads.

    Attributes
    ----------
    rows
        As the engine holds them.
    ready
        Makes a batch of them ready for a stage; also gives what is wrong with those that cannot be used, by position.
    kept
        Where a stream has kept what the stage gives; then there are no rows.
    """

    rows: Any
    ready: Ready
    kept: str | None = None


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type under which values of a declared type travel: engines know fewer types than Arrow."""
    if pa.types.is_fixed_size_binary(kind):
        return pa.binary()
    if pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind):
        return pa.list_(plain_type(kind.value_type))
    wider = {pa.large_string(): pa.string(), pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64()}
    return wider.get(kind, kind)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema with plain types, every column nullable."""
    return pa.schema([pa.field(field.name, plain_type(field.type)) for field in schema])


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the columns of a schema, under its plain types."""
    plain = plain_schema(schema)
    return pa.RecordBatch.from_arrays([batch.column(one.name).cast(one.type) for one in plain], schema=plain)


@dataclass(frozen=True)
class EachBatch:
    """A function over batches, with the reason beside each row that could not be used; runs on the workers."""

    function: Callable[[pa.RecordBatch], pa.RecordBatch]
    ready: Ready
    gives: Declared

    @property
    def schema(self) -> pa.Schema:
        """What it gives: the declared columns, plain, and the fault."""
        return plain_schema(self.gives.schema).append(FAULT)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield what the function gives for each batch, then the rows that were set aside, if any."""
        for batch in batches:
            rows, faults = self.ready(batch)
            if rows.num_rows:
                given = self.function(rows)
                self.gives.check(given, f"the batches of `{self.gives.name}`")
                plain = plain_batch(given, self.gives.schema)
                yield pa.RecordBatch.from_arrays(
                    [*plain.columns, pa.nulls(plain.num_rows, FAULT.type)], schema=self.schema
                )
            if faults:
                empty = [pa.nulls(len(faults), one.type) for one in self.schema][:-1]
                yield pa.RecordBatch.from_arrays(
                    [*empty, pa.array(list(faults.values()), FAULT.type)], schema=self.schema
                )


@dataclass(frozen=True)
class AllBatches:
    """A function over all batches of one part of the rows, in their order; runs on the workers."""

    function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
    gives: Declared

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield what the function gives."""
        for batch in self.function(iter(batches)):
            yield plain_batch(batch, self.gives.schema)


def packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield each batch as one row of bytes, in which form it reaches the driver by itself."""
    for batch in batches:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        yield pa.RecordBatch.from_pydict({"batch": pa.array([sink.getvalue().to_pybytes()], pa.binary())})


def unpacked(row: bytes) -> pa.RecordBatch:
    """Return the batch that a row of bytes holds."""
    with pa.ipc.open_stream(row) as stream:
        return stream.read_next_batch()
