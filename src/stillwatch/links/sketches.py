"""Accounts that share much, though nothing narrow: found by sketches of the wide values that they show."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids, Joined
from stillwatch.links.kinds import Kinds
from stillwatch.links.listing import find_lightest, key_lightest
from stillwatch.links.settings import Linking
from stillwatch.links.threads import in_parts

Floats = npt.NDArray[np.float64]

_ORDERS = 2  # independent sketches
OWN = np.empty((0, 0), np.int32)  # of each account what it shows itself


def sketched_pairs(  # noqa: PLR0913, PLR0917 - for two sides: what is shown, and what is dealt
    joined: Joined, kinds: Kinds, organisations: Ints, settings: Linking, sources: Ids = OWN, rows: Ids | None = None
) -> Ints:
    """Return the keys `a << 32 | b` of accounts whose sketches are the same, in any order; some more than once.

    A sketch is two wide values of two families, drawn so that rare ones come first and that accounts which share much
    draw the same; those of one sketch stand in the order of a third value, and each is paired with the next
    `nearest_accounts`. So pairs grow with accounts, however many show a value.

    Parameters
    ----------
    kinds
        Which values are wide.
    sources
        For each family and account, whose values it shows; -1 shows none.
    rows
        Accounts of which one at least must be in a pair; None: any.

    References
    ----------
    Hernandez and Stolfo (1995), The Merge/Purge Problem for Large Databases: sorted neighbourhoods. Cohen (1997),
    Size-Estimation Framework: exponential variates as sketches of weighted sets.
    """

    def paired(seed: int) -> Ints:
        sketches, thirds = sketch_accounts(joined, kinds, seed, sources)
        order = np.flatnonzero(sketches >= 0 if rows is None else _among(sketches, rows))
        order = order[places_in_order(sketches[order], thirds[order])]
        parts = _neighbours(sketches[order], order, organisations, settings.nearest_accounts)
        found = np.concatenate((np.empty(0, np.int64), *parts))
        return found if rows is None else found[inside[found >> 32] | inside[found & 0xFFFFFFFF]]

    inside = np.zeros(joined.count, bool)
    inside[[] if rows is None else rows] = True

    return np.concatenate(in_parts(paired, range(_ORDERS)))


def sketch_accounts(joined: Joined, kinds: Kinds, seed: int, sources: Ids = OWN) -> tuple[Ints, Ints]:
    """Return for each account a key of two wide values of different families, -1 where it shows but one, and a third.

    Without a third, the number of all wide values stands in its place.
    """
    lightest, lightness = _lightest(joined, kinds, seed)
    if sources.size:
        dealt = (np.where(given >= 0, own[given], np.int32(-1)) for own, given in zip(lightest, sources, strict=True))
        lightest = np.array(list(dealt), np.int32)
    keys, thirds = np.empty((2, joined.count), np.int64)
    key_lightest(lightest, lightness, keys, thirds)
    return keys, thirds


def _lightest(joined: Joined, kinds: Kinds, seed: int) -> tuple[Ids, Floats]:
    """Return for each family and account the lightest wide value, and the lightness of all; drawn once for an index."""
    drawn_with = seed, kinds.first_wide.tobytes()
    if drawn_with not in joined.drawn:
        counts = joined.first_value[1:] - kinds.first_wide
        places = np.cumsum(counts) - counts
        wide = np.repeat(kinds.first_wide - places, counts) + np.arange(int(counts.sum()))
        speaks = np.log2((1.0 + joined.count) / joined.widths[wide])
        lightness = np.random.default_rng((7, seed)).exponential(size=len(wide)) / speaks
        lightest = np.empty((joined.families_count, joined.count), np.int32)
        find_lightest(
            joined.starts, joined.values, joined.traits, joined.first_value, kinds.first_wide, places,
            lightness, lightest,
        )  # fmt: skip
        joined.drawn[drawn_with] = lightest, lightness
    lightest, lightness = joined.drawn[drawn_with]
    return lightest, lightness


def places_in_order(sketches: Ints, thirds: Ints) -> Ints:
    """Return the places by sketch, then by third, then as they stand: a lexical sort in half of the time."""
    by_third = _places_by(thirds)
    _, ranks = np.unique(sketches[by_third], return_inverse=True)
    return by_third[_places_by(ranks)]


def _places_by(numbers: Ints) -> Ints:
    """Return the places of numbers below 2^31, ascending, equal ones as they stand: with its place each is one key."""
    bits = len(numbers).bit_length()
    keys = numbers << bits | np.arange(len(numbers))
    keys.sort()
    return keys & ((1 << bits) - 1)


def _among(sketches: Ints, rows: Ids) -> npt.NDArray[np.bool_]:
    wanted = np.unique(sketches[rows])
    wanted = wanted[wanted >= 0]
    if not len(wanted):
        return np.zeros(len(sketches), bool)
    return np.asarray(wanted[np.minimum(np.searchsorted(wanted, sketches), len(wanted) - 1)] == sketches)


def _neighbours(keys: Ints, order: Ints, organisations: Ints, nearest: int) -> Iterator[Ints]:
    for step in range(1, nearest + 1):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(same):
            break
        a, b = order[same], order[same + step]
        apart = (organisations[a] < 0) | (organisations[a] != organisations[b])
        yield np.minimum(a, b)[apart] << 32 | np.maximum(a, b)[apart]
