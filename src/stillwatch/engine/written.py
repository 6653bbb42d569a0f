"""A table written to Parquet as its batches come, in the form that costs least to write and to read again."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.tables import Declared

GROUP_ROWS = 65_536  # each group of rows costs as much again as some thousand rows
GROUP_BYTES = 64_000_000


class Written:
    """Writes the batches of a declared table; what it holds back is written when it is left.

    Parameters
    ----------
    path
        The file; its folder exists.
    declared
        The table. Columns of bytes of one length are sketches and vectors, which nothing makes smaller; a key names its
        row, so that no value comes twice; numbers are digests, times and counts. To make them smaller costs more than
        all the rest, and again whenever they are read. Nor is it noted what a group holds at least and at most: rows
        come in no order that this could serve.
    """

    def __init__(self, path: Path, declared: Declared) -> None:
        self._declared = declared
        self._held: list[pa.RecordBatch] = []
        self._writer = pq.ParquetWriter(path, declared.schema, **_options(declared))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
        finally:
            self._writer.close()

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a batch; its columns may stand in any order.

        Raises
        ------
        TableMismatch
            It does not keep the declaration.
        """
        self._declared.check(batch, f"the batches of `{self._declared.name}`")
        columns = [batch.column(name) for name in self._declared.names]
        self._held.append(pa.RecordBatch.from_arrays(columns, schema=self._declared.schema))
        rows, size = sum(one.num_rows for one in self._held), sum(one.nbytes for one in self._held)
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            self._write()

    def _write(self) -> None:
        held, self._held = self._held, []
        if held:
            self._writer.write_table(pa.Table.from_batches(held, self._declared.schema))


def _options(declared: Declared) -> dict[str, Any]:
    folded, compressed = [], {}
    for column in declared.columns:
        is_list = pa.types.is_list(column.type) or pa.types.is_fixed_size_list(column.type)
        path = f"{column.name}.list.element" if is_list else column.name
        kind = column.type.value_type if is_list else column.type
        plain = pa.types.is_fixed_size_binary(kind) or pa.types.is_primitive(kind) or declared.key == (column,)
        compressed[path] = "NONE" if plain else "ZSTD"
        if not plain:
            folded.append(path)
    levels = {path: 1 for path, kind in compressed.items() if kind == "ZSTD"}
    return {
        "compression": compressed, "compression_level": levels, "use_dictionary": folded,
        "write_statistics": False, "write_batch_size": GROUP_ROWS,
    }  # fmt: skip
