"""Keyed digests of the paths that texts show (`path_names` says what counts), and of whose home folders they are in."""
# mypy: disable-error-code="no-untyped-def"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import WIDE, equal64, lowest_bit
from stillwatch.marks.bytes_of import Bytes, lists_of
from stillwatch.marks.digests import Key, digest_bytes
from stillwatch.marks.path_names import AT, BACKSLASH, NAME_ROOM, SLASH, owner_in, path_at

MOST_PATHS = 8


@piece
def _keep_smallest(found, count, digest):
    """Put a digest into a sorted set of at most `MOST_PATHS`; return how many it holds."""
    to = count
    while to > 0 and found[to - 1] > digest:
        to -= 1
    if (to > 0 and found[to - 1] == digest) or to == MOST_PATHS:
        return count
    count = min(count + 1, MOST_PATHS)
    for moved in range(count - 1, to, -1):
        found[moved] = found[moved - 1]
    found[to] = digest
    return count


@piece
def paths_in(given, row, key, name, paths, owners):  # noqa: PLR0913, PLR0917
    """Write the digests of the paths that a text shows to row `row`, and of the people whose homes these are in."""
    data, bounds, before = given.data, (given.offsets[row], given.offsets[row + 1]), np.uint64(0)
    for at in range(bounds[0], bounds[1], WIDE):
        bits = equal64(data, given.tail, at, SLASH) | equal64(data, given.tail, at, BACKSLASH)
        before |= equal64(data, given.tail, at, AT)
        if bounds[1] - at < WIDE:
            bits &= (np.uint64(1) << np.uint64(bounds[1] - at)) - np.uint64(1)
        while bits != 0:
            size = path_at(data, at + lowest_bit(bits), bounds, before != 0, name)
            bits &= bits - np.uint64(1)
            if size > 0:
                digest = digest_bytes(name, 0, size, key)
                paths.counts[row] = _keep_smallest(paths.digests[row], paths.counts[row], digest)
                owner = owner_in(name, size)
                if owner > 0:
                    digest = digest_bytes(name, 0, owner, key)
                    owners.counts[row] = _keep_smallest(owners.digests[row], owners.counts[row], digest)


@piece
def _copy(found, row, to):
    found.counts[to] = found.counts[row]
    for at in range(found.counts[row]):
        found.digests[to, at] = found.digests[row, at]


@kernel
def _find_paths(given, same, key, name, paths, owners):  # noqa: PLR0913, PLR0917
    for row in range(given.valid.size):
        if same[row] >= 0:
            _copy(paths, same[row], row)
            _copy(owners, same[row], row)
        elif given.valid[row]:
            paths_in(given, row, key, name, paths, owners)


@kernel
def _join_paths(paths, others):
    for row in range(paths.counts.size):
        for at in range(others.counts[row]):
            paths.counts[row] = _keep_smallest(paths.digests[row], paths.counts[row], others.digests[row, at])


class Paths(NamedTuple):
    """The paths of each text: `counts[i]` digests in row `i`, ascending, `MOST_PATHS` at most."""

    digests: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    def join(self, others: "Paths") -> None:
        """Add the paths of other texts of the same exchanges; of too many the smallest digests stay."""
        _join_paths(self, others)

    def lists(self, shown: npt.NDArray[np.bool_]) -> pa.Array:
        """Return them as an array of lists, null where nothing is shown."""
        places = np.arange(MOST_PATHS) < self.counts[:, None]
        return lists_of(self.digests[places], self.counts, shown)


def no_paths(size: int) -> Paths:
    """Return room for the paths of some texts, of which none has been found yet."""
    return Paths(np.zeros((size, MOST_PATHS), np.int64), np.zeros(size, np.int64))


def find_paths(given: Bytes, same: npt.NDArray[np.int64], key: Key) -> tuple[Paths, Paths]:
    """Return the paths that texts show, and the people whose home folders these are in.

    Parameters
    ----------
    same
        For each text an earlier one with the same bytes, or -1.
    """
    paths, owners = no_paths(len(given.valid)), no_paths(len(given.valid))
    _find_paths(given, same, key, np.empty(NAME_ROOM, np.uint8), paths, owners)
    return paths, owners
