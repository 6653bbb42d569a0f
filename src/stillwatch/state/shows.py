"""Which account showed which value on a day, as sorted numbers: how a new day is compared with all before it."""
# mypy: disable-error-code="no-untyped-def"

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.compiled import kernel
from stillwatch.errors import CannotWrite

FILE = "shows.arrow"
_IDS = "ids.arrow"
KEY = "md5_number_lower(trait || chr(10) || value)"  # a digest of no version: what is kept must be found again
WHO = "md5_number_lower(account_id)"
ID = "md5_number_lower(exchange_id)"
Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]


class Shows(NamedTuple):
    """One row for each value that an account showed on a day, by value and account: who, and in how many exchanges."""

    keys: Keys
    who: Keys
    counts: Counts


class Compared(NamedTuple):
    """What the days before say of each row: how often this account showed it, and whether another one did."""

    before: Counts
    is_foreign: npt.NDArray[np.bool_]


@kernel
def _compare(keys, who, old_keys, old_who, old_counts, before, is_foreign):  # noqa: PLR0913, PLR0917
    """Add what the rows of an earlier day say of the rows of this day; both sorted by key."""
    at, old = 0, 0
    while at < keys.size and old < old_keys.size:
        if keys[at] < old_keys[old]:
            at += 1
        elif keys[at] > old_keys[old]:
            old += 1
        else:
            end, old_end = at, old
            while end < keys.size and keys[end] == keys[at]:
                end += 1
            while old_end < old_keys.size and old_keys[old_end] == old_keys[old]:
                old_end += 1
            for row in range(at, end):
                for other in range(old, old_end):
                    if who[row] == old_who[other]:
                        before[row] += old_counts[other]
                    else:
                        is_foreign[row] = True
            at, old = end, old_end


@kernel
def _several(keys, who, is_foreign):
    """Mark the rows whose key more than one account shows on this day, or another account showed before."""
    at = 0
    while at < keys.size:
        end, foreign = at, False
        while end < keys.size and keys[end] == keys[at]:
            foreign |= is_foreign[end] or who[end] != who[at]
            end += 1
        for row in range(at, end):
            is_foreign[row] = foreign
        at = end


def write_shows(rows: pa.Table, folder: Path) -> None:
    """Write the columns `key`, `who` and `n`, sorted by key and account, so that they can be mapped into memory."""
    _write(rows.rename_columns(list(Shows._fields)), folder / FILE)


def read_shows(folder: Path) -> Shows:
    """Read what a day's folder holds, without copying it into memory."""
    return Shows(*_mapped(folder / FILE))


def write_ids(ids: pa.Table, folder: Path) -> None:
    """Write the column `keys` of a day's exchange ids, sorted."""
    _write(ids, folder / _IDS)


def repeated_ids(keys: Keys, folders: Iterable[Path]) -> Keys:
    """Return those of the sorted keys that an earlier day holds as well."""
    earlier = (
        Shows(one, one, np.zeros(len(one), np.int64)) for (one,) in (_mapped(folder / _IDS) for folder in folders)
    )
    apart = np.zeros(len(keys), np.uint64)
    before, is_foreign = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
    for one in earlier:
        _compare(keys, apart, one.keys, one.keys, one.counts, before, is_foreign)
    return keys[is_foreign]


def _write(table: pa.Table, path: Path) -> None:
    table = table.combine_chunks()
    with CannotWrite.told_of(path), pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _mapped(path: Path) -> list[npt.NDArray[Any]]:
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_file(file).read_all().combine_chunks()
    return [column.to_numpy() for column in table.columns]


def compare_shows(shows: Shows, earlier: Iterable[Shows]) -> Compared:
    """Compare a day's rows with those of the days before.

    Returns
    -------
    Compared
        `is_foreign` also where two accounts show the value on this day.

    Notes
    -----
    Time grows with the rows of the days before, at some nanoseconds a row; nothing else in a scan does.
    """
    compared = Compared(np.zeros(len(shows.keys), np.int64), np.zeros(len(shows.keys), np.bool_))
    for one in earlier:
        _compare(shows.keys, shows.who, *one, *compared)
    _several(shows.keys, shows.who, compared.is_foreign)
    return compared
