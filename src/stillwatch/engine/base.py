"""What a stage may ask of an engine."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """SQL over named tables; whatever runs it."""

    def name(self, name: str, source: pa.Table) -> None:
        """Make a table known to SQL as `name`."""

    def sql(self, query: str) -> pa.Table:
        """Run a query; return its rows."""

    def batches(self, query: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Run a query; yield its rows in batches."""

    def keep(self, name: str, query: str) -> object:
        """Run a query and make its rows known as `name`."""

    def keep_all(self, name: str, queries: Iterable[str]) -> object:
        """Run queries one after the other and make the union of their rows known as `name`."""
