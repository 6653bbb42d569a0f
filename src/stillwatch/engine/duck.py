"""The embedded engine: DuckDB and Arrow, out of core, on one machine."""

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.engine import usable_threads
from stillwatch.engine.written import Written
from stillwatch.errors import CannotWrite, MemoryExhausted
from stillwatch.tables import Declared

Made = TypeVar("Made")
LARGEST_BATCH_BYTES = 64_000_000  # a few a thread fit in any machine; beyond 2 GB Arrow could not count the text
MAPPED_ROWS = 400_000
SHORT_ROWS = 50_000
SLICE_ROWS = 256  # gathered until a batch is full: rows of 8 MB still fit in one slice


def half_of_memory(limit: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Return half of the memory that the machine has, or its container allows, in bytes."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    allowed = limit.read_text().strip() if limit.exists() else "max"
    return min(machine, machine if allowed == "max" else int(allowed)) // 2


class DuckEngine:
    """Runs SQL over tables on disk, and kernels over Arrow batches, within a bound of memory.

    Parameters
    ----------
    memory_bytes
        Bound on what the database keeps in memory; beyond it, it spills. None: half of the machine.
    threads
        None: as many as the process may run on.
    folder
        Where temporary files go, in one folder of their own that is removed on exit. None: the system's.
    """

    def __init__(
        self, *, memory_bytes: int | None = None, threads: int | None = None, folder: Path | None = None
    ) -> None:
        self.memory_bytes = memory_bytes or half_of_memory()
        self.threads = threads or usable_threads()
        with CannotWrite.told_of(folder or "the system's folder for temporary files"):
            self._temporary = tempfile.TemporaryDirectory(prefix="stillwatch-", dir=folder, ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._worker = ThreadPoolExecutor(1)
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{self.memory_bytes}B",
                "threads": self.threads,
                "temp_directory": str(self.folder / "spill"),
                "preserve_insertion_order": False,
                "autoload_known_extensions": False,  # a scan downloads nothing
            }
        )
        # A build with ICU reads times in the machine's zone; one without it knows only UTC.
        if self.sql("FROM duckdb_extensions() WHERE extension_name = 'icu' AND loaded").num_rows:
            self._connection.execute("SET GLOBAL TimeZone = 'UTC'")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and remove every temporary file."""
        self._worker.shutdown()
        self._connection.close()
        self._temporary.cleanup()

    def name(self, name: str, source: pa.Table | Path | Sequence[Path]) -> None:
        """Make a table, the Parquet files under a path, or several of them known to SQL as `name`."""
        if isinstance(source, pa.Table):
            with CannotWrite.told_of(self.folder):
                table, source = source, self._new_folder(name) / "0.parquet"
                pq.write_table(table, source)
        if isinstance(source, Path):
            source = sorted(source.glob("*.parquet")) if source.is_dir() else [source]
        where = ", ".join(map(_quoted, source))
        view = f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{where}])"
        self._run(self._connection, lambda: self._connection.execute(view))

    def sql(self, query: str) -> pa.Table:
        """Run a query; return its rows."""
        return self._run(self._connection, lambda: self._connection.sql(query).to_arrow_table())

    def batches(self, query: str, rows: int = 100_000, *, short_rows: bool = False) -> Iterator[pa.RecordBatch]:
        """Run a query; yield its rows in batches of at most `rows`, fewer where they are long, never holding them all.

        Other queries may run before the last batch is taken. Where the rows are short, many
        are taken from the database at once.
        """
        waiting: list[pa.RecordBatch] = []
        size = 0
        with self._connection.cursor() as cursor:
            reader = self._run(
                cursor, lambda: cursor.sql(query).to_arrow_reader(min(rows, SHORT_ROWS if short_rows else SLICE_ROWS))
            )
            while slice_ := self._run(cursor, lambda: next(reader, None)):
                full = sum(map(len, waiting)) + len(slice_) > rows or size + slice_.nbytes > LARGEST_BATCH_BYTES
                if waiting and full:
                    yield pa.concat_batches(waiting)
                    waiting, size = [], 0
                waiting.append(slice_)
                size += slice_.nbytes
        if waiting:
            yield pa.concat_batches(waiting)

    def keep(self, name: str, query: str) -> Path:
        """Run a query into Parquet in the temporary folder, and make it known as `name`."""
        path = self.folder / f"{name}.parquet"
        self._copy(query, path)
        self.name(name, path)
        return path

    def hold(self, name: str, query: str) -> None:
        """Run a query into a table of the database, which reads it at less cost than Parquet, and spills it as needed.

        No view may be known by that name.
        """
        self._run(self._connection, lambda: self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS {query}"))

    def forget(self, name: str) -> None:
        """Let go of the rows held as `name`; a view that shows them may not be read again."""
        self._connection.execute(f"DROP TABLE {name}")

    def write(self, query: str, path: Path) -> None:
        """Run a query into a Parquet file."""
        with CannotWrite.told_of(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._copy(query, path)

    def show(self, name: str, query: str) -> None:
        """Make what a query gives known as `name`; it runs whenever that is read, and reads only what is asked for."""
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {query}")

    def keep_all(self, name: str, queries: Iterable[str]) -> Path:
        """Run queries one after the other, each into its own Parquet file, and make their union known as `name`."""
        folder = self._new_folder(name)
        for part, query in enumerate(queries):
            self._copy(query, folder / f"{part}.parquet")
        self.name(name, folder)
        return folder

    def _copy(self, query: str, path: Path) -> None:
        copy = f"COPY ({query}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        self._run(self._connection, lambda: self._connection.execute(copy))

    def _run(self, connection: duckdb.DuckDBPyConnection, work: Callable[[], Made]) -> Made:
        # The database works on a thread of its own: on this one it may never look whether somebody pressed Ctrl-C.
        try:
            return self._worker.submit(work).result()
        except duckdb.OutOfMemoryException as error:
            raise MemoryExhausted(f"the engine, with temporary files in {self.folder}", _first_line(error)) from error
        except duckdb.IOException as error:
            said = re.search(r'"errno":"(\d+)"', str(error))
            raise CannotWrite(self.folder, os.strerror(int(said[1])) if said else _first_line(error)) from error
        except (KeyboardInterrupt, SystemExit):
            idle = self._worker.submit(int)
            while not idle.done():
                connection.interrupt()
                wait((idle,), timeout=0.1)
            raise

    def _new_folder(self, name: str) -> Path:
        with CannotWrite.told_of(self.folder):
            return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def map_batches(
        self,
        function: Callable[[pa.RecordBatch], pa.RecordBatch],
        batches: Iterable[pa.RecordBatch],
        gives: Declared,
    ) -> Path:
        """Apply a function to each batch on all threads; keep what it gives as `gives.name`.

        Batches are taken on this thread and written on one of their own. At most two a thread are worked on and as
        many wait to be written, so memory does not grow with the input.
        """
        folder = self._new_folder(gives.name)
        most = 2 * self.threads
        working: list[Future[pa.RecordBatch]] = []
        writing: list[Future[None]] = []
        with (
            CannotWrite.told_of(self.folder),  # first, as a writer on a full disk also fails to close
            Written(folder / "0.parquet", gives) as written,
            ThreadPoolExecutor(1) as writer,
            ThreadPoolExecutor(self.threads) as pool,
        ):
            for batch in batches:
                working.append(pool.submit(function, batch))
                if len(working) >= most:
                    writing.append(writer.submit(written.add, working.pop(0).result()))
                if len(writing) >= most:
                    writing.pop(0).result()
            writing.extend(writer.submit(written.add, done.result()) for done in working)
            for end in writing:
                end.result()
        self.name(gives.name, folder)
        return folder

    def map_rows(self, function: Callable[[pa.RecordBatch], pa.RecordBatch], query: str, gives: Declared) -> Path:
        """Apply a function to the rows of a query on all threads, in batches that are large, as the rows are short."""
        return self.map_batches(function, self.batches(query, MAPPED_ROWS, short_rows=True), gives)


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
