"""Settles who belongs to which campaign: accounts are held against whole campaigns, in turn, until nobody moves."""

from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.harvesting import Harvests, weigh_harvesting
from stillwatch.campaigns.membership import FEWEST_SHOWING, weigh_membership
from stillwatch.campaigns.settings import Gathering, at_most_one
from stillwatch.links.incidence import Ints
from stillwatch.links.shown import Shown
from stillwatch.links.threads import in_parts
from stillwatch.links.weigh import Floats, Mask

_LEAST_OF_MEDIAN = 0.5  # of what the median member agrees by: some were admitted for little


def settle_members(
    shown: Shown,
    strangers: Mask,
    groups: Ints,
    gathering: Gathering,
    harvests: Harvests | None = None,
) -> tuple[Ints, Mask]:
    """Return the groups, with accounts admitted that agree with one as a whole, and members left out that do not.

    Returned beside them is who is neither a member nor believed honest: who agrees with a group nearly as much, and who
    left one that stands after a turn or more in it; whom chance drew in leaves at once.

    Links join pairs; an account that shares a card with nobody but words, hours and clients with all is found only
    against the whole, and one that two chance links drew in is told from it. Whoever agrees with several groups goes to
    the one it agrees with most, and a group of which half agrees with another as a whole is part of it. What is left of
    a group whose members went to another goes there too, if it agrees with that as members do.

    Parameters
    ----------
    strangers
        Whom what strangers show is learned from; members of groups are left out of them.
    groups
        For each account the number of its group, or -1.
    harvests
        Which accounts harvest, and which pass conversations on. Those that do as the group does may be admitted
        for how they behave, others only for values that they share, of two families: much honest work goes on day and
        night about one subject. And as few of the honest harvest, agreeing says more of those who do: when they are to
        be admitted, and where strangers are few, when they are to stay; where they are many, of those `sown` alone.
        None: any account may be admitted for how it behaves.
    """
    near, drawn_in = np.zeros(len(groups), bool), (groups >= 0) & (True if harvests is None else ~harvests.seeds)
    free = np.ones(len(groups), bool)
    left, stayed = near.copy(), near.copy()
    weighed: dict[bytes, _Agreeing] = {}
    for _ in range(gathering.most_settlings):
        honest = strangers & (groups < 0) & ~left
        if not honest.any() or not (groups >= 0).any():
            break
        weighed = _weighed(shown, honest, groups, gathering, harvests, weighed)
        settled, near = _Settling(groups, drawn_in, free, honest, gathering).settled(weighed)
        if bool((settled == groups).all()):
            break
        free &= drawn_in | (groups < 0) | (settled >= 0)  # who was admitted and left is not admitted again
        left |= _leaving(groups, settled) & stayed
        stayed = settled >= 0
        groups = settled
    return groups, (near | left) & (groups < 0)


def _leaving(groups: Ints, settled: Ints) -> Mask:
    """Return who leaves a group of which most stay: neither a member nor believed honest.

    Were they strangers, strangers would agree with the group as its members do, and more would leave, until none is.
    """
    sizes, staying = (
        np.bincount(groups[some], minlength=int(groups.max()) + 1)
        for some in (groups >= 0, (groups >= 0) & (settled >= 0))
    )
    return (groups >= 0) & (settled < 0) & (2 * staying > sizes)[groups]


@dataclass(frozen=True)
class _Agreeing:
    """How a group's members stand to it, and whoever agrees with it in two families.

    Attributes
    ----------
    own, speaking
        Who are its members, and who agrees in two families.
    near, holding
        Who agrees so much beside what it harvests that it is not believed honest, and which members do were every
        family to tell as much.
    admissible
        Who may be admitted.
    probability, rate, staying
        How often a stranger agrees as much, and agrees as much and harvests as surely; and which of these counts for
        those whom something drew in.
    level, usual
        How surely each account harvests as the group does, and which levels are usual in it.
    is_telling
        Whether most members do what few strangers do.
    total
        As of a `Standing`.
    """

    accounts: Ints
    own: Mask
    speaking: Mask
    near: Mask
    holding: Mask
    admissible: Mask
    probability: Floats
    rate: Floats
    staying: Floats
    level: Ints
    usual: Mask
    total: Floats
    is_telling: bool


def _weighed(  # noqa: PLR0913, PLR0917
    shown: Shown,
    strangers: Mask,
    groups: Ints,
    gathering: Gathering,
    harvests: Harvests | None,
    before: dict[bytes, _Agreeing],
) -> dict[bytes, _Agreeing]:
    """Return who agrees with each group, by its members; of a group that is as it was, it stays as it was.

    That some strangers have gone to other groups changes little, and most groups are neither joined nor left.
    """
    members = [np.flatnonzero(groups == one) for one in np.unique(groups[groups >= 0]).tolist()]
    changed = [one for one in members if one.tobytes() not in before]
    apart = groups < 0
    anew = in_parts(lambda one: _agreeing(shown, strangers, one, gathering, harvests, apart), changed)
    known = before | {one.tobytes(): agreeing for one, agreeing in zip(changed, anew, strict=True)}
    return {one.tobytes(): known[one.tobytes()] for one in members}


def _agreeing(  # noqa: PLR0913, PLR0917
    shown: Shown,
    strangers: Mask,
    members: Ints,
    gathering: Gathering,
    harvests: Harvests | None,
    apart: Mask,
) -> _Agreeing:
    standing = weigh_membership(shown, strangers, members)
    harvesting = weigh_harvesting(standing, harvests, apart)
    loosest = at_most_one(gathering.loosest_probability, int(strangers.sum()))
    speaking = harvesting.speaking(gathering.speaking_bits) >= 2
    rows = np.flatnonzero(speaking | standing.members)  # few of all who were weighed
    shared = standing.trait_bits[rows, : len(shown.incidences)] >= gathering.speaking_bits
    kinds = np.array([one.family for one in shown.incidences])
    by_values = sum((shared[:, kinds == one].any(axis=1) for one in set(kinds.tolist())), np.zeros(len(rows)))
    own, of = standing.members[rows], harvesting.levels[rows]
    beside = standing.speaking(gathering.speaking_bits)[rows] >= 2
    return _Agreeing(
        accounts=standing.accounts[rows],
        own=own,
        speaking=speaking[rows],
        near=beside & (standing.probability[rows] <= loosest),
        holding=own & beside & (standing.plainly()[rows] <= gathering.loosest_probability),
        admissible=np.asarray(harvesting.acting[rows] | (by_values >= 2) | (harvests is None)),
        probability=standing.probability[rows],
        rate=harvesting.rates[rows],
        staying=harvesting.staying[rows],
        level=of,
        usual=harvesting.usual,
        total=standing.total[rows],
        is_telling=harvesting.is_telling,
    )


def _as_members_do(standing: _Agreeing, strangers_share: float) -> Mask:
    """Return who agrees as the members do: as much as all but the share that may be strangers, and half the median."""
    least, median = np.quantile(standing.total[standing.own], (strangers_share, 0.5))
    return np.asarray(standing.total >= max(least, _LEAST_OF_MEDIAN * median))


@dataclass(frozen=True)
class _Settling:
    """One turn of settling.

    Attributes
    ----------
    drawn_in
        Accounts that links, or what they harvest, drew into a group; the others stay only as long as they are admitted.
    free
        Accounts that may be admitted.
    """

    groups: Ints
    drawn_in: Mask
    free: Mask
    strangers: Mask
    gathering: Gathering

    def settled(self, weighed: dict[bytes, _Agreeing]) -> tuple[Ints, Mask]:
        count = len(self.groups)
        near, best, nearest = np.zeros(count, bool), np.ones(count), np.full(count, -1, np.int64)
        staying = near.copy()
        numbers, sizes = np.unique(self.groups[self.groups >= 0], return_counts=True)
        whole = dict(zip(numbers.tolist(), numbers.tolist(), strict=True))
        loosest = at_most_one(self.gathering.loosest_probability, int(self.strangers.sum()))
        # most of the others are offices and classes, which are cleared: who is admitted to them is not flagged
        telling = np.sum([one.usual for one in weighed.values() if one.is_telling], axis=0)
        followers: dict[int, Ints] = {}
        for group in numbers[np.argsort(-sizes, kind="stable")].tolist():
            standing = weighed[np.flatnonzero(self.groups == group).tobytes()]
            speaking, own = standing.speaking, standing.own
            loosely = speaking & (standing.staying <= loosest)
            near[standing.accounts[standing.near]] = True
            if standing.holding.sum() < self.gathering.fewest_accounts:
                continue  # it may be no group at all
            followers[group] = standing.accounts[loosely & self.drawn_in[standing.accounts]]
            staying[standing.accounts[own & loosely & self.drawn_in[standing.accounts]]] = True
            groups_alike = telling[standing.level] if standing.is_telling else len(weighed)
            rarely = standing.rate <= self.gathering.stray_share / groups_alike
            rarely &= standing.probability <= self._few_among_members(int(own.sum()))
            agreeing = speaking & rarely & standing.admissible & self.free[standing.accounts]
            admitted = np.flatnonzero(agreeing)
            closer = admitted[standing.rate[admitted] < best[standing.accounts[admitted]]]
            best[standing.accounts[closer]] = standing.rate[closer]
            nearest[standing.accounts[closer]] = group
            like_own = agreeing & _as_members_do(standing, self.gathering.false_share)
            self._join(standing, np.flatnonzero(like_own), group, whole)
        settled = np.where(nearest >= 0, nearest, np.where(staying, self.groups, -1))
        for group, joined in whole.items():
            settled[settled == group] = joined
        return self._numbered(self._followed(settled, followers)), near

    def _followed(self, settled: Ints, followers: dict[int, Ints]) -> Ints:
        """Return the groups, with the rest of those that fall apart where others of their members were admitted.

        Something drew them in together; so the rest need agree with that group only as much as its own members.
        """
        followed = settled.copy()
        for group in np.unique(self.groups[self.groups >= 0]).tolist():
            members = np.flatnonzero(self.groups == group)
            left = (settled[members] < 0) | (settled[members] == group)
            if (settled[members] == group).sum() >= self.gathering.fewest_accounts or left.all():
                continue
            elsewhere, counts = np.unique(settled[members[~left]], return_counts=True)
            if counts.max() >= FEWEST_SHOWING:
                led = int(elsewhere[counts.argmax()])
                followed[np.intersect1d(members[left], followers[led])] = led
        return followed

    def _few_among_members(self, members: int) -> float:
        """Return how often strangers may agree with a group of so many, were all of them looked at."""
        return self.gathering.false_share * members / float(self.strangers.sum())

    def _join(self, standing: _Agreeing, like_own: Ints, group: int, whole: dict[int, int]) -> None:
        """Note the groups of which half agrees with this one as its own members do."""
        others, counts = np.unique(self.groups[standing.accounts[like_own]], return_counts=True)
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
