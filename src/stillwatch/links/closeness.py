"""How surprising it is that two accounts behave so much alike."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Ints

_STRANGERS = 1_000
_FEWEST_STRANGERS = 20


@dataclass(frozen=True)
class Likeness:
    """One profile's vectors, as square roots of shares: their distance is Hellinger's.

    Accounts that show too little to compare have a row of NaN.
    """

    name: str
    family: str
    roots: npt.NDArray[np.float64]

    def dealt(self, order: Ints) -> "Likeness":
        """Return the vectors with that of account `a` given to account `order[a]`; -1 leaves it out."""
        roots = np.full_like(self.roots, np.nan)
        roots[order[order >= 0]] = self.roots[order >= 0]
        return Likeness(self.name, self.family, roots)


def likeness(name: str, family: str, counts: npt.NDArray[np.int64], least: int) -> Likeness:
    """Return the profile of each account from its counts; accounts with fewer than `least` are not compared."""
    totals = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        roots = np.sqrt(counts / np.where(totals >= max(1, least), totals, np.nan))
    return Likeness(name, family, roots)


def closeness_bits(one: Likeness, a: Ints, b: Ints, reference: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return, for each pair, how few strangers are as close to either account as they are to each other.

    Strangers are 1,000 accounts of the reference, drawn with a fixed seed; bits are hence at most about 10. An account
    that behaves as many do gains nothing by being close to another such: what counts is the crowd around each, the
    denser of the two.
    """
    able = np.flatnonzero(reference & ~np.isnan(one.roots[:, 0]))
    if len(able) < _FEWEST_STRANGERS or not len(a):
        return np.zeros(len(a))
    strangers = one.roots[np.sort(np.random.default_rng(1).choice(able, min(_STRANGERS, len(able)), replace=False))]
    distances = _distances(one, a, b)
    crowd = np.maximum(_as_close(one, strangers, a, distances), _as_close(one, strangers, b, distances))
    return np.where(np.isnan(distances), 0.0, -np.log2((1.0 + crowd) / (1.0 + len(strangers))))


def _as_close(
    one: Likeness, strangers: npt.NDArray[np.float64], accounts: Ints, distances: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    counts = np.zeros(len(accounts))
    order = np.argsort(accounts, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(accounts[order]) > 0])
    for start, end in zip(starts, np.r_[starts[1:], len(order)], strict=True):
        rows = order[start:end]
        gaps = np.sort(np.sqrt(np.square(strangers - one.roots[accounts[rows[0]]]).sum(axis=1)).round(9))
        counts[rows] = np.searchsorted(gaps, distances[rows], side="right")
    return counts


def _distances(one: Likeness, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
    gaps: npt.NDArray[np.float64] = np.sqrt(np.square(one.roots[a] - one.roots[b]).sum(axis=1))
    return gaps.round(9)
