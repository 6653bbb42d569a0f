"""How close accounts are in a behaviour to the mean of a campaign."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from stillwatch.links.closeness import Likeness
from stillwatch.links.crowd import measure_amounts, measure_departures, measure_from_mean
from stillwatch.links.incidence import Ints
from stillwatch.links.weigh import Floats
from stillwatch.traits.base import Compared

_FEWEST_CLOSE = 3  # members whose mean behaviour another is compared with


def closeness_to(one: Likeness, members: Ints, accounts: Ints) -> Floats:
    """Return how close each account is to the mean of the members, itself left out; 0 where it cannot be said.

    By departures it is how much it works and rests when they do: the covariance of their departures from asking evenly.
    Accounts that ask round the clock are all alike in that they hardly depart: they get nothing for it. By amounts it
    is how nearly it asks as much as they do at a time, in what chance makes of that.
    """
    able = members[~np.isnan(one.roots[members, 0])]
    if len(able) < _FEWEST_CLOSE:
        return np.zeros(len(accounts))
    roots, noise, others = one.roots[able], one.noise[able], _Others(able, accounts, len(one.noise))
    if one.compared is Compared.DEPARTURES:
        departures = np.square(roots) - 1.0 / roots.shape[1]
        together = others.measured(partial(measure_departures, one.roots), departures, 1.0 / noise)
        return np.maximum(np.nan_to_num(together), 0.0)
    if one.compared is Compared.AMOUNTS:
        asked = np.square(roots) / noise[:, None]
        gaps = others.measured(partial(measure_amounts, one.roots, one.noise), asked, np.ones(len(able)))
    else:
        gaps = others.measured(partial(measure_from_mean, one.roots, one.noise, one.scattered), roots, 1.0 / noise)
    return np.nan_to_num(1.0 / (1e-9 + gaps))


@dataclass(frozen=True)
class _Others:
    """The members that show a behaviour, the accounts that are held against them, and how many there are in all."""

    able: Ints
    accounts: Ints
    count: int

    def measured(self, measure: Callable[..., Any], shown: Floats, weights: Floats) -> Floats:
        """Return what a kernel measures of each account against what the members show, each by its weight."""
        own, found = np.zeros(self.count), np.empty(len(self.accounts))
        own[self.able] = weights
        own = own[self.accounts]
        sums = np.einsum("i,ij->j", weights, shown)  # einsum adds up in one order, whatever the threads
        measure(sums, own, weights.sum() - own, self.accounts, found)
        return found
