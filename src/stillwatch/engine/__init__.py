"""Runs SQL and kernels. Nothing outside this folder imports a database or Spark."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stillwatch.errors import NoSpark

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine
    from stillwatch.engine.spark import SparkEngine


def open_engine(
    *, memory_bytes: int | None = None, threads: int | None = None, folder: Path | None = None
) -> "DuckEngine":
    """Open the embedded engine; see `DuckEngine`."""
    from stillwatch.engine.duck import DuckEngine  # noqa: PLC0415 - the database is loaded when it is used

    return DuckEngine(memory_bytes=memory_bytes, threads=threads, folder=folder)


def usable_memory(settings_bytes: int | None) -> int:
    """Return what one stage may hold: the bytes that are set, or half of the machine's."""
    from stillwatch.engine.duck import half_of_memory  # noqa: PLC0415 - as above

    return settings_bytes or half_of_memory()


def usable_threads() -> int:
    """Return how many processors the process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def open_spark(master: str | None, *, folder: str | None = None) -> Iterator["SparkEngine"]:
    """Start a Spark session and open an engine on it; see `start_spark` and `SparkEngine`.

    Raises
    ------
    NoSpark
        As `start_spark`.
    """
    try:
        from stillwatch.engine.spark import SparkEngine, start_spark  # noqa: PLC0415 - Spark is loaded when it is used
    except ModuleNotFoundError as error:  # what turns the SQL into Spark's is of the extra, too
        raise NoSpark(master, str(error)) from error

    with start_spark(master) as spark, SparkEngine(spark, folder=folder) as engine:
        yield engine
