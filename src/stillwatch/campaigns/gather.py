"""Gathers accounts that act as one: links and the honest reference are learned in turn, until both stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.communities import find_communities
from stillwatch.campaigns.members import settle_members
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.incidence import Ints
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Floats, Mask, Weighed, weakest_link, weigh_links


@dataclass(frozen=True)
class Gathered:
    """Groups of accounts that may be campaigns, before anything is said of what they do.

    Attributes
    ----------
    groups
        For each account the number of its group, or -1.
    reference
        Which accounts are believed honest: those in no group and tied to none, or those declared so and in no group.
    links
        The links kept: at least two families, and more bits than strangers reach.
    weakest_bits
        The level that strangers do not reach.
    tie_bits
        For each account the mean of its three strongest links within its group; 0 outside.
    strangers
        The accounts from which is learned how much strangers agree with a group: the reference without suspects.
    """

    groups: Ints
    reference: Mask
    links: Weighed
    weakest_bits: float
    tie_bits: Floats
    strangers: Mask

    def members(self, group: int) -> Ints:
        """Return the accounts of a group, ascending."""
        return np.flatnonzero(self.groups == group)


def gather_campaigns(  # noqa: PLR0913 - what is weighed, how, and what is known before
    shown: Shown,
    linking: Linking,
    gathering: Gathering,
    *,
    clean: Mask | None = None,
    suspects: Mask | None = None,
    round_done: Callable[[int], None] = lambda _round: None,
) -> Gathered:
    """Gather groups of accounts that share more than strangers do.

    What strangers share can only be learned from strangers, and a large campaign would pass for the public. So each
    round leaves out of the strangers whoever agrees with others in more than one family of traits far beyond chance,
    and whoever the links of the round tie to a group. It ends when the strangers no longer change, or after
    `most_rounds`.

    Parameters
    ----------
    clean
        Accounts that the operator declares honest; they are then the strangers throughout.
    suspects
        Accounts that are left out of the strangers whatever they share: those that fill templates that harvest. No
        campaign can then pass for the public by its size; a researcher among them is hardly missed.
    """
    pairs = candidate_pairs(shown.incidences, linking)
    strangers = _strangers(clean, suspects, len(shown.accounts))
    trimmed = linking.trimmed_share if clean is None else 0.0
    for done in range(1, gathering.most_rounds + 1):
        weighed = weigh_links(shown, strangers, linking, trimmed_share=trimmed, pairs=pairs)
        dealt = weigh_links(shown.dealt(strangers, seed=done), strangers, linking)
        weakest = weakest_link(dealt, int(strangers.sum()), linking)
        kept = weighed.only((weighed.total >= weakest) & (weighed.families_count >= 2))
        communities = find_communities(kept.a, kept.b, kept.total - weakest + 1.0, len(strangers), gathering)
        groups = _sized(communities, gathering.fewest_accounts)
        reference = _untied(groups, kept) if clean is None else clean & (groups < 0)
        round_done(done)
        if clean is not None:
            break
        learned = reference & ~_conspicuous(weighed, dealt, strangers, gathering)
        learned &= ~suspects if suspects is not None else True
        settled = not learned.any() or bool((learned == strangers).all())
        strangers, trimmed = learned, 0.0
        if settled:
            break
    groups, near = settle_members(shown, strangers, groups, gathering)
    reference = _untied(groups, kept) & ~near if clean is None else clean & (groups < 0)
    within = kept.only((groups[kept.a] == groups[kept.b]) & (groups[kept.a] >= 0))
    honest = reference & ~suspects if suspects is not None and clean is None else reference
    return Gathered(groups, reference, kept, weakest, strongest_ties(within, len(reference)), honest)


def _strangers(clean: Mask | None, suspects: Mask | None, count: int) -> Mask:
    if clean is not None:
        return clean
    return np.ones(count, bool) if suspects is None or suspects.all() else ~suspects


def strongest_ties(links: Weighed, count: int, most: int = 3) -> Floats:
    """Return for each account the mean bits of its strongest `most` links; missing links count as none."""
    ends = np.concatenate((links.a, links.b))
    bits = np.concatenate((links.total, links.total))
    order = np.lexsort((-bits, ends))
    ends, bits = ends[order], bits[order]
    first = np.searchsorted(ends, np.arange(count))
    rank = np.arange(len(ends)) - first[ends] if len(ends) else ends
    return np.bincount(ends[rank < most], weights=bits[rank < most], minlength=count) / most


def _sized(groups: Ints, fewest: int) -> Ints:
    sizes = np.bincount(groups[groups >= 0], minlength=1)
    return np.where((groups >= 0) & (sizes[np.maximum(groups, 0)] >= fewest), groups, -1)


def _conspicuous(weighed: Weighed, dealt: Weighed, strangers: Mask, gathering: Gathering) -> Mask:
    """Return the accounts that agree with others, beside one family, more than nearly all dealt strangers do."""
    by_chance = _agreement(dealt, len(strangers), gathering)[strangers]
    bar = np.quantile(by_chance, gathering.conspicuous_quantile) if len(by_chance) else 0.0
    return np.asarray(_agreement(weighed, len(strangers), gathering) > bar)


def _agreement(links: Weighed, count: int, gathering: Gathering) -> Floats:
    agreeing = links.second >= gathering.agreeing_bits
    ends = np.concatenate((links.a[agreeing], links.b[agreeing]))
    return np.asarray(np.bincount(ends, weights=np.tile(links.second[agreeing], 2), minlength=count), np.float64)


def _untied(groups: Ints, links: Weighed) -> Mask:
    near = groups >= 0
    touched = near.copy()
    touched[links.b[near[links.a]]] = True
    touched[links.a[near[links.b]]] = True
    return ~touched
