"""Settles who belongs to which campaign: accounts are held against whole campaigns, in turn, until nobody moves."""

from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.membership import Standing, weigh_membership
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.incidence import Ints
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Mask


def settle_members(shown: Shown, strangers: Mask, groups: Ints, gathering: Gathering) -> tuple[Ints, Mask]:
    """Return the groups, with accounts admitted that agree with one as a whole, and members left out that do not.

    Returned beside them is who agrees with a group nearly as much: neither members nor believed honest.

    Links join pairs; an account that shares a card with nobody but words, hours and clients with all is found only
    against the whole, and one that two chance links drew in is told from it. Whoever agrees with several groups goes to
    the one it agrees with most, and a group of which half agrees with another as a whole is part of it.

    Parameters
    ----------
    strangers
        Whom what strangers show is learned from; members of groups are left out of them.
    groups
        For each account the number of its group, or -1.
    """
    near = np.zeros(len(groups), bool)
    for _ in range(gathering.most_settlings):
        honest = strangers & (groups < 0)
        if not honest.any() or not (groups >= 0).any():
            break
        settled, near = _Settling(groups, honest, gathering).settled(shown)
        if bool((settled == groups).all()):
            break
        groups = settled
    return groups, near & (groups < 0)


@dataclass(frozen=True)
class _Settling:
    groups: Ints
    strangers: Mask
    gathering: Gathering

    def settled(self, shown: Shown) -> tuple[Ints, Mask]:
        count = len(self.groups)
        near, best, nearest = np.zeros(count, bool), np.ones(count), np.full(count, -1, np.int64)
        staying = near.copy()
        numbers, sizes = np.unique(self.groups[self.groups >= 0], return_counts=True)
        whole = dict(zip(numbers.tolist(), numbers.tolist(), strict=True))
        for group in numbers[np.argsort(-sizes, kind="stable")].tolist():
            standing = weigh_membership(shown, self.strangers, np.flatnonzero(self.groups == group))
            speaking = standing.speaking(self.gathering.speaking_bits) >= 2
            own = self.groups[standing.accounts] == group
            loosely = speaking & (standing.probability <= self.gathering.loosest_probability)
            near[standing.accounts[loosely]] = True
            staying[standing.accounts[own & loosely]] = True
            admitting = self.gathering.stray_members / float(self.strangers.sum())
            admitted = np.flatnonzero(speaking & (standing.probability <= admitting))
            closer = admitted[standing.probability[admitted] < best[standing.accounts[admitted]]]
            best[standing.accounts[closer]] = standing.probability[closer]
            nearest[standing.accounts[closer]] = group
            self._join(standing, admitted, group, whole)
        settled = np.where(nearest >= 0, nearest, np.where(staying, self.groups, -1))
        for group, joined in whole.items():
            settled[settled == group] = joined
        return self._numbered(settled), near

    def _join(self, standing: Standing, admitted: Ints, group: int, whole: dict[int, int]) -> None:
        """Note the groups of which half is admitted to this one."""
        others, counts = np.unique(self.groups[standing.accounts[admitted]], return_counts=True)
        for other, count in zip(others.tolist(), counts.tolist(), strict=True):
            size = int((self.groups == other).sum())
            if other >= 0 and whole[other] == other != whole[group] and count >= self.gathering.merging_share * size:
                whole.update({one: whole[group] for one, joined in whole.items() if joined == other})

    def _numbered(self, settled: Ints) -> Ints:
        """Return the groups that are large enough, numbered by their smallest account."""
        numbers, first, counts = np.unique(settled, return_index=True, return_counts=True)
        kept = (numbers >= 0) & (counts >= self.gathering.fewest_accounts)
        place = np.full(int(settled.max(initial=0)) + 1, -1, np.int64)
        place[numbers[kept][np.argsort(first[kept])]] = np.arange(int(kept.sum()))
        return np.where(settled >= 0, place[np.maximum(settled, 0)], -1)
