"""How often a stranger agrees with a campaign as much, where families count by how they tell its members."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stillwatch.links.incidence import Ints
from stillwatch.links.weigh import Floats, Mask

_STEPS_A_BIT = 4  # ratios are counted in quarters of a bit where families are added up
_PARTS = 10  # so many parts of the members, each weighed by what the others show
_PRIOR_MEMBERS = 1.0  # a member that shows what strangers do, so that nothing is told of a few members for sure


def stranger_probability(bits: Floats, honest: Mask, members: Mask) -> Floats:
    """Return for each account how often a stranger agrees as much with a campaign as it does.

    What agreement tells depends on the family: where accounts of a campaign share no card, one that does is no more
    likely to be of it, and where they all keep the same hours, one that does not hardly is. So the bits of each family
    give a likelihood ratio, how often the campaign's other members show about as many over how often strangers do,
    which never falls as bits rise. Families are added up, and the sum is held against what strangers reach, by
    convolution: the ratio only ranks accounts, and how often strangers rank as high is counted on strangers. Nothing is
    assumed but that strangers agree in one family whatever they do in another.

    Parameters
    ----------
    bits
        Row by row the accounts, column by column the families: how few strangers agree as much.
    honest, members
        Which rows are strangers and members. Members are weighed in tenths, each by what the others show.

    References
    ----------
    Neyman and Pearson (1933), On the Problem of the Most Efficient Tests of Statistical Hypotheses.
    """
    return _tell(bits, honest, members).reached(np.arange(bits.shape[1]))


def probabilities_without(bits: Floats, honest: Mask, members: Mask) -> list[Floats]:
    """Return for each family what `stranger_probability` gives without it; what the others tell is learned once."""
    told, families = _tell(bits, honest, members), np.arange(bits.shape[1])
    return [told.reached(np.delete(families, one)) for one in families.tolist()]


@dataclass(frozen=True)
class _Told:
    """What is told by families.

    Attributes
    ----------
    levels
        Row by row the accounts, column by column the families: the bits, in whole numbers.
    strangers
        Row by row the families: the share of strangers at each level.
    parts
        Rows of accounts that are weighed by the same members, and the steps that each level of each family tells them.
    """

    levels: Ints
    strangers: Floats
    parts: Sequence[tuple[Mask, Ints]]

    def reached(self, families: Ints) -> Floats:
        """Return for each account how often a stranger reaches what it does in some families together."""
        probabilities = np.ones(len(self.levels))
        for rows, steps in self.parts:
            levels = self.levels[rows][:, families]
            probabilities[rows] = _reached(steps[families], self.strangers[families], levels)
        return probabilities


def _tell(bits: Floats, honest: Mask, members: Mask) -> _Told:
    levels = np.where(bits > 0, 1 + np.floor(bits + 1e-9), 0).astype(np.int64)
    width = int(levels.max(initial=0)) + 1
    strangers = _counts(levels[honest], width)
    strangers[np.arange(len(strangers)), levels.max(axis=0, initial=0)] += 1.0  # as the rank counts the account itself
    strangers /= strangers.sum(axis=1, keepdims=True)
    part = np.full(len(bits), -1)
    part[members] = np.arange(int(members.sum())) % _PARTS
    parts = []
    for one in np.unique(part):
        ratios = _ratios(_counts(levels[members & (part != one)], width), strangers)
        parts.append((part == one, np.floor(ratios * _STEPS_A_BIT).astype(np.int64)))
    return _Told(levels, strangers, parts)


def summed_probability(bits: Floats, honest: Mask) -> Floats:
    """Return for each account how often the bits of a stranger, added up over families, are as many as its own."""
    steps = np.floor(bits * _STEPS_A_BIT + 1e-9).astype(np.int64)
    width = int(steps.max(initial=0)) + 1
    strangers = _counts(steps[honest], width)
    strangers[np.arange(len(strangers)), steps.max(axis=0, initial=0)] += 1.0
    strangers /= strangers.sum(axis=1, keepdims=True)
    return _reached(np.tile(np.arange(width), (len(strangers), 1)), strangers, steps)


def _counts(levels: Ints, width: int) -> Floats:
    return np.stack([np.bincount(column, minlength=width) for column in levels.T]).astype(np.float64)


def _ratios(members: Floats, strangers: Floats) -> Floats:
    """Return the bits by which each level of each family tells members from strangers."""
    count = members.sum(axis=1, keepdims=True)
    shares = (members + _PRIOR_MEMBERS * strangers) / (count + _PRIOR_MEMBERS)
    return np.log2(np.stack([_rising(ours, theirs) for ours, theirs in zip(shares, strangers, strict=True)]))


def _rising(ours: Floats, theirs: Floats) -> Floats:
    """Return the ratio of two rows of shares, levelled so that it never falls.

    References
    ----------
    Barlow et al. (1972), Statistical Inference under Order Restrictions: the max-min formula.
    """
    ends = np.arange(len(ours))
    inside = ends[:, None] <= ends[None, :]
    sums = [np.cumsum(np.where(inside, one, 0.0), axis=1) for one in (ours, theirs)]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(inside & (sums[1] > 0), sums[0] / sums[1], np.inf)  # of levels from row to column
    lowest = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]  # where it ends at this column or later
    rising = np.maximum.accumulate(np.where(inside & np.isfinite(lowest), lowest, 0.0), axis=0).diagonal()
    return np.asarray(np.maximum.accumulate(rising))


def _reached(steps: Ints, strangers: Floats, levels: Ints) -> Floats:
    """Return how often the steps of strangers, added up over families, reach those of the given levels."""
    chances = np.ones(1)
    least = steps.min(axis=1)
    for row, shares, low in zip(steps, strangers, least, strict=True):
        chances = np.convolve(chances, np.bincount(row - low, weights=shares))
    tail = np.cumsum(chances[::-1])[::-1]
    sums = (steps[np.arange(len(steps)), levels] - least).sum(axis=1)
    return np.asarray(np.minimum(1.0, tail[sums]))
