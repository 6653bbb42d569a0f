"""How often honest traffic shows as much: probabilities, and how they are combined."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_SMALLEST = 2.0**-1000  # whatever is rarer still has a logarithm
_HALVINGS = 8  # beyond, accounts are as good as independent


def group_surprise(shown: int, judged: int, rate: float, overdispersion: float) -> float:
    """Return how often at least `shown` of `judged` accounts of one honest group show a habit.

    Accounts of one honest customer resemble each other, so a group is not so many independent strangers: the number
    follows a beta-binomial distribution with the honest rate as its mean.

    Parameters
    ----------
    rate
        Share of honest accounts that show the habit, 0-1 exclusive.
    overdispersion
        Correlation of two accounts of one group, 0-1 exclusive.

    Examples
    --------
    >>> round(group_surprise(1, 1, 0.08, 0.3), 3)
    0.08
    >>> group_surprise(15, 15, 0.08, 0.3) > 0.08**15
    True
    """
    if not shown:
        return 1.0
    spread = (1.0 - overdispersion) / overdispersion
    a, b, k = rate * spread, (1.0 - rate) * spread, np.arange(judged)
    steps = np.log((judged - k) * (k + a) / ((k + 1.0) * (judged - k - 1.0 + b)))
    none = _log_beta(a, judged + b) - _log_beta(a, b)
    terms = np.exp(none + np.cumsum(steps)[shown - 1 :])
    return min(1.0, max(_SMALLEST, math.fsum(terms.tolist())))


def least_surprise(shown: int, judged: int, rate: float, overdispersion: float) -> float:
    """Return how often at least `shown` of `judged` accounts of an honest group show a habit that is this much alike.

    How alike the accounts of one group are is known from other groups, and not every group is so. Where most of a group
    show a habit, the more alike they are the less it surprises; where few of many do, the less alike. The least
    surprising counts, from independent accounts to the overdispersion given.

    Examples
    --------
    >>> least_surprise(15, 15, 0.08, 0.3) == group_surprise(15, 15, 0.08, 0.3)
    True
    >>> least_surprise(6, 217, 0.003, 0.3) > 2 * group_surprise(6, 217, 0.003, 0.3)
    True
    """
    return max(group_surprise(shown, judged, rate, overdispersion / 2**halved) for halved in range(_HALVINGS))


def combined(probabilities: Sequence[float]) -> float:
    """Return how often independent honest probabilities have as small a product.

    References
    ----------
    Fisher (1925), Statistical Methods for Research Workers, 21.1.

    Examples
    --------
    >>> round(combined([0.01]), 3)
    0.01
    >>> round(combined([0.1, 0.1]), 3)
    0.056
    """
    if not probabilities:
        return 1.0
    nats = -math.fsum(math.log(one) for one in probabilities)
    return min(1.0, math.exp(-nats) * math.fsum(nats**k / math.factorial(k) for k in range(len(probabilities))))


def discoveries(rates: Sequence[float], false_discovery_rate: float) -> list[bool]:
    """Return which candidates may be reported so that the expected share of false ones among them is bounded.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the False Discovery Rate.

    Examples
    --------
    >>> discoveries([0.001, 0.2, 0.012], 0.02)
    [True, False, True]
    """
    order = sorted(range(len(rates)), key=lambda at: rates[at])
    reported = max(
        (rank for rank, at in enumerate(order, 1) if rates[at] <= false_discovery_rate * rank / len(rates)), default=0
    )
    chosen = set(order[:reported])
    return [at in chosen for at in range(len(rates))]


def doubts(rates: Sequence[float]) -> list[float]:
    """Return for each candidate how probable it is that honest traffic explains it: the local false discovery rate.

    Were all `n` candidates honest, their rates would be spread evenly, `1 / n` apart. Where they lie so many times
    closer together, only one in so many is honest. Rarer is never more doubtful: neighbours that would make it so are
    taken together. So the doubts of the surest candidates add up to how many of them are false, as Benjamini and
    Hochberg expect it, with every candidate counted as honest. Neighbours that lie together by chance make the doubts
    of a scan a quarter too small, on average.

    References
    ----------
    Efron et al. (2001), Empirical Bayes Analysis of a Microarray Experiment: the local false discovery rate.
    Strimmer (2008), A unified approach to false discovery rate estimation: by Grenander's density, as here.

    Examples
    --------
    >>> [round(one, 3) for one in doubts([0.001, 0.2, 0.002])]
    [0.003, 0.594, 0.003]
    """
    order = sorted(range(len(rates)), key=lambda at: rates[at])
    runs: list[tuple[float, int]] = []  # mean doubt of neighbours, and how many they are
    before = 0.0
    for at in order:
        mean, count = len(rates) * (rates[at] - before), 1
        while runs and runs[-1][0] >= mean:
            others, many = runs.pop()
            mean, count = (mean * count + others * many) / (count + many), count + many
        runs.append((mean, count))
        before = rates[at]
    ranked = [min(1.0, mean) for mean, count in runs for _ in range(count)]
    placed = dict(zip(order, ranked, strict=True))
    return [placed[at] for at in range(len(rates))]


def overdispersion_of(shown: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64], least: float) -> float:
    """Return how alike accounts of one honest group are in a habit: the intraclass correlation, never below `least`.

    Parameters
    ----------
    groups
        The declared organisation of each account; -1 where none is. With fewer than ten groups of two, `least` is
        returned.

    References
    ----------
    Ridout, Demetrio and Firth (1999), Estimating Intraclass Correlation for Binary Data: the analysis of variance.
    """
    declared = groups >= 0
    _, numbers, counts = np.unique(groups[declared], return_inverse=True, return_counts=True)
    several = counts >= 2
    if several.sum() < 10:
        return least
    sums, sizes = np.bincount(numbers, weights=shown[declared])[several], counts[several]
    total, k = float(sizes.sum()), len(sizes)
    between = (float((sums**2 / sizes).sum()) - float(sums.sum()) ** 2 / total) / (k - 1)
    within = (float(sums.sum()) - float((sums**2 / sizes).sum())) / (total - k)
    typical = (total - float((sizes**2).sum()) / total) / (k - 1)
    if between + (typical - 1) * within <= 0:
        return least
    return min(0.9, max(least, (between - within) / (between + (typical - 1) * within)))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
