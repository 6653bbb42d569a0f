"""Which reader reads each file, told from the first rows of it."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from stillwatch.exchanges.columnar import column_names
from stillwatch.exchanges.files import BY_ROWS, kind_of
from stillwatch.exchanges.formats.mapping import Mapped
from stillwatch.exchanges.read_file import LogFile, all_rows
from stillwatch.exchanges.reader import IDENTITY, LEAST_SURE, Reader, how_surely
from stillwatch.exchanges.reading import Reading
from stillwatch.exchanges.shown_names import name_columns, tell_names
from stillwatch.log_errors import BadMapping, MissingColumn, UnknownFormat, WrongFormat

EMPTY = "empty"


def recognise_files(
    paths: Iterable[Path], named: Sequence[Reader], kinds: Sequence[Reader], reading: Reading
) -> list[LogFile]:
    """Return the files with the format of each.

    Parameters
    ----------
    named
        The one reader that the operator has named for all files; none: each file is recognised.
    kinds
        All readers; of two that are as sure the first is taken.

    Raises
    ------
    UnknownFormat, WrongFormat, UnreadableLog, MissingColumn
        A file cannot be read by any reader, all such are named together, or not by the one that was named.
    BadMapping
        A mapping leads nowhere: with a required column in a file that no reader recognises, or with the messages in the
        first rows of all the files that it reads. Rows that are refused have none, so one file says little.
    """
    files, unheard, heard = [], [], False
    unknown: list[UnknownFormat] = []
    for path in paths:
        try:
            file, reader, records = _recognised(path, named, kinds, reading)
        except UnknownFormat as error:
            unknown.append(error)
            continue
        files.append(file)
        if isinstance(reader, Mapped) and records:
            lost = reader.unheard(records)
            heard = heard or not lost
            unheard += [(reader, f"{one} in {_rows(path, file.kind, records)}") for one in lost]
    if unknown:
        others = [one.where for one in unknown[1:]]
        raise UnknownFormat(unknown[0].where, unknown[0].found, [one.name for one in kinds], others)
    for reader, fault in unheard[:1] if not heard else ():
        raise BadMapping(str(reader.path), [fault])
    return files


def _recognised(
    path: Path, named: Sequence[Reader], kinds: Sequence[Reader], reading: Reading
) -> tuple[LogFile, Reader | None, list[dict[str, Any]]]:
    kind = kind_of(path)
    size = path.stat().st_size
    few = replace(reading, batch_rows=reading.sniffed_rows)
    with closing(all_rows(path, kind, few, known=partial(_is_known, kinds))) as rows:
        seen = list(islice(rows, reading.sniffed_rows))
    if not seen:
        return LogFile(str(path), EMPTY, kind, size), None, []
    records = [row.value for row in seen if row.value is not None]
    scores = [(sum(how_surely(reader, one) for one in records) / max(len(records), 1), reader) for reader in kinds]
    score, reader = max(scores, key=lambda scored: scored[0])
    if named:
        if reader is not named[0] and score >= LEAST_SURE and not any(how_surely(named[0], one) for one in records):
            raise WrongFormat(str(path), named[0].name, reader.name)
        reader = named[0]
    elif score < LEAST_SURE:
        _blame_mapping(kinds, records, _rows(path, kind, records))
        shown = _shown(kind, records) if records else f"a first row that is {seen[0].fault or 'empty'}"
        raise UnknownFormat(str(path), shown, [reader.name for reader in kinds])
    if reader.reads_columns and kind not in BY_ROWS:
        found = column_names(path, kind)
        if missing := [name for name in IDENTITY if name not in found]:
            shown = f"columns {tell_names(found, 20)}"
            raise MissingColumn(missing, where=str(path), found=shown, advice=reader.advice)
    return LogFile(str(path), reader.name, kind, size), reader, records


def _is_known(kinds: Sequence[Reader], record: dict[str, Any]) -> bool:
    return any(how_surely(reader, record) >= LEAST_SURE for reader in kinds)


def _names(records: Sequence[dict[str, Any]]) -> list[str]:
    return sorted({str(name) for record in records for name in record})


def _shown(kind: str, records: Sequence[dict[str, Any]]) -> str:
    if kind == "csv" and not name_columns(_names(records)):
        return "a first line that does not look like names of columns"
    return f"rows with {tell_names(_names(records), 12)}"


def _rows(path: Path, kind: str, records: Sequence[dict[str, Any]]) -> str:
    if kind == "csv" and not name_columns(_names(records)):
        return f"{path}, whose first line does not look like names of columns"
    return f"rows of {path} with {tell_names(_names(records), 12)}"


def _blame_mapping(kinds: Sequence[Reader], records: Sequence[dict[str, Any]], found: str) -> None:
    for kind in kinds:
        if isinstance(kind, Mapped) and kind.path is not None and records and (lost := kind.astray(records[0])):
            raise BadMapping(str(kind.path), [f"{one} in {found}" for one in [*lost, *kind.unheard(records)]])
