"""One log file, read by its reader into batches of `exchanges`."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from stillwatch.exchanges.columnar import column_batches
from stillwatch.exchanges.conform import Given, conform, plain_values
from stillwatch.exchanges.csv_rows import csv_rows
from stillwatch.exchanges.files import BY_ROWS
from stillwatch.exchanges.ledger import FileCount, SetAside
from stillwatch.exchanges.reader import LEAST_SURE, Reader, how_surely
from stillwatch.exchanges.reading import Reading
from stillwatch.exchanges.rows import DEEP, BadRow, Row, json_rows
from stillwatch.exchanges.shallow import cut_value
from stillwatch.exchanges.wrapped import unwrapped_rows
from stillwatch.tables import EXCHANGES


@dataclass(frozen=True)
class LogFile:
    """A log file: its path as given or found, the reader of its format, its kind of file and its size.

    `format` is the name of a reader, or `empty`; `kind` is `json`, `csv`, `parquet`, `arrow` or `arrow stream`.
    """

    path: str
    format: str
    kind: str
    size_bytes: int


@dataclass(frozen=True)
class Terms:
    """On what terms files are read: the operator's key, the latest believable time, settings, the columns wanted."""

    key: bytes
    latest: datetime
    reading: Reading
    wanted: frozenset[str] = frozenset(EXCHANGES.names)


@dataclass(frozen=True)
class OneFile:
    """A log file that is being read by its reader; `count` says what became of its rows so far."""

    file: LogFile
    reader: Reader
    terms: Terms
    count: FileCount

    def batches(self, advanced: Callable[[int], None] = lambda _bytes: None) -> Iterator[pa.RecordBatch]:
        """Yield the exchanges of the file in order.

        Parameters
        ----------
        advanced
            Called with about how many bytes of the file were read since the last call.

        Raises
        ------
        UnreadableLog
            The file is damaged or ends early.
        """
        columnar = self.reader.reads_columns and self.file.kind not in BY_ROWS
        yield from self._by_columns(advanced) if columnar else self._by_rows(advanced)

    def _by_columns(self, advanced: Callable[[int], None]) -> Iterator[pa.RecordBatch]:
        number = 1
        wanted, reading = self.terms.wanted.__contains__, self.terms.reading
        for given in column_batches(Path(self.file.path), self.file.kind, wanted, reading, advanced):
            columns = dict(zip(given.schema.names, given.columns, strict=True))
            yield self._conformed(columns, range(number, number + given.num_rows))
            number += given.num_rows

    def _by_rows(self, advanced: Callable[[int], None]) -> Iterator[pa.RecordBatch]:
        reading = self.terms.reading
        told: list[dict[str, Any]] = []
        numbers: list[int] = []
        held = 0
        with closing(all_rows(Path(self.file.path), self.file.kind, reading, advanced, self._knows)) as rows:
            for row in rows:
                found = self._tell(row)
                told += found
                numbers += [row.number] * len(found)
                held += row.size
                if len(told) >= reading.batch_rows or held >= reading.batch_bytes:
                    yield self._conformed(self._columns(told), numbers)
                    told, numbers, held = [], [], 0
        yield self._conformed(self._columns(told), numbers)

    def _knows(self, record: dict[str, Any]) -> bool:
        return how_surely(self.reader, record) >= LEAST_SURE

    def _tell(self, row: Row) -> list[dict[str, Any]]:
        try:
            if row.value is None:
                raise BadRow(row.fault)
            told = self._told(row.value)
        except (BadRow, RecursionError) as bad:
            self._set_aside(row.number, str(bad) if isinstance(bad, BadRow) else DEEP)
            return []
        self.count.passed_over_count += not told
        return told

    def _told(self, record: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return [self._named(one) for one in self.reader.tell(record, self.terms.key)]
        except RecursionError:  # decoded it could be, and is too deep to be gone through
            return [self._named(one) for one in self.reader.tell(cut_value(record), self.terms.key)]

    def _named(self, told: dict[str, Any]) -> dict[str, Any]:
        if self.reader.reads_columns or told.get("exchange_id"):
            return told
        return told | {"exchange_id": _own_name(told)}

    def _columns(self, told: list[dict[str, Any]]) -> dict[str, Given]:
        names = set().union(*told) & self.terms.wanted
        return {name: [row.get(name) for row in told] for name in names}

    def _conformed(self, columns: dict[str, Given], numbers: Sequence[int]) -> pa.RecordBatch:
        given = conform(columns, len(numbers), self.terms.latest)
        self.count.rows_count += given.rows.num_rows
        self.count.left_out += given.left_out
        self.count.filled |= _filled(given.rows)
        for row, reason in sorted(given.faults.items()):
            self._set_aside(numbers[row], reason)
        return given.rows

    def _set_aside(self, number: int, reason: str) -> None:
        self.count.set_aside(SetAside(self.file.path, number, reason), self.terms.reading.examples_kept)


def all_rows(
    path: Path,
    kind: str,
    reading: Reading,
    advanced: Callable[[int], None] = lambda _bytes: None,
    known: Callable[[dict[str, Any]], bool] = lambda _record: False,
) -> Generator[Row, None, None]:
    """Yield the rows of a file of any kind as JSON objects with their numbers from 1.

    Parameters
    ----------
    advanced
        As `OneFile.batches`.
    known
        Whether a JSON object is read as it is, even where it might wrap records.
    """
    if kind == "csv":
        yield from csv_rows(path, advanced)
        return
    if kind in BY_ROWS:
        yield from unwrapped_rows(json_rows(path, advanced), known)
        return
    number = 0
    for batch in column_batches(path, kind, lambda _name: True, reading, advanced):
        size = batch.nbytes // max(batch.num_rows, 1)
        columns = [plain_values(column) for column in batch.columns]
        for values in zip(*columns, strict=True):
            number += 1
            yield Row(number, dict(zip(batch.schema.names, values, strict=True)), None, size)


def _filled(rows: pa.RecordBatch) -> set[str]:
    names = zip(rows.schema.names, rows.columns, strict=True)
    return {name for name, column in names if column.null_count < rows.num_rows}


def _own_name(row: dict[str, Any]) -> str:
    """Return a name for an exchange whose log gives none, such as a refused request; a repeated row gets it again."""
    whole = msgspec.json.encode(row, order="sorted")
    return f"unnamed-{blake2b(whole, digest_size=12).hexdigest()}"
