"""What strangers would share by chance: each family of what they show is dealt anew, apart from the others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids, Joined
from stillwatch.links.kinds import kinds_of_values
from stillwatch.links.listing import bound_rows, list_dealt_rows
from stillwatch.links.rows import Scratch, list_parts, unpacked
from stillwatch.links.settings import Linking
from stillwatch.links.sketches import sketched_pairs
from stillwatch.links.threads import in_parts

_SAMPLED = 10_000  # rows whose links are counted: some sixty of them are beyond the weakest link


@dataclass(frozen=True)
class Dealing:
    """Who shows whose values and behaviour.

    Attributes
    ----------
    sources
        For each family, whose each account now shows; -1 where it is none of the strangers and shows nothing.
    rows
        Strangers of whom all pairs are listed; a pair of two such is listed from either side.
    """

    sources: Mapping[str, Ids]
    rows: Ids


def deal(families: tuple[str, ...], strangers: npt.NDArray[np.bool_], layers: Ints, seed: int) -> Dealing:
    """Return a dealing among the strangers: within a family all stays as it is, that two agree on a pair is chance.

    Each layer is dealt by itself: what its accounts have in common for their scale, they keep.
    """
    inside = np.flatnonzero(strangers).astype(np.int32)
    parts = [inside[layers[inside] == one] for one in np.unique(layers[inside])]
    names = sorted(set(families))

    def dealt(place: int) -> Ids:
        draw, sources = np.random.default_rng((seed, place)), np.full(len(strangers), -1, np.int32)
        for part in parts:
            sources[part] = draw.permutation(part)
        return sources

    sources = in_parts(dealt, range(len(names)))
    return Dealing(dict(zip(names, sources, strict=True)), sampled(strangers, _SAMPLED))


def sampled(accounts: npt.NDArray[np.bool_], most: int) -> Ids:
    """Return at most so many of the accounts, ascending, always the same."""
    inside = np.flatnonzero(accounts).astype(np.int32)
    if len(inside) <= most:
        return inside
    return np.sort(np.random.default_rng(1).choice(inside, most, replace=False))


def dealt_pairs(joined: Joined, dealing: Dealing, organisations: Ints, settings: Linking) -> tuple[Ids, Ids]:
    """Return the pairs that the rows of a dealing make, as `candidate_pairs` would list them; rows come first."""
    sources = np.array([dealing.sources[name] for name in joined.names], np.int32).reshape(
        len(joined.names), joined.count
    )
    orders = np.full_like(sources, -1)
    for order, source in zip(orders, sources, strict=True):
        order[source[source >= 0]] = np.flatnonzero(source >= 0)
    kinds, bounds = kinds_of_values(joined, settings), np.empty(len(dealing.rows), np.int64)
    index, traits = (joined.starts, joined.values, joined.value_start), (joined.traits, joined.first_value)
    bound_rows(dealing.rows, sources, *index, *traits, joined.first_value[:-1], kinds.first_wide, bounds)

    def written(begin: int, end: int, scratch: Scratch, out: Ints) -> int:
        return int(
            list_dealt_rows(
                dealing.rows[begin:end], sources, orders, *index, joined.value_accounts, *traits, *kinds.limits,
                organisations, *scratch.rows(), out,
            )
        )  # fmt: skip

    keys = list_parts(bounds, joined.count, written)
    wide = sketched_pairs(joined, kinds, organisations, settings, sources, dealing.rows)
    keys += [_from(dealing.rows, joined.count, wide), _from(dealing.rows, joined.count, _turned(wide))]
    return unpacked(keys)


def _turned(keys: Ints) -> Ints:
    return (keys & 0xFFFFFFFF) << 32 | keys >> 32


def _from(rows: Ids, count: int, keys: Ints) -> Ints:
    inside = np.zeros(count, bool)
    inside[rows] = True
    return np.asarray(keys[inside[keys >> 32]])
