"""How surprising it is that two accounts behave so much alike."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Ints

_STRANGERS = 20_000


@dataclass(frozen=True)
class Likeness:
    """One profile's vectors, as square roots of shares: their distance is Hellinger's.

    Accounts that show too little to compare have a row of NaN.
    """

    name: str
    family: str
    roots: npt.NDArray[np.float64]

    def dealt(self, order: Ints) -> "Likeness":
        """Return the same vectors with account `a` in the place of account `order[a]`."""
        roots = np.empty_like(self.roots)
        roots[order] = self.roots
        return Likeness(self.name, self.family, roots)


def likeness(name: str, family: str, counts: npt.NDArray[np.int64], least: int) -> Likeness:
    """Return the profile of each account from its counts; accounts with fewer than `least` are not compared."""
    totals = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        roots = np.sqrt(counts / np.where(totals >= max(1, least), totals, np.nan))
    return Likeness(name, family, roots)


def closeness_bits(one: Likeness, a: Ints, b: Ints, reference: npt.NDArray[np.bool_], share: float) -> npt.NDArray[np.float64]:
    """Return, for each pair, how surprising its closeness is among pairs of strangers from the reference.

    Strangers are 20,000 pairs drawn with a fixed seed; bits are hence at most about 13.
    """
    able = np.flatnonzero(reference & ~np.isnan(one.roots[:, 0]))
    if len(able) < 20:
        return np.zeros(len(a))
    left, right = np.random.default_rng(1).choice(able, size=(2, _STRANGERS))
    apart = left != right
    strangers = np.sort(_distances(one, left[apart], right[apart]))
    distances = _distances(one, a, b)
    as_close = np.searchsorted(strangers, np.nan_to_num(distances, nan=2.0), side="right")
    bits = -np.log2((1 + as_close) / (1 + len(strangers))) + np.log2(share)
    return np.where(np.isnan(distances), 0.0, np.maximum(0.0, bits))


def _distances(one: Likeness, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
    gap: npt.NDArray[np.float64] = one.roots[a] - one.roots[b]
    return np.round(np.sqrt(np.square(gap).sum(axis=1)), 9)
