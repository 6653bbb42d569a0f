"""How surprising it is that two accounts behave so much alike."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.links.crowd import count_closer
from stillwatch.links.incidence import Ints
from stillwatch.traits.base import Compared

_STRANGERS = 1_000
_FEWEST_STRANGERS = 20


@dataclass(frozen=True)
class Likeness:
    """One profile's vectors, as square roots of shares: their distance is Hellinger's.

    Accounts that show too little to compare have a row of NaN. `noise` is how much chance moves a vector, as the square
    of a distance and up to a factor; of counts it is one over their sum. Where they are compared by means, the vectors
    are these, and distances are measured in the noise of the two. Pairs are compared only where `of_pairs`.
    """

    name: str
    family: str
    roots: npt.NDArray[np.float64]
    noise: npt.NDArray[np.float64]
    compared: Compared = Compared.SHARES
    of_pairs: bool = True

    @property
    def scattered(self) -> bool:
        """Whether distances are measured in the noise of the two."""
        return self.compared is Compared.MEANS


def likeness(
    name: str, family: str, counts: npt.NDArray[np.int64], least: int, compared: Compared = Compared.SHARES
) -> Likeness:
    """Return the profile of each account from its counts; accounts with fewer than `least` are not compared."""
    totals = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        roots = np.sqrt(counts / np.where(totals >= max(1, least), totals, np.nan))
    return Likeness(name, family, roots, 1.0 / np.maximum(totals[:, 0], 1), compared)


def scattered_likeness(
    named: tuple[str, str], sums: npt.NDArray[np.float64], counts: Ints, days: "Days", least: int
) -> Likeness:
    """Return the mean vector of each account, in units of how much an exchange scatters within accounts.

    The scatter is taken between the days of an account, where exchanges of one conversation fall together, and pooled
    over accounts. Two accounts that draw from one pool then differ by chance alone, however much each has asked.

    Parameters
    ----------
    named
        Name and family.
    sums, counts
        Sum of the vectors of each account, and exchanges of the days that have one.
    days
        Some accounts' days, those that have a vector.
    least
        Exchanges below which an account is not compared.

    References
    ----------
    Mahalanobis (1936), On the Generalized Distance in Statistics.
    """
    means = sums / np.maximum(counts, 1)[:, None]
    gaps = days.sums / np.maximum(days.counts, 1)[:, None] - means[days.accounts]
    freedom = max(1, len(days.accounts) - len(np.unique(days.accounts)))
    # einsum adds up in one order, whatever the threads
    scatter = np.einsum("ij,ik->jk", gaps * days.counts[:, None], gaps) / freedom
    scatter += np.eye(len(scatter)) * max(1e-9, 1e-3 * float(np.trace(scatter)) / max(1, len(scatter)))
    whitened = np.einsum("ij,jk->ik", means, np.linalg.cholesky(np.linalg.inv(scatter)))
    whitened[counts < max(1, least)] = np.nan
    return Likeness(*named, whitened, 1.0 / np.maximum(counts, 1), Compared.MEANS)


@dataclass(frozen=True)
class Days:
    """Days of accounts: whose they are, the sums of their vectors, and their exchanges."""

    accounts: Ints
    sums: npt.NDArray[np.float64]
    counts: npt.NDArray[np.float64]


def closeness_bits(one: Likeness, a: Ints, b: Ints, reference: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return, for each pair, how few strangers are as close to either account as they are to each other.

    Strangers are 1,000 accounts of the reference, drawn with a fixed seed; bits are hence at most about 10. An account
    that behaves as many do gains nothing by being close to another such: what counts is the crowd around each, the
    denser of the two.
    """
    able = np.flatnonzero(reference & ~np.isnan(one.roots[:, 0]))
    if len(able) < _FEWEST_STRANGERS or not len(a):
        return np.zeros(len(a))
    strangers = np.sort(np.random.default_rng(1).choice(able, min(_STRANGERS, len(able)), replace=False))
    shown = ~np.isnan(one.roots[a, 0]) & ~np.isnan(one.roots[b, 0])
    left, right = a[shown], b[shown]
    given = one.roots, one.noise, one.scattered, strangers  # an account is held against them once, on whichever side
    closer = count_closer(*given, np.concatenate((left, right)), np.concatenate((right, left)))
    crowd = np.maximum(closer[: len(left)], closer[len(left) :])
    bits = np.zeros(len(a))
    bits[shown] = -np.log2((1.0 + crowd) / (1.0 + len(strangers)))
    return bits
