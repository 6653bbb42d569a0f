"""One round of gathering: from who the strangers are to links and communities."""

from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.communities import find_communities, join_by_ties
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.dealing import deal, dealt_pairs
from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids, Joined, join_incidences
from stillwatch.links.layers import FEWEST_IN_LAYER, layers_of
from stillwatch.links.learned import learn_chances, trim_chances
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Floats, Mask, Strengths, Weighing, weakest_link


@dataclass(frozen=True)
class Listed:
    """What no round changes: what accounts show, as one index, and the pairs of them that are weighed."""

    shown: Shown
    joined: Joined
    pairs: tuple[Ids, Ids]
    linking: Linking
    gathering: Gathering


@dataclass(frozen=True)
class Round:
    """What one round finds.

    Attributes
    ----------
    weighed
        All pairs that are weighed.
    dealt
        Those that some strangers (`dealt_accounts`) make with all when each family is dealt anew.
    weakest_bits
        The level that dealt strangers do not reach.
    kept
        The pairs above it that two families speak for.
    groups
        For each account the number of its community of enough accounts, or of the one that weaker pairs tie it to; or
        -1.
    strangers, layers
        The accounts from which was learned what strangers share, and the layer of each account.
    """

    weighing: Weighing
    weighed: Strengths
    dealt: Strengths
    dealt_accounts: Ids
    weakest_bits: float
    kept: Strengths
    groups: Ints
    strangers: Mask
    layers: Ints

    def conspicuous(self, gathering: Gathering) -> Mask:
        """Return the accounts that agree with others, beside one family, more than nearly all dealt strangers do.

        Strangers are dealt among themselves: agreement with strangers is held against that, and agreement with all
        against what chance would make of as many. For where many accounts are no strangers, whoever agrees with some
        of them by chance agrees with many.
        """
        count, weighed = len(self.groups), self.weighed
        by_chance = _agreement(self.dealt.a, self.dealt.second, count, gathering)
        with_strangers, with_all = (
            _agreement(weighed.a, np.where(of[weighed.b], weighed.second, 0.0), count, gathering)
            + _agreement(weighed.b, np.where(of[weighed.a], weighed.second, 0.0), count, gathering)
            for of in (self.strangers, np.ones(count, bool))
        )
        bars = np.zeros(int(self.layers.max(initial=0)) + 1)
        for layer in np.unique(self.layers[self.dealt_accounts]):
            dealt = self.dealt_accounts[self.layers[self.dealt_accounts] == layer]
            bars[layer] = np.quantile(by_chance[dealt], gathering.conspicuous_quantile)
        bar, times = bars[self.layers], count / max(1, int(self.strangers.sum()))
        return np.asarray((with_strangers > bar) | (with_all > times * bar))


def list_pairs(shown: Shown, linking: Linking, gathering: Gathering) -> Listed:
    """Index what accounts show, and list the pairs that are weighed."""
    joined = join_incidences(shown.incidences, len(shown.accounts))
    return Listed(shown, joined, candidate_pairs(joined, shown.organisations, linking), linking, gathering)


def link_accounts(listed: Listed, strangers: Mask, *, trimmed_share: float = 0.0, seed: int = 1) -> Round:
    """Weigh the pairs by what the strangers share, keep what chance does not reach, and find communities.

    Parameters
    ----------
    trimmed_share
        See `sharing_rates`. Nothing is trimmed where the strangers are dealt: they are all of them.
    seed
        Of the dealing by which it is learned what chance reaches.
    """
    shown, joined, linking = listed.shown, listed.joined, listed.linking
    untrimmed = Weighing(shown, joined, learn_chances(shown, joined, strangers, linking), linking)
    weighing = untrimmed
    if trimmed_share > 0.0:
        chances = trim_chances(shown, joined, untrimmed.chances, trimmed_share)
        weighing = Weighing(shown, joined, chances, linking)
    layers = layers_of(shown.scale, strangers, FEWEST_IN_LAYER)
    weighed, dealing = weighing.strengths(listed.pairs), deal(shown.families, strangers, layers, seed)
    dealt = untrimmed.strengths(dealt_pairs(joined, dealing, shown.organisations, linking), dealing)
    weakest, tying = (
        weakest_link(dealt, len(dealing.rows), linking, share)
        for share in (linking.stray_links_share, linking.stray_ties_share)
    )
    several = weighed.families_count >= 2
    kept = weighed.only((weighed.total >= weakest) & several)
    found = find_communities(kept.a, kept.b, kept.total - weakest + 1.0, joined.count, listed.gathering)
    ties = (weighed.total >= tying) & several
    groups = _sized(found, listed.gathering.fewest_accounts)
    groups = join_by_ties(groups, weighed.a[ties], weighed.b[ties], max(2, listed.gathering.fewest_ties))
    return Round(weighing, weighed, dealt, dealing.rows, weakest, kept, groups, strangers, layers)


def _sized(groups: Ints, fewest: int) -> Ints:
    sizes = np.bincount(groups[groups >= 0], minlength=1)
    return np.where((groups >= 0) & (sizes[np.maximum(groups, 0)] >= fewest), groups, -1)


def _agreement(ends: Ids, seconds: Floats, count: int, gathering: Gathering) -> Floats:
    agreeing = seconds >= gathering.agreeing_bits
    return np.asarray(np.bincount(ends[agreeing], weights=seconds[agreeing], minlength=count), np.float64)
