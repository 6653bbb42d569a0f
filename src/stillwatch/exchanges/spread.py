"""Exchanges that the engine reads itself, wherever it reads from: tables and Parquet with the neutral columns."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa

from stillwatch.engine.base import SpreadEngine
from stillwatch.engine.spread import Spread
from stillwatch.errors import NotForEngine
from stillwatch.exchanges.conform import AHEAD, conform
from stillwatch.exchanges.formats.native import Native
from stillwatch.exchanges.ledger import Ledger, SetAside, judge
from stillwatch.exchanges.read_file import LogFile
from stillwatch.exchanges.reader import IDENTITY
from stillwatch.exchanges.reading import Reading
from stillwatch.exchanges.shown_names import tell_names
from stillwatch.log_errors import MissingColumn, NoRows


@dataclass
class SpreadLogs:
    """What a scan asks of logs, where the engine reads them.

    Attributes
    ----------
    files
        One for each source; what its files hold is not digested, so a scan of them cannot be checked when repeated.
    size_bytes
        Not known.
    passed_over
        Not known either: the engine finds the files.
    kept
        Where a stream has kept the marks of the exchanges; then there are no rows, and no text.
    """

    engine: SpreadEngine
    files: tuple[LogFile, ...]
    rows: Any
    latest: datetime
    reading: Reading
    kept: str | None = None
    size_bytes: None = None
    passed_over: tuple[str, ...] = ()
    _ledger: Ledger | None = None

    def batches(self, advanced: Callable[[int], None] = lambda _bytes: None) -> Spread:
        """Return the rows, and what makes a batch of them ready on the workers."""
        del advanced
        return Spread(self.rows, partial(ready, latest=self.latest), self.kept)

    @property
    def ledger(self) -> Ledger:
        """What became of the rows, once they are marked: the table `marks` is counted, and the table `set_aside`.

        Raises
        ------
        TooManyBadRows, TimesInFuture, TimesWithoutZone, MissingColumn
            More rows than allowed were set aside.
        NoRows
            No row became an exchange.
        """
        if self._ledger is None:
            self._ledger = self._counted()
        return self._ledger

    def texts(self, exchange_ids: Collection[str]) -> dict[str, str]:
        """Return the prompts of a few exchanges; ids without a prompt are absent."""
        if self.rows is None or "prompt_text" not in self.rows.columns:
            return {}
        wanted = ("exchange_id", "prompt_text")
        found = self.engine.matching(self.rows, wanted[0], sorted(set(exchange_ids)), wanted).drop_null()
        found = found.sort_by([(name, "ascending") for name in wanted])
        texts: dict[str, str] = {}
        for name, words in zip(found["exchange_id"].to_pylist(), found["prompt_text"].to_pylist(), strict=True):
            texts.setdefault(name, words)
        return texts

    def _counted(self) -> Ledger:
        where = self.files[0].path
        ledger = Ledger(tuple(file.path for file in self.files), self.reading.examples_kept)
        count = ledger.files[where]  # rows of several sources are marked together
        count.rows_count = self.engine.sql("SELECT count(*) AS n FROM marks")["n"][0].as_py()
        faults = self.engine.sql("SELECT fault, count(*) AS n FROM set_aside GROUP BY fault ORDER BY fault").to_pylist()
        for fault in faults:
            count.set_aside_count += fault["n"]
            count.reasons[fault["fault"]] = fault["n"]
            count.examples.append(SetAside(where, 0, fault["fault"]))
        judge(ledger.files, self.reading, Native.advice)
        if not count.rows_count:
            raise NoRows(where, "0 rows")
        return ledger


def ready(batch: pa.RecordBatch, *, latest: datetime) -> tuple[pa.RecordBatch, dict[int, str]]:
    """Return the good rows of `exchanges` in a batch, and what is wrong with each other row, by its position."""
    given = conform(dict(zip(batch.schema.names, batch.columns, strict=True)), batch.num_rows, latest)
    return given.rows, given.faults


def ready_now(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, dict[int, str]]:
    """Return as `ready` does, at the time when the batch is read: a stream goes on for days."""
    return ready(batch, latest=datetime.now(UTC) + AHEAD)


def open_spread_logs(
    sources: Collection[Any], *, engine: SpreadEngine, now: datetime, reading: Reading, columns: Collection[str]
) -> SpreadLogs:
    """Open tables, paths, globs or data frames that the engine reads, or the marks of a stream (`marks:FOLDER`) alone.

    Parameters
    ----------
    columns
        Those that are read, where they are there.

    Raises
    ------
    NoSuchLogs
        A source leads nowhere.
    MissingColumn
        A source lacks a column that every exchange needs.
    NotForEngine
        The marks of a stream are not the only source.
    """
    named = dict(zip(name_sources(sources), sources, strict=True))
    files = tuple(LogFile(name, "native", "table", 0) for name in named)
    kept = _kept_marks(list(named))
    rows = None
    for name, source in named.items() if kept is None else ():
        read = engine.read(source)
        if missing := [name for name in IDENTITY if name not in read.columns]:
            found = f"columns {tell_names(read.columns, 20)}"
            raise MissingColumn(missing, where=name, found=found, advice=Native.advice)
        wanted = read.select([name for name in read.columns if name in columns])
        rows = wanted if rows is None else rows.unionByName(wanted, allowMissingColumns=True)
    return SpreadLogs(engine, files, rows, now + AHEAD, reading, kept)


def _kept_marks(names: Sequence[str]) -> str | None:
    kept = [name for name in names if name.startswith("marks:")]
    if kept and len(names) > 1:
        raise NotForEngine(
            f"{kept[0]}` beside `{next(name for name in names if name != kept[0])}",
            "the marks of one stream and nothing else, or sources that hold exchanges",
            where="the sources given", advice="scan them one after the other",
        )  # fmt: skip
    return kept[0].removeprefix("marks:") if kept else None


def name_sources(sources: Collection[Any]) -> tuple[str, ...]:
    """Return the name of each source, for records and errors; data frames have numbers where there are several.

    Examples
    --------
    >>> name_sources(["table:asked", object()])
    ('table:asked', 'a data frame')
    """
    frames = [place for place, source in enumerate(sources) if not isinstance(source, str)]
    numbers = {place: f"data frame {number}" for number, place in enumerate(frames, 1)}
    if len(frames) == 1:
        numbers = {frames[0]: "a data frame"}
    return tuple(numbers.get(place) or str(source) for place, source in enumerate(sources))
