"""The embedded engine: DuckDB and Arrow, out of core, on one machine."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.tables import Declared


def half_of_memory() -> int:
    """Return half of the machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


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
        self.threads = threads or len(os.sched_getaffinity(0))
        self.folder = Path(tempfile.mkdtemp(prefix="stillwatch-", dir=folder))
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{self.memory_bytes // 1_000_000}MB",
                "threads": self.threads,
                "temp_directory": str(self.folder / "spill"),
                "preserve_insertion_order": False,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and remove every temporary file."""
        self._connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def name(self, name: str, source: pa.Table | Path) -> None:
        """Make a table, or the Parquet files under a path, known to SQL as `name`."""
        if isinstance(source, Path):
            where = source / "*.parquet" if source.is_dir() else source
            self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('{where}')")
        else:
            self._connection.register(name, source)

    def sql(self, query: str) -> pa.Table:
        """Run a query; return its rows."""
        return self._connection.sql(query).to_arrow_table()

    def batches(self, query: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Run a query; yield its rows in batches, without holding them all."""
        yield from self._connection.sql(query).to_arrow_reader(rows)

    def keep(self, name: str, query: str) -> Path:
        """Run a query into Parquet in the temporary folder, and make it known as `name`."""
        path = self.folder / f"{name}.parquet"
        self._copy(query, path)
        self.name(name, path)
        return path

    def keep_all(self, name: str, queries: Iterable[str]) -> Path:
        """Run queries one after the other, each into its own Parquet file, and make their union known as `name`."""
        folder = self.folder / name
        folder.mkdir()
        for part, query in enumerate(queries):
            self._copy(query, folder / f"{part}.parquet")
        self.name(name, folder)
        return folder

    def _copy(self, query: str, path: Path) -> None:
        self._connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")

    def map_batches(
        self,
        function: Callable[[pa.RecordBatch], pa.RecordBatch],
        batches: Iterable[pa.RecordBatch],
        gives: Declared,
        seen: Callable[[pa.RecordBatch], None] = lambda _batch: None,
    ) -> Path:
        """Apply a function to each batch on all threads; keep what it gives as `gives.name`.

        At most two batches a thread are in flight, so memory does not grow with the input.

        Parameters
        ----------
        seen
            Called with each batch that is done, for progress.
        """
        folder = self.folder / gives.name
        folder.mkdir()
        waiting: list[Future[pa.RecordBatch]] = []
        with ThreadPoolExecutor(self.threads) as pool, pq.ParquetWriter(
            folder / "0.parquet", gives.schema, compression="zstd", compression_level=1
        ) as writer:

            def write(future: Future[pa.RecordBatch]) -> None:
                batch = future.result()
                gives.check(batch, f"the batches of `{gives.name}`")
                writer.write_batch(batch)
                seen(batch)

            for batch in batches:
                waiting.append(pool.submit(function, batch))
                if len(waiting) >= 2 * self.threads:
                    write(waiting.pop(0))
            for future in waiting:
                write(future)
        self.name(gives.name, folder)
        return folder
