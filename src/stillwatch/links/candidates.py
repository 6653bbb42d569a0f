"""Which pairs of accounts are weighed at all: weak ones are never written down."""

import numpy as np

from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids, Joined
from stillwatch.links.kinds import Kinds, kinds_of_values
from stillwatch.links.listing import list_rows, list_values
from stillwatch.links.rows import Scratch, list_all, unpacked
from stillwatch.links.settings import Linking
from stillwatch.links.sketches import sketched_pairs


def candidate_pairs(joined: Joined, organisations: Ints, settings: Linking) -> tuple[Ids, Ids]:
    """Return the pairs to weigh, each once, ascending, with the smaller account first.

    Written down are pairs that share a rare value, or narrow ones of two families (see `Kinds`): one common value never
    makes a link. Accounts that share wide values only are found by sketches (see `sketched_pairs`). Pairs of one
    declared organisation are left out.

    Notes
    -----
    Time grows with accounts and their values, at most `met_pairs` partners met for each account; memory with the pairs
    returned: 16 bytes for each.

    References
    ----------
    Gustavson (1978), Two Fast Algorithms for Sparse Matrices: row by row, with a sparse accumulator.
    """
    kinds = kinds_of_values(joined, settings)
    keys = [*_rare(joined, kinds, organisations), *_met(joined, kinds, organisations)]
    return unpacked([*keys, sketched_pairs(joined, kinds, organisations, settings)])


def _rare(joined: Joined, kinds: Kinds, organisations: Ints) -> list[Ints]:
    keys = []
    for begin, end in zip(joined.first_value[:-1].tolist(), kinds.first_met.tolist(), strict=True):
        widths = joined.widths[begin:end]
        out = np.empty(int((widths * (widths - 1) // 2).sum()), np.int64)
        written = list_values(begin, end, joined.value_start, joined.value_accounts, organisations, out)
        keys.append(out[:written])
    return keys


def _met(joined: Joined, kinds: Kinds, organisations: Ints) -> list[Ints]:
    def written(begin: int, end: int, scratch: Scratch, out: Ints) -> tuple[int, int]:
        wrote, reached = list_rows(
            begin, end, joined.starts, joined.values, joined.value_start, joined.value_accounts, joined.traits,
            joined.first_value, *kinds.limits, organisations, *scratch.rows(), out,
        )  # fmt: skip
        return int(wrote), int(reached)

    return list_all(joined.count, written)
