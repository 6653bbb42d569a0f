"""What sharing a value makes of two accounts: a pair, a pair with another family, or nothing by itself."""

from dataclasses import dataclass

import numpy as np

from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Joined
from stillwatch.links.settings import Linking


@dataclass(frozen=True)
class Kinds:
    """Where in each trait, whose values go from the rarest to the commonest, the narrow and the wide ones begin.

    Rare values make a pair by themselves. Of narrow ones a pair must share two families. Wide ones make no pair; they
    are found by sketches.
    """

    first_met: Ints
    first_wide: Ints

    @property
    def limits(self) -> tuple[Ints, Ints]:
        """Both, as kernels take them."""
        return self.first_met, self.first_wide


def kinds_of_values(joined: Joined, settings: Linking) -> Kinds:
    """Return the kinds by how many pairs share a value at most as common, within the trait.

    Rare are values of which those pairs fit in the trait's part of `lone_pairs`. Narrow are others of at most
    `widest_value` accounts of which they fit in its part of `met_pairs`.
    """
    first = joined.first_value
    lone, met = (most // max(1, len(first) - 1) for most in (settings.lone_pairs, settings.met_pairs * joined.count))
    limits = []
    for begin, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        widths = joined.widths[begin:end]
        pairs = np.cumsum(widths * (widths - 1) // 2)
        narrow = int(np.searchsorted(widths, settings.widest_value, side="right"))
        limits.append([min(narrow, _fitting(widths, pairs, most)) for most in (lone, max(lone, met))])
    first_met, first_wide = first[:-1, None].T + np.array(limits, np.int64).reshape(-1, 2).T
    return Kinds(np.ascontiguousarray(first_met), np.ascontiguousarray(first_wide))


def _fitting(widths: Ints, pairs: Ints, most: int) -> int:
    """Return how many values there are before those as common as the one that brings too many pairs."""
    first_beyond = int(np.searchsorted(pairs, most, side="right"))
    return int(np.searchsorted(widths, widths[first_beyond])) if first_beyond < len(widths) else first_beyond
