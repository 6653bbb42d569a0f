"""How many strangers stand closer to an account than another does: the inner loop of closeness, compiled."""
# mypy: disable-error-code="no-untyped-def"

import math

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import kernel, piece
from stillwatch.links.threads import in_parts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_PART_ACCOUNTS = 64


@piece
def _rounded(square):
    return math.floor(math.sqrt(square) * 1e9 + 0.5)  # whole billionths: equal distances are equal


@piece
def _gap(roots, noise, scattered, one, other):
    total = 0.0
    for dimension in range(roots.shape[1]):
        step = roots[one, dimension] - roots[other, dimension]
        total += step * step
    if scattered:
        total /= noise[one] + noise[other]
    return _rounded(total)


@kernel
def _fill_gaps(roots, noise, scattered, columns, strangers, accounts, gaps):  # noqa: PLR0913, PLR0917
    """Fill the gaps of each account to each of the strangers, whose vectors come as columns: processors add up many."""
    for row in range(accounts.size):
        account = accounts[row]
        for place in range(strangers.size):
            gaps[row, place] = 0.0
        for dimension in range(columns.shape[0]):
            own = roots[account, dimension]
            for place in range(strangers.size):
                step = columns[dimension, place] - own
                gaps[row, place] += step * step
        if scattered:
            for place in range(strangers.size):
                gaps[row, place] /= noise[account] + noise[strangers[place]]
        for place in range(strangers.size):
            gaps[row, place] = _rounded(gaps[row, place])


@kernel
def _count_within(roots, noise, scattered, gaps, order, firsts, accounts, others, counts):  # noqa: PLR0913, PLR0917
    """Count, by halving, the sorted gaps of each account that are no wider than the gap of each of its pairs."""
    for at in range(firsts.size - 1):
        for row in range(firsts[at], firsts[at + 1]):
            pair = order[row]
            gap = _gap(roots, noise, scattered, accounts[pair], others[pair])
            low, high = 0, gaps.shape[1]
            while low < high:
                middle = (low + high) // 2
                if gaps[at, middle] <= gap:
                    low = middle + 1
                else:
                    high = middle
            counts[pair] = low


@kernel
def measure_from_mean(roots, noise, scattered, sums, own, left, accounts, gaps):  # noqa: PLR0913, PLR0917
    """Fill, for each account, the square of its distance from a mean out of which its own part is left.

    `sums` are the weighed vectors of the members, `own` each account's weight in them, `left` what weighs besides.
    Where `scattered`, in units of the noise of the two.
    """
    for row in range(accounts.size):
        account, total = accounts[row], 0.0
        for dimension in range(roots.shape[1]):
            root = roots[account, dimension]
            step = root - (sums[dimension] - own[row] * root) / left[row]
            total += step * step
        gaps[row] = total / (noise[account] + 1.0 / left[row]) if scattered else total


@kernel
def measure_departures(roots, sums, own, left, accounts, alike):  # noqa: PLR0913, PLR0917
    """Fill, for each account, how much its departures from asking evenly go with those of others, itself left out.

    `sums` are the weighed departures of the members, `own` each account's weight in them, `left` what weighs besides.
    """
    even = 1.0 / roots.shape[1]
    for row in range(accounts.size):
        account, together, alone = accounts[row], 0.0, 0.0
        for dimension in range(roots.shape[1]):
            departure = roots[account, dimension] * roots[account, dimension] - even
            together += departure * sums[dimension]
            alone += departure * departure
        alike[row] = (together - own[row] * alone) / left[row] / even


@kernel
def measure_amounts(roots, noise, sums, own, left, accounts, gaps):  # noqa: PLR0913, PLR0917
    """Fill, for each account, how far it is from asking as much as the mean of others, itself left out, at a time.

    That is the mean over all phases of the square of the gap over what chance makes of it. `sums` are what the members
    ask, `own` is 1 for a member, `left` how many others there are; what an account asks is `roots` squared over its
    `noise`.
    """
    for row in range(accounts.size):
        account, total = accounts[row], 0.0
        for dimension in range(roots.shape[1]):
            root = roots[account, dimension]
            asked = root * root / noise[account]
            mean = (sums[dimension] - own[row] * asked) / left[row]
            total += (asked - mean) * (asked - mean) / (mean + 0.5)
        gaps[row] = total / roots.shape[1]


def count_closer(  # noqa: PLR0913, PLR0917
    roots: Floats,
    noise: Floats,
    scattered: bool,  # noqa: FBT001
    strangers: Ints,
    accounts: Ints,
    others: Ints,
) -> Ints:
    """Return, for each pair, how many strangers are as close to its first account as the second is.

    Distances are Euclidean; where `scattered`, in units of the noise of the two. Vectors of NaN must not be among them.

    Parameters
    ----------
    roots, noise
        A vector, and how much chance moves it, for each account.
    accounts, others
        The pairs.

    Notes
    -----
    Time grows with the different accounts times the strangers; memory does not.
    """
    counts, order = np.zeros(len(accounts), np.int64), np.argsort(accounts, kind="stable")
    firsts = np.flatnonzero(np.r_[True, np.diff(accounts[order]) > 0, True]) if len(accounts) else np.zeros(1, np.int64)
    given, columns = (np.ascontiguousarray(roots), noise, scattered), np.ascontiguousarray(roots[strangers].T)

    def part(start: int) -> None:
        own = firsts[start : start + _PART_ACCOUNTS + 1]
        gaps = np.empty((len(own) - 1, len(strangers)))
        _fill_gaps(*given, columns, strangers, accounts[order[own[:-1]]], gaps)
        gaps.sort(axis=1)
        _count_within(*given, gaps, order, own, accounts, others, counts)

    in_parts(part, range(0, len(firsts) - 1, _PART_ACCOUNTS))
    return counts
