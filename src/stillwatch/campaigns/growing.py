"""Grows groups that harvest from the few that something drew together: the whole shows what a part of it cannot."""

import numpy as np

from stillwatch.campaigns.harvesting import Harvesting, Harvests, weigh_harvesting
from stillwatch.campaigns.membership import weigh_membership
from stillwatch.campaigns.seeds import few_by_chance, hidden_among
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.incidence import Ints
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Floats, Mask


def grow_groups(
    shown: Shown, strangers: Mask, groups: Ints, gathering: Gathering, harvests: Harvests
) -> tuple[Ints, Mask]:
    """Return the groups that do what few strangers do, with accounts that do so and agree taken in, and the strangers.

    Such groups harvest, or pass conversations on. A campaign that hardly shares anything is drawn together in parts, a
    few of its accounts each. Held against a part, which says little of when and what the campaign asks, the others
    agree hardly more than strangers may; held against all of it, far more. So a part takes in whoever agrees more than
    chance makes `stray_seeds` of those taken in, is weighed again, and so on. Who is taken in has yet to be admitted to
    the whole, as anybody is. Strangers that agree as much are likely more of them, who do nothing rare: they are left
    out of the strangers.

    Parameters
    ----------
    strangers
        Accounts believed honest.
    groups
        For each account the number of its group, or -1.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the False Discovery Rate: in each step.
    """
    grown, left = groups.copy(), strangers & ~harvests.passing  # hardly any of the honest passes anything on
    honest = left & (groups < 0)
    growing = [
        one for one in np.unique(groups[groups >= 0]).tolist() if harvests.are_done_by(np.flatnonzero(groups == one))
    ]
    for _ in range(gathering.most_settlings):
        if not growing or not honest.any():
            break
        apart = grown < 0
        best, nearest = np.ones(len(groups)), np.full(len(groups), -1)
        for group in growing:
            standing = weigh_membership(shown, honest, np.flatnonzero(grown == group))
            harvesting = weigh_harvesting(standing, harvests, apart)
            rates = _rates(harvesting, gathering, len(groups))
            close = np.flatnonzero(apart)[few_by_chance(rates[apart], gathering.stray_seeds)]
            closer = close[rates[close] < best[close]]
            best[closer], nearest[closer] = rates[closer], group
            left[hidden_among(standing)] = False
        growing = np.unique(nearest[nearest >= 0]).tolist()
        grown = np.where(nearest >= 0, nearest, grown)
        honest = left & (grown < 0)
    return grown, left | (strangers & harvests.passing)


def _rates(harvesting: Harvesting, gathering: Gathering, count: int) -> Floats:
    """Return how often a stranger does what a group does and agrees as much as each account; 1 of who does not."""
    rates = np.ones(count)
    alike = harvesting.acting & (harvesting.speaking(gathering.speaking_bits) >= 2)
    rates[harvesting.standing.accounts[alike]] = harvesting.rates[alike]
    return rates
