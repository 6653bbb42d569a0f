"""Folders that appear whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from stillwatch.errors import CannotWrite, FolderOccupied


@dataclass(frozen=True)
class Content:
    """What a folder holds: in words, the file by which it is known, and all names that may stand in it."""

    what: str
    mark: str
    names: frozenset[str]


MARK = "scan.json"
WRITTEN = frozenset({
    "accounts.parquet", "campaigns.parquet", "evidence.parquet", "exchanges.parquet", "findings.json", "links.parquet",
    "reasons.parquet", "report.html", MARK,
})  # fmt: skip
FINDINGS = Content("the findings of an earlier scan", MARK, WRITTEN)


@contextmanager
def written_whole(into: Path, content: Content = FINDINGS) -> Iterator[Path]:
    """Give a folder to write in, which takes the place of `into` when all is written; on an error nothing changes.

    Raises
    ------
    FolderOccupied
        `into` holds something else than such content, or is a file.
    CannotWrite
        `into` cannot be written, or its disk is full.
    """
    into = into.resolve()
    _put_back(into)
    _refuse_foreign(into, content)
    beside = next(folder for folder in into.parents if folder.is_dir())
    with (
        CannotWrite.told_of(into),
        tempfile.TemporaryDirectory(prefix=f".{into.name}-", dir=beside) as temporary,
    ):
        fresh, former = Path(temporary) / "fresh", Path(temporary) / "former"
        fresh.mkdir()
        yield fresh
        _refuse_foreign(into, content)  # what came meanwhile is not of an earlier run
        into.parent.mkdir(parents=True, exist_ok=True)
        try:
            if into.exists():
                into.rename(former)
            fresh.rename(into)
        finally:
            if former.exists() and not into.exists():
                former.rename(into)


def _put_back(into: Path) -> None:
    """Put back what stood here when a run was killed between its two renames: it was moved aside and nothing came."""
    with CannotWrite.told_of(into):
        for former in into.parent.glob(f".{escape(into.name)}-*/former"):
            if not into.exists():
                former.rename(into)


def _refuse_foreign(into: Path, content: Content) -> None:
    if into.exists() and (found := _foreign(into, content)):
        raise FolderOccupied(into, found, content.what)


def _foreign(into: Path, content: Content) -> str:
    if not into.is_dir():
        return "a file"
    names = sorted(path.name for path in into.iterdir())
    if names and content.mark not in names:
        return f"files, and no `{content.mark}`"
    return ", ".join(f"`{name}`" for name in names if name not in content.names)
