"""What it tells of an account and a group that both harvest, or pass conversations on: few strangers do."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stillwatch.campaigns.membership import Standing, dependence_of
from stillwatch.links.incidence import Ints
from stillwatch.links.layers import MANY
from stillwatch.links.weigh import Floats, Mask

LEVELS = 3  # how surely an account harvests: not, it asks for such things now and then, it fills templates that do
FAMILY = "wording"  # harvesting is told from what is asked, as agreement in this family is
_NINETEEN_IN_TWENTY = 1.645  # normal deviate
_MANY_HARVEST = 500  # of fewer, members whom nobody admitted yet are too many of those that agree the most
_PICKED = 2.0  # of a stranger that was picked for harvesting, so many times as likely that it agrees as well
_DOUBTFUL = 0.1  # accounts that agree so much may be members: the others tell how many strangers there are


@dataclass(frozen=True)
class Harvests:
    """Which accounts harvest, and which pass conversations on, one row for each of all accounts.

    Attributes
    ----------
    levels
        How surely each account harvests, below `LEVELS`.
    sown
        Accounts that what they harvest drew into a group, of those that ask too little for their behaviour to be
        compared: they show hardly anything else.
    passing
        Accounts that pass other people's conversations on, or ask for people who stand behind other accounts too.
    seeds
        Accounts that nothing but this drew into a group, or that were taken in as it grew: they stay as others are
        admitted.
    """

    levels: Ints
    sown: Mask
    passing: Mask
    seeds: Mask

    def are_done_by(self, members: Ints) -> bool:
        """Return whether most of some accounts harvest, or pass conversations on."""
        return any(2 * int(done[members].sum()) > len(members) for done in (self.levels > 0, self.passing))


@dataclass(frozen=True)
class Harvesting:
    """How accounts stand to one group by what both do that few strangers do; rows are those of the standing.

    Attributes
    ----------
    levels
        How surely each account harvests as most members do; 0 where they do not.
    usual
        Of each level, whether most members harvest as surely.
    strangers
        How many strangers at most harvest as surely, level by level; of 0 all.
    sown, passing
        As of `Harvests`.
    """

    standing: Standing
    levels: Ints
    usual: Mask
    strangers: Floats
    sown: Mask
    passing: Mask

    @property
    def acting(self) -> Mask:
        """Who does what most members do and few strangers: harvests, or passes conversations on."""
        return np.asarray((self.levels > 0) | (self.passing & self._is_usual(self.passing)))

    @property
    def is_telling(self) -> bool:
        """Whether most members harvest, or pass conversations on."""
        return self._is_usual(self.levels > 0) or self._is_usual(self.passing)

    @cached_property
    def bits(self) -> Floats:
        """How few strangers harvest as surely: -log2 of their share."""
        return np.asarray(np.maximum(-np.log2(self.strangers / self.strangers[0]), 0.0)[self.levels])

    @cached_property
    def rates(self) -> Floats:
        """How often a stranger agrees with the group as much and harvests as surely, against how often members do.

        Of one that harvests less surely than most members, against how few members harvest no more surely.
        """
        agreeing = self.standing.probability
        both = np.minimum(agreeing**self._dependence * 2.0**-self.bits, agreeing)
        return np.asarray(np.minimum(np.where(self.levels > 0, both, agreeing) / self._abstaining, 1.0))

    @property
    def staying(self) -> Floats:
        """How often a stranger agrees with the group as much, for those whom something drew in.

        Of many strangers some who harvest are linked by chance: then what is harvested does not speak for them. Whom
        harvesting drew in were tied otherwise, so that it does for those who show hardly anything else; but as they
        were picked for it, for half as much, and where many harvest not at all, for some of these are tied by chance.
        """
        agreeing = self.standing.probability
        if self.standing.honest.sum() < MANY:
            return self.rates
        picked = np.minimum(_PICKED * self.rates, agreeing)
        counts = self.sown & (not self._many_harvest.any())
        return np.maximum(self.rates, np.where(counts, picked, agreeing))

    @property
    def _many_harvest(self) -> Mask:
        """Which strangers harvest, where they are many: else none."""
        harvesting = self.standing.honest & (self.levels > 0)
        return harvesting if harvesting.sum() >= _MANY_HARVEST else np.zeros_like(harvesting)

    @property
    def _dependence(self) -> float:
        """The power that makes agreeing as frequent as it says among strangers that harvest; 1 where they are few."""
        return dependence_of(np.sort(self.standing.probability[self._many_harvest]))

    @property
    def _abstaining(self) -> Floats:
        """How often other members abstain as an account does: from harvesting as surely, or passing conversations on.

        1 of what it does, or of what most members do not; where it abstains from several, the rarest of them.
        """
        acts = [*(self.levels >= level for level in range(1, LEVELS)), self.passing]
        return np.asarray(np.min([self._abstaining_from(done) for done in acts], axis=0))

    def _abstaining_from(self, done: Mask) -> Floats:
        """Return how often, of none seen one in two more than there are, as Laplace's rule of succession says."""
        if not self._is_usual(done):
            return np.ones(len(done))
        own = self.standing.members
        others, alike = own.sum() - own, (own & ~done).sum() - (own & ~done)
        return np.asarray(np.where(done, 1.0, (alike + 1.0) / (others + 2.0)))

    def _is_usual(self, done: Mask) -> bool:
        return bool(2 * (done & self.standing.members).sum() > self.standing.members.sum())

    def speaking(self, least_bits: float) -> Ints:
        """Return for each account how many families speak with at least so many bits, what it harvests among them."""
        families = self.standing.speaking(least_bits)
        wording = self.standing.bits[:, [one == FAMILY for one in self.standing.families]].max(axis=1, initial=0.0)
        return np.asarray(families + ((wording < least_bits) & (self.bits >= least_bits)))


def weigh_harvesting(standing: Standing, harvests: Harvests | None, apart: Mask) -> Harvesting:
    """Weigh what accounts harvest beside how they stand to a group.

    Few of the honest harvest, and fewer in templates or pass conversations on. Of an account that harvests as most
    members do, agreement therefore says more; of one that does not do as they do, less, by how few members do not:
    nearly all strangers do not. How much agreeing goes with harvesting among the honest is learned from strangers that
    do where these are many, and assumed to be nothing where they are few; yet as both are told from what is asked,
    harvesting and agreeing in wording are one family. How many strangers harvest is told by accounts in no group that
    do not agree with this one: those that do may be members whom nobody admitted yet.

    Parameters
    ----------
    harvests
        Which accounts harvest; None where it is not known.
    apart
        Accounts that are in no group.

    References
    ----------
    Storey (2002), A Direct Approach to False Discovery Rates: the count of what is not there.
    """
    nobody = np.zeros(len(apart), bool)
    given = harvests or Harvests(nobody.astype(np.int64), nobody, nobody, nobody)
    known = given.levels
    members = known[standing.accounts[standing.members]]
    usual = np.array([2 * (members >= level).sum() > len(members) for level in range(LEVELS)])
    usual[0] = True
    as_surely = np.minimum(known, np.flatnonzero(usual).max())  # whoever does more surely than the group, as it does
    doubtful = standing.accounts[(standing.probability <= _DOUBTFUL) & apart[standing.accounts]]
    counts = np.bincount(as_surely[apart], minlength=LEVELS) - np.bincount(as_surely[doubtful], minlength=LEVELS)
    strangers = _at_most(np.cumsum(counts[::-1])[::-1]) / (1.0 - _DOUBTFUL)
    rows = standing.accounts
    return Harvesting(standing, as_surely[rows], usual, strangers, given.sown[rows], given.passing[rows])


def _at_most(counts: Ints) -> Floats:
    """Return the largest expectations of which one in twenty such counts is no greater: of none seen, three.

    References
    ----------
    Wilson and Hilferty (1931), The Distribution of Chi-Square: its upper bound of a Poisson mean.
    """
    more = counts + 1.0
    return np.asarray(more * (1.0 - 1.0 / (9.0 * more) + _NINETEEN_IN_TWENTY / (3.0 * np.sqrt(more))) ** 3, np.float64)
