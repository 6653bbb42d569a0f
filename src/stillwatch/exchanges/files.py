"""From what the operator names - files, folders, globs - to log files, and what kind of file each is."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from stillwatch.log_errors import NoSuchLogs, UnreadableLog

SUFFIXES = (".jsonl", ".ndjson", ".json", ".log", ".csv", ".tsv", ".parquet", ".arrow", ".arrows", ".ipc", ".feather")
_COMPRESSED = (".gz", ".zst", ".zstd")
BY_ROWS = frozenset({"json", "csv"})
"""Kinds of files that are read row by row; all others are read by columns."""
_MAGIC = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow stream"}


def find_files(sources: Sequence[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the log files that the sources lead to, and the files in folders that do not look like logs.

    Both are in the order of their paths, each file once, whatever the order of the sources. In folders, files that
    begin with a dot or an underscore are left out of both. Links are followed.

    Raises
    ------
    NoSuchLogs
        A source leads to no log file.
    UnreadableLog
        A folder may not be read, or a log file has a name that no record can hold.
    """
    found: dict[Path, Path] = {}
    passed_over: set[Path] = set()
    missing = []
    for source in sources:
        try:
            logs, others = _led_to(source)
        except OSError as error:
            raise UnreadableLog(_legible(error.filename or source), error.strerror or str(error)) from error
        passed_over.update(others)
        if not logs:
            missing.append(_legible(source))
        for path in logs:
            # Of two names for one file the first in order stays, so that the order of sources does not matter.
            found[path.resolve()] = min(path, found.get(path.resolve(), path))
    if missing or not sources:
        raise NoSuchLogs(missing or ["nothing"], SUFFIXES)
    for path in found.values():
        if _legible(path) != str(path):
            raise UnreadableLog(_legible(path), "its name is not UTF-8, so that no record can name it")
    left = {Path(_legible(path)) for path in passed_over - set(found.values())}
    return tuple(sorted(found.values())), tuple(sorted(left))


def kind_of(path: Path) -> str:
    """Return `parquet`, `arrow` or `arrow stream` by the first bytes of a file, else `csv` by its name, else `json`.

    Raises
    ------
    UnreadableLog
        The file may not be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise UnreadableLog(str(path), error.strerror or str(error)) from error
    named = "csv" if _plain_name(path).endswith((".csv", ".tsv")) else "json"
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), named)


def _led_to(source: str) -> tuple[list[Path], list[Path]]:
    """Return the log files that a source leads to, and the other files in its folders."""
    places = [Path(source)] if Path(source).exists() else [Path(match) for match in glob.glob(source, recursive=True)]
    logs = [place for place in places if place.is_file()]
    inside = [path for place in places if place.is_dir() for path in _inside(place) if path.is_file()]
    logs += [path for path in inside if _looks_like_log(path)]
    return logs, [path for path in inside if not _looks_like_log(path)]


def _inside(folder: Path) -> Iterator[Path]:
    been = set()
    for place, folders, names in os.walk(folder, followlinks=True, onerror=_refuse):
        about = Path(place).stat()
        if (about.st_dev, about.st_ino) in been:  # a link leads back, or to what another name has led to
            folders.clear()
            continue
        been.add((about.st_dev, about.st_ino))
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        yield from (Path(place, name) for name in names if not _is_hidden(name))


def _refuse(error: OSError) -> None:
    raise error


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_"))


def _legible(path: str | Path) -> str:
    """Return a path as text that can be written: bytes of it that are not UTF-8 as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _looks_like_log(path: Path) -> bool:
    return _plain_name(path).endswith(SUFFIXES)


def _plain_name(path: Path) -> str:
    """Return the name of a file in lower case, as it would be if it were not compressed."""
    name = path.name.lower()
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return name
