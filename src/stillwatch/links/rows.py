"""Listing of pairs row by row: room for each thread, and parts of about the same work."""

from collections.abc import Callable, Sequence
from threading import local

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids
from stillwatch.links.threads import in_parts, slices

_PART_PARTNERS = 1 << 20  # met in some milliseconds; their keys take 8 MB
_PART_ROWS = 1 << 12
_ROOM = 1 << 16  # keys, for each thread
Codes = npt.NDArray[np.uint8]


class Scratch:
    """Room for the partners of one account, for each thread its own: 5 bytes for each account."""

    def __init__(self, count: int) -> None:
        self._count, self._own = count, local()

    def rows(self) -> tuple[Codes, Ids]:
        """Return a state of 0 for each account, which kernels leave as it was, and room for their numbers."""
        if not hasattr(self._own, "rows"):
            self._own.rows = np.zeros(self._count, np.uint8), np.empty(self._count, np.int32)
        kept: tuple[Codes, Ids] = self._own.rows
        return kept


def list_parts(bounds: Ints, count: int, written: Callable[[int, int, Scratch, Ints], int]) -> list[Ints]:
    """Return the keys that are written for parts of the rows.

    Parameters
    ----------
    bounds
        How many keys each row writes at most.
    count
        Accounts.
    written
        Given the first row, the last, room for partners and room for keys, writes keys and returns how many.
    """
    scratch = Scratch(count)
    ends = np.cumsum(bounds)
    cuts = np.unique(
        np.r_[0, np.searchsorted(ends, np.arange(0, ends[-1] if len(ends) else 0, _PART_PARTNERS)), len(bounds)]
    )

    def listed(part: tuple[int, int]) -> Ints:
        keys = np.empty(int(bounds[slice(*part)].sum()), np.int64)
        return keys[: written(*part, scratch, keys)].copy()

    return in_parts(listed, list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)))


def list_all(count: int, written: Callable[[int, int, Scratch, Ints], tuple[int, int]]) -> list[Ints]:
    """Return the keys that are written for all accounts, part by part; no bound of them need be known.

    Parameters
    ----------
    written
        As for `list_parts`, and returns besides the row to go on with, which is not the last where room ran out.
    """
    scratch = Scratch(count)

    def listed(part: slice) -> Ints:
        keys, begin, room = [np.empty(0, np.int64)], part.start, _ROOM
        while begin < part.stop:
            out = np.empty(room, np.int64)
            wrote, reached = written(begin, part.stop, scratch, out)
            keys.append(out[:wrote].copy())
            room, begin = room * 2 if reached == begin else room, reached
        return np.concatenate(keys)

    return in_parts(listed, slices(count, _PART_ROWS))


def unpacked(keys: Sequence[Ints]) -> tuple[Ids, Ids]:
    """Return the pairs of accounts of keys `a << 32 | b`, each once, ascending."""
    ordered = np.concatenate((np.empty(0, np.int64), *keys))
    ordered.sort()
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    if not new.all():
        ordered = ordered[new]
    return (ordered >> 32).astype(np.int32), ordered.astype(np.int32)
