"""From what the operator names - files, folders, globs - to log files, and what kind of file each is."""

import glob
from collections.abc import Sequence
from pathlib import Path

from stillwatch.errors import NoSuchLogs, UnreadableLog

SUFFIXES = (".jsonl", ".ndjson", ".json", ".log", ".parquet", ".arrow", ".arrows", ".ipc", ".feather")
_COMPRESSED = (".gz", ".zst", ".zstd")
_MAGIC = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow stream"}


def find_files(sources: Sequence[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the log files that the sources lead to, and the files in folders that do not look like logs.

    Both are in the order of their paths, each file once, whatever the order of the sources. In folders, files that
    begin with a dot or an underscore are left out of both.

    Raises
    ------
    NoSuchLogs
        A source leads to no log file.
    """
    found: dict[Path, Path] = {}
    passed_over: set[Path] = set()
    missing = []
    for source in sources:
        places = (
            [Path(source)] if Path(source).exists() else [Path(match) for match in glob.glob(source, recursive=True)]
        )
        logs = [place for place in places if place.is_file()]
        for folder in (place for place in places if place.is_dir()):
            inside = [path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder))]
            logs += [path for path in inside if _looks_like_log(path)]
            passed_over.update(path for path in inside if not _looks_like_log(path))
        if not logs:
            missing.append(source)
        for path in logs:
            # Of two names for one file the first in order stays, so that the order of sources does not matter.
            found[path.resolve()] = min(path, found.get(path.resolve(), path))
    if missing or not sources:
        raise NoSuchLogs(missing or ["nothing"], SUFFIXES)
    return tuple(sorted(found.values())), tuple(sorted(passed_over - set(found.values())))


def kind_of(path: Path) -> str:
    """Return `parquet`, `arrow`, `arrow stream` or `json`, by the first bytes of a file.

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
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "json")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _looks_like_log(path: Path) -> bool:
    name = path.name.lower()
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return name.endswith(SUFFIXES)
