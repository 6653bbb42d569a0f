"""Runs SQL and kernels. Nothing outside this folder names an engine."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine


def open_engine(
    *, memory_bytes: int | None = None, threads: int | None = None, folder: Path | None = None
) -> "DuckEngine":
    """Open the embedded engine; see `DuckEngine`."""
    from stillwatch.engine.duck import DuckEngine  # noqa: PLC0415 - the database is loaded when it is used

    return DuckEngine(memory_bytes=memory_bytes, threads=threads, folder=folder)
