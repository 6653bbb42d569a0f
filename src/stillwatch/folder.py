"""Folders that appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stillwatch.errors import FolderOccupied

MARK = "scan.json"


@contextmanager
def written_whole(into: Path) -> Iterator[Path]:
    """Give a folder to write in, which takes the place of `into` when all is written; on an error nothing changes.

    Raises
    ------
    FolderOccupied
        `into` holds something else than the findings of an earlier scan.
    """
    if into.exists() and any(into.iterdir()) and not (into / MARK).exists():
        raise FolderOccupied(into)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{into.name}-", dir=into.parent) as temporary:
        fresh, former = Path(temporary) / "fresh", Path(temporary) / "former"
        fresh.mkdir()
        yield fresh
        if into.exists():
            into.rename(former)
        shutil.move(fresh, into)
