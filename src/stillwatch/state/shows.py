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
    """What the days before say of each row.

    Attributes
    ----------
    before
        How often its account showed the value.
    first
        An account that showed the value; 0 where none did.
    was_shared, is_shared
        Whether several accounts had shown it, without this day and with it.
    """

    before: Counts
    first: Keys
    was_shared: npt.NDArray[np.bool_]
    is_shared: npt.NDArray[np.bool_]


@kernel
def _compare(keys, who, old_keys, old_who, old_counts, before, first, was_shared):  # noqa: PLR0913, PLR0917
    """Add what the rows of an earlier day say of the rows of this day; both sorted by key and account.

    What is said of a whole key is kept at its first row.
    """
    at, old = 0, 0
    while at < keys.size and old < old_keys.size:
        if keys[at] < old_keys[old]:
            at += 1
        elif keys[at] > old_keys[old]:
            old += 1
        else:
            if first[at] == 0:
                first[at] = old_who[old]
            begin, key = at, keys[at]
            while old < old_keys.size and old_keys[old] == key:
                was_shared[begin] |= old_who[old] != first[begin]
                while at < keys.size and keys[at] == key and who[at] < old_who[old]:
                    at += 1
                same = at
                while same < keys.size and keys[same] == key and who[same] == old_who[old]:
                    before[same] += old_counts[old]
                    same += 1
                old += 1
            while at < keys.size and keys[at] == key:
                at += 1


@kernel
def _tell_rows(keys, who, first, was_shared, is_shared):
    """Tell each row what is said of its key, and whether several accounts show it by now."""
    at = 0
    while at < keys.size:
        end, shared = at, was_shared[at]
        while end < keys.size and keys[end] == keys[at]:
            shared |= who[end] != who[at] or (first[at] != 0 and who[end] != first[at])
            end += 1
        for row in range(at, end):
            first[row], was_shared[row], is_shared[row] = first[at], was_shared[at], shared
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
    compared = _nothing_known(keys)
    apart = np.zeros(len(keys), np.uint64)
    for (one,) in (_mapped(folder / _IDS) for folder in folders):
        _compare(keys, apart, one, np.zeros(len(one), np.uint64), np.ones(len(one), np.int64), *compared[:3])
    return keys[compared.before > 0]


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

    Notes
    -----
    Time grows with the rows of the days before, at some nanoseconds a row; little else in adding a day does.
    """
    compared = _nothing_known(shows.keys)
    for one in earlier:
        _compare(shows.keys, shows.who, *one, *compared[:3])
    _tell_rows(shows.keys, shows.who, *compared[1:])
    return compared


def _nothing_known(keys: Keys) -> Compared:
    nobody = np.zeros(len(keys), np.bool_)
    return Compared(np.zeros(len(keys), np.int64), np.zeros(len(keys), np.uint64), nobody, nobody.copy())
