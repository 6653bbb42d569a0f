"""Compares accounts that have asked little with honest accounts thinned to as many exchanges."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_PLENTY = 100  # exchanges of a group from which its part is hardly chance
_MOST_DRAWN = 30  # as far as accounts are thinned: beyond, a part is known well enough
_ROUNDING = 1e-9  # a mean of equal parts is their own size, whatever the order of adding up


@dataclass(frozen=True)
class Part:
    """The exchanges of a kind among all that each account asked, and how many of them make a habit.

    Attributes
    ----------
    counts, exchanges
        Exchanges of the kind, and all, of each account.
    least
        Of how many exchanges it takes how many.
    fewest
        Exchanges from which an account is compared as it is.
    seen
        That an account asks for the kind at all, as the end of a sentence; None where all do, and it says nothing.
    seen_share
        What part of an account's exchanges is seen to be of the kind, at the least, where it has the habit.
    """

    counts: Ints
    exchanges: Ints
    least: Callable[[Ints], Ints]
    fewest: int
    seen: str | None = None
    seen_share: float = 1.0

    @property
    def shown(self) -> Mask:
        """Which accounts have the habit."""
        return np.asarray((self.exchanges > 0) & (self.counts >= self.least(self.exchanges)))

    def expected(self, members: Ints) -> float:
        """Return how many of some accounts would show the habit, had all of them it.

        Of one that asked less than `fewest` times it is the chance that so few exchanges show it: what is not seen in
        the two or three of a first hour speaks against nobody.
        """
        asked, times = np.unique(np.minimum(self.exchanges[members], self.fewest), return_counts=True)
        return float(np.dot([self._likely(int(draws)) for draws in asked], times)) if len(asked) else 0.0

    def _likely(self, draws: int) -> float:
        """Return the chance for one account: no less than for one that asked less, and 1 where nothing can be seen."""
        if not 0 < draws < self.fewest:
            return 1.0  # who asked nothing that could show it is no reason to ask for less
        return max(self._seen(fewer) for fewer in range(1, draws + 1))

    def _seen(self, draws: int) -> float:
        least, hit = int(self.least(np.array([draws]))[0]), self.seen_share
        return sum(math.comb(draws, hits) * hit**hits * (1 - hit) ** (draws - hits) for hits in range(least, draws + 1))

    def honest_rate(self, members: Ints, honest: Mask) -> float:
        """Return how often an honest account would show the habit, had it asked as much as a member did.

        Of an account that asked little one exchange is a large share. So for each member that asked fewer than
        `fewest` times, so many exchanges are drawn of each honest account that asked at least as often, which gives the
        chance that it shows the habit; the mean over members is returned. Exchanges of a kind come together, and so do
        those of a campaign's first hour; drawn apart, they make honest accounts show the habit more often.
        """
        asked, times = np.unique(np.minimum(self.exchanges[members], self.fewest), return_counts=True)
        rates = [self._rate(int(draws), honest) for draws in asked]
        return float(np.average(rates, weights=times)) if rates else 1.0

    def together(self, members: Ints) -> float:
        """Return what part of their exchanges accounts give to the kind: the mean over them, 0-1.

        An account weighs as much as it asked, `fewest` at the most: one that asked little tells little, and one that
        asked much does not speak for all.
        """
        asked = self.exchanges[members]
        weights = np.minimum(asked, self.fewest)
        parts = self.counts[members] / np.maximum(asked, 1)
        return float(np.average(parts, weights=weights)) if weights.any() else 0.0

    def rate_of_one(self, members: Ints, honest: Mask) -> float:
        """Return how often one honest account gives as large a part of its exchanges to the kind as these together.

        Honest accounts that asked `fewest` times and more are compared, thinned to what the members asked where that is
        little: a part of few exchanges is large by chance more often. Of members that asked less than `fewest` times
        together nothing is known, which is 1.
        """
        asked = int(np.minimum(self.exchanges[members], self.fewest).sum())
        comparable = np.flatnonzero(honest & (self.exchanges >= self.fewest))
        if asked < self.fewest:
            return 1.0
        part, counts, exchanges = self.together(members), self.counts[comparable], self.exchanges[comparable]
        as_large = (counts / exchanges >= part - _ROUNDING).astype(np.float64)
        if asked < _PLENTY:
            draws = min(asked, _MOST_DRAWN)
            drawn = exchanges > draws
            least = max(1, math.floor(part * draws + _ROUNDING))
            as_large[drawn] = _reaching(counts[drawn], exchanges[drawn], draws, least)
        return (float(as_large.sum()) + 0.5) / (len(comparable) + 1.0)

    def _rate(self, draws: int, honest: Mask) -> float:
        comparable = np.flatnonzero(honest & (self.exchanges >= draws))
        if draws >= self.fewest:
            showing = float(self.shown[comparable].sum())
        else:
            least = int(self.least(np.array([draws]))[0])
            showing = float(_reaching(self.counts[comparable], self.exchanges[comparable], draws, least).sum())
        return (showing + 0.5) / (len(comparable) + 1.0)


def _reaching(counts: Ints, exchanges: Ints, draws: int, least: int) -> Floats:
    """Return for each account how often at least so many of its exchanges drawn without return are of the kind."""
    chances = np.zeros((draws + 1, len(counts)))
    chances[0] = 1.0
    for drawn in range(draws):
        rest = exchanges - drawn
        for hit in range(drawn, -1, -1):
            more = chances[hit] * np.clip(counts - hit, 0, None) / rest
            chances[hit + 1] += more
            chances[hit] -= more
    return np.asarray(chances[least:].sum(axis=0))
