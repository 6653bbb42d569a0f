"""What a stage may ask of an engine."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import pyarrow as pa

from stillwatch.tables import Declared


class Engine(Protocol):
    """SQL over named tables; whatever runs it."""

    def name(self, name: str, source: pa.Table) -> None:
        """Make a table known to SQL as `name`."""

    def sql(self, query: str) -> pa.Table:
        """Run a query; return its rows."""

    def batches(self, query: str, rows: int = 100_000, *, short_rows: bool = False) -> Iterator[pa.RecordBatch]:
        """Run a query; yield its rows in batches; where the rows are known to be short, at less cost."""

    def keep(self, name: str, query: str) -> object:
        """Run a query and make its rows known as `name`."""

    def hold(self, name: str, query: str) -> None:
        """Run a query and hold its rows where they cost least to read again and again, known as `name`."""

    def forget(self, name: str) -> None:
        """Let go of the rows held as `name`."""

    def keep_all(self, name: str, queries: Iterable[str]) -> object:
        """Run queries one after the other and make the union of their rows known as `name`."""

    def map_batches(
        self, function: Callable[[pa.RecordBatch], pa.RecordBatch], batches: Any, gives: Declared
    ) -> object:
        """Apply a function to each batch, as the engine holds batches; make what it gives known as `gives.name`."""

    def map_rows(self, function: Callable[[pa.RecordBatch], pa.RecordBatch], query: str, gives: Declared) -> object:
        """Apply a function to the rows of a query, a batch at a time; make what it gives known as `gives.name`."""

    def show(self, name: str, query: str) -> None:
        """Make what a query gives known as `name`; it runs whenever that is read, and reads only what is asked for."""


class SpreadEngine(Engine, Protocol):
    """An engine that reads by itself, and whose rows stand on several machines."""

    def read(self, source: Any) -> Any:
        """Return the rows that a path, the name of a table or the engine's own kind of rows leads to."""

    def matching(self, rows: Any, column: str, values: Iterable[str], columns: Iterable[str]) -> pa.Table:
        """Return some columns of the rows that have one of a few values in a column."""

    def map_parts(  # noqa: PLR0913 - how rows are laid out, and what is done with them
        self,
        function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]],
        query: str,
        gives: Declared,
        *,
        by: tuple[str, ...] | None = None,
        order: tuple[str, ...] = (),
        keep: bool = True,
    ) -> None:
        """Apply a function to the rows of a query, part by part; make what it gives known as `gives.name`."""
