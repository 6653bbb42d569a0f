"""Request logs in any known formats, opened, and read as batches of `exchanges` as often as wanted."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.exchanges.conform import AHEAD
from stillwatch.exchanges.file_digests import FileDigests, digest_file
from stillwatch.exchanges.files import find_files
from stillwatch.exchanges.formats.mapping import Mapped
from stillwatch.exchanges.ledger import FileCount, Ledger, judge
from stillwatch.exchanges.mapping_file import load_mapping
from stillwatch.exchanges.read_file import LogFile, OneFile, Terms
from stillwatch.exchanges.reader import IDENTITY, Reader, readers
from stillwatch.exchanges.reading import Reading
from stillwatch.exchanges.recognise import EMPTY, recognise_files
from stillwatch.log_errors import BadMapping, NoRows, NoSuchReader
from stillwatch.tables import EXCHANGES


class Logs:
    """Opened logs. Passes over them are independent: threads may each read their own.

    Attributes
    ----------
    files
        The files, in the order of their paths, which is the order of the rows.
    passed_over
        Files in the given folders that do not look like logs and are not read.
    ledger
        What became of the rows. A second pass counts nothing twice.
    """

    def __init__(
        self, files: Sequence[LogFile], passed_over: Sequence[Path], kinds: Sequence[Reader], terms: Terms
    ) -> None:
        self.files = tuple(files)
        self.passed_over = tuple(map(str, passed_over))
        self.ledger = Ledger(tuple(file.path for file in files), terms.reading.examples_kept)
        self._readers = {reader.name: reader for reader in kinds}
        self._terms = terms

    @property
    def size_bytes(self) -> int:
        """Size of all files, as they are on disk."""
        return sum(file.size_bytes for file in self.files)

    @property
    def mapped(self) -> tuple[str, ...]:
        """Columns wanted for which the mapping gives a path, in its order; none where it reads no row."""
        reader = self._readers[Mapped.name]
        given = reader.mapping.columns if isinstance(reader, Mapped) and reader.mapping else ()
        return tuple(name for name in given if name in self._terms.wanted) if self._filled() else ()

    @property
    def unfilled(self) -> tuple[str, ...]:
        """Those of the mapped columns that no row has filled, once the logs are read: their paths lead nowhere."""
        filled = self._filled()
        return tuple(name for name in self.mapped if name not in filled)

    def _filled(self) -> set[str]:
        mapped = (self.ledger.files[file.path].filled for file in self.files if file.format == Mapped.name)
        return set().union(*mapped)

    def unread(self, known: Collection[tuple[int, str]]) -> "Logs":
        """Return the logs without the files whose size and SHA-256 are known, second copies of a file, and empty files.

        Parameters
        ----------
        known
            Sizes and digests of files that were read before.
        """
        sizes, seen = Counter([size for size, _ in known] + [file.size_bytes for file in self.files]), set(known)
        kept = []
        for file in self._full_files():
            # A file of a size of its own is new, and need not be read for its digest.
            if sizes[file.size_bytes] > 1:
                one = file.size_bytes, digest_file(file.path)
                if one in seen:
                    continue
                seen.add(one)
            kept.append(file)
        return Logs(kept, [Path(path) for path in self.passed_over], [*self._readers.values()], self._terms)

    def batches(self, advanced: Callable[[int], None] = lambda _bytes: None) -> Iterator[pa.RecordBatch]:
        """Yield all exchanges as batches of `exchanges`, in the order of files and rows; repeated ids are kept.

        Parameters
        ----------
        advanced
            Called with how many bytes of the files were read since the last call, for progress; adds up to
            `size_bytes`.

        Raises
        ------
        UnreadableLog
            A file is damaged or ends early.
        TooManyBadRows, TimesInFuture, TimesWithoutZone, MissingColumn
            More rows than allowed were set aside.
        NoRows
            No row became an exchange.
        """
        reading = self._terms.reading
        counts: dict[str, FileCount] = {}
        yield from self._gathered(self._pass(counts, advanced))
        for file in self._full_files()[:1]:
            judge(counts, reading, self._readers[file.format].advice)
        if not any(count.rows_count for count in counts.values()):
            raise NoRows(self._where(), _nothing(counts.values()))

    def texts(self, exchange_ids: Collection[str]) -> dict[str, str]:
        """Return the prompts of a few exchanges, in a pass of its own; ids without a prompt are absent."""
        wanted = pa.array(sorted(set(exchange_ids)), pa.string())
        terms = replace(self._terms, wanted=frozenset((*IDENTITY, "prompt_text")))
        found: dict[str, str] = {}
        for file in self._full_files():
            for batch in OneFile(file, self._readers[file.format], terms, FileCount()).batches():
                hit = batch.filter(pc.is_in(batch.column("exchange_id"), wanted))
                for name, words in zip(hit["exchange_id"].to_pylist(), hit["prompt_text"].to_pylist(), strict=True):
                    if words is not None:
                        found.setdefault(name, words)
                if len(found) == len(wanted):
                    return found
        return found

    def _full_files(self) -> list[LogFile]:
        return [file for file in self.files if file.format != EMPTY]

    def _where(self) -> str:
        more = len(self.files) - 1
        return self.files[0].path + (f" and {more} more file{'s' if more > 1 else ''}" if more else "")

    def _pass(self, counts: dict[str, FileCount], advanced: Callable[[int], None]) -> Iterator[pa.RecordBatch]:
        rows_before = 0
        with FileDigests() as digests:
            for file in self.files:
                count = counts[file.path] = FileCount()
                if self.ledger.files[file.path].sha256 is None:
                    self.ledger.files[file.path] = count
                told, digest = _Told(advanced, file.size_bytes), digests.begin(file.path)
                yield from self._read(file, counts, rows_before, told)
                rows_before += count.rows_count + count.set_aside_count
                count.sha256 = digest.result()
                self.ledger.files[file.path] = count
                told(file.size_bytes)

    def _read(
        self, file: LogFile, counts: dict[str, FileCount], rows_before: int, advanced: Callable[[int], None]
    ) -> Iterator[pa.RecordBatch]:
        if file.format == EMPTY:
            return
        count = counts[file.path]
        reader, reading = self._readers[file.format], self._terms.reading
        for batch in OneFile(file, reader, self._terms, count).batches(advanced):
            # A file without a bad row can make no share worse, and going over all files for each would take long.
            seen = rows_before + count.rows_count + count.set_aside_count
            if count.set_aside_count and seen >= reading.judged_after_rows:
                judge(counts, reading, reader.advice)
            if batch.num_rows:
                yield batch

    def _gathered(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Join small batches, so that a thousand small files cost little more than one."""
        reading = self._terms.reading
        held: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in batches:
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if held and (rows > reading.batch_rows or size > reading.batch_bytes):
                yield _joined(held)
                held, rows, size = [], batch.num_rows, batch.nbytes
            held.append(batch)
        if held:
            yield _joined(held)


def _nothing(counts: Collection[FileCount]) -> str:
    over, bad = sum(count.passed_over_count for count in counts), sum(count.set_aside_count for count in counts)
    told = [f"no talk with a language model among {over:,} spans, events or calls"] if over or not bad else []
    return " and ".join([*told, *([f"{bad:,} row{'s' if bad > 1 else ''} set aside"] if bad else [])])


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)  # one alone would be copied


@dataclass
class _Told:
    """Tells how far a file is read, never beyond its size: formats know their positions more or less."""

    advanced: Callable[[int], None]
    left_bytes: int

    def __call__(self, size: int) -> None:
        step = min(size, self.left_bytes)
        self.left_bytes -= step
        self.advanced(step)


def open_logs(  # noqa: PLR0913 - the options of the command line
    sources: Sequence[str],
    *,
    key: bytes,
    now: datetime,
    format: str | None = None,  # noqa: A002 - as the option is called
    mapping: Path | None = None,
    reading: Reading = Reading(),  # noqa: B008 - frozen
    columns: Collection[str] = EXCHANGES.names,
) -> Logs:
    """Find the log files that the sources lead to, and recognise the format of each from its first rows.

    Parameters
    ----------
    sources
        Files, folders (with all below them) and globs, in any order.
    key
        The operator's key for digests of conversations, at most 64 bytes.
    now
        The time, with its zone: rows dated more than a day after it are set aside.
    format
        Name of the reader of all files; None: each file is recognised.
    mapping
        A TOML file that describes logs of no known format; it is tried first.
    columns
        Columns of `exchanges` that are wanted, among them the identity; the others may be left null.

    Raises
    ------
    NoSuchLogs, NoSuchReader, UnknownFormat, WrongFormat, UnreadableLog, BadMapping, MissingColumn, NoRows
        The logs cannot be read, for the reason named.

    Notes
    -----
    Reads the first rows of every file, so its cost grows with the number of files.
    """
    kinds = [reader for reader in readers() if not isinstance(reader, Mapped)]
    kinds.insert(0, Mapped(load_mapping(mapping), mapping) if mapping else Mapped())
    if format is not None and format not in {reader.name for reader in kinds}:
        raise NoSuchReader(format, [reader.name for reader in readers()])
    if format == Mapped.name and mapping is None:
        raise BadMapping("the option `--mapping`", ["no file is given"])
    paths, passed_over = find_files(sources)
    named = [reader for reader in kinds if reader.name == format]
    files = recognise_files(paths, named, kinds, reading)
    logs = Logs(files, passed_over, kinds, Terms(key, now + AHEAD, reading, frozenset(columns)))
    if all(file.format == EMPTY for file in files):
        raise NoRows(files[0].path, f"{len(files)} empty file{'s' if len(files) > 1 else ''}")
    return logs
