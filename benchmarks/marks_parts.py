"""What the stage "reading and marking" spends on each of its parts, one after the other on one thread.

    python benchmarks/marks_parts.py WORLD [BATCHES]

WORLD is the folder of a world (`stillwatch worlds make`); of its file the first BATCHES batches of 16,384 rows are
taken, 30 unless told. Prints CPU seconds for each million exchanges.
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from stillwatch.engine.written import Written
from stillwatch.exchanges.columnar import column_batches
from stillwatch.exchanges.conform import conform
from stillwatch.exchanges.reading import Reading
from stillwatch.kernels import prepare_kernels
from stillwatch.marks.mark import READ, mark_exchanges
from stillwatch.progress import SILENT
from stillwatch.tables import MARKS

Made = TypeVar("Made")
KEY = bytes(range(16))
BATCHES, REPEATS = 30, 3


def least_seconds(action: Callable[[], Made]) -> tuple[float, Made]:
    """Return the least CPU time of several runs, all threads together, and what the last gave."""
    spent = []
    for _ in range(REPEATS):
        before = time.process_time()
        made = action()
        spent.append(time.process_time() - before)
    return min(spent), made


def conformed(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Return batches as rows of `exchanges`."""
    latest = datetime.now(UTC)
    return [
        conform(dict(zip(one.schema.names, one.columns, strict=True)), len(one), latest)[0] for one in batches
    ]  # fmt: skip


def write(batches: list[pa.RecordBatch], path: Path) -> None:
    """Write marks as the stage does."""
    with Written(path, MARKS) as written:
        for one in batches:
            written.add(one)


def digest(path: Path, size: int) -> None:
    """Digest so many bytes of a file."""
    found = hashlib.sha256()
    with path.open("rb") as opened:
        while size > 0 and (block := opened.read(min(size, 1 << 20))):
            found.update(block)
            size -= len(block)


def main(world: Path, count: int) -> None:
    """Print one line for each part."""
    prepare_kernels(SILENT)
    path, spent = world / "exchanges.parquet", {}
    terms = (path, "parquet", READ.names.__contains__, Reading())
    shares: list[int] = []
    spent["reading"], raw = least_seconds(lambda: list(islice(column_batches(*terms, shares.append), count)))
    spent["conforming"], exchanges = least_seconds(lambda: conformed(raw))
    spent["marking"], marks = least_seconds(lambda: [mark_exchanges(one, key=KEY) for one in exchanges])
    with tempfile.TemporaryDirectory() as folder:
        spent["writing"], _ = least_seconds(lambda: write(marks, Path(folder) / "marks.parquet"))
        size = (Path(folder) / "marks.parquet").stat().st_size
    spent["digest of the file"], _ = least_seconds(lambda: digest(path, sum(shares) // REPEATS))
    rows = sum(map(len, marks))
    print(f"{rows:,} exchanges, {size / rows:,.0f} bytes of marks each")
    for name, seconds in spent.items():
        print(f"{name:20} {seconds / rows * 1e6:6.2f} CPU s per million")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else BATCHES)
