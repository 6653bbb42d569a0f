"""Gathers accounts that act as one: links and the honest reference are learned in turn, until both stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from stillwatch.campaigns.growing import grow_groups
from stillwatch.campaigns.harvesting import Harvests
from stillwatch.campaigns.members import settle_members
from stillwatch.campaigns.rounds import Round, link_accounts, list_pairs
from stillwatch.campaigns.seeds import sow_groups, tie_links
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.incidence import Ints
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Mask, Strengths, Weighed


@dataclass(frozen=True)
class Gathered:
    """Groups of accounts that may be campaigns, before anything is said of what they do.

    Attributes
    ----------
    groups
        For each account the number of its group, or -1.
    reference
        Which accounts are believed honest: those in no group and tied to none that agree with none as hardly any
        stranger does, and have left none that stands; or those declared so and in no group.
    links
        The links kept: at least two families, and more bits than strangers reach.
    weakest_bits
        The level that strangers do not reach.
    strangers
        The accounts from which is learned how much strangers agree with a group: the reference without suspects.
    harvests
        Which accounts harvest, and which pass conversations on; None where it is not known.
    """

    groups: Ints
    reference: Mask
    links: Weighed
    weakest_bits: float
    strangers: Mask
    harvests: Harvests | None = None

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
    harvesting: Mask | None = None,
    passing: Mask | None = None,
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
    harvesting
        Accounts that harvest, the suspects and more: they are gathered from less than others.
    passing
        Accounts that pass other people's conversations on; counts only where `harvesting` is given.
    """
    listed = list_pairs(shown, linking, gathering)
    strangers = _strangers(clean, suspects, len(shown.accounts))
    trimmed = linking.trimmed_share if clean is None else 0.0
    for done in range(1, gathering.most_rounds + 1):
        found = link_accounts(listed, strangers, trimmed_share=trimmed, seed=done)
        groups, kept = found.groups, found.kept
        reference = _untied(groups, kept) if clean is None else clean & (groups < 0)
        round_done(done)
        if clean is not None:
            break
        learned = reference & ~found.conspicuous(gathering)
        learned &= ~suspects if suspects is not None else True
        settled = not learned.any() or bool((learned == strangers).all())
        strangers, trimmed = learned, 0.0
        if settled:
            break
    harvests, believed = None, strangers
    if harvesting is None:
        groups = tie_links(shown, strangers, kept, groups, gathering)
    else:
        nobody = np.zeros(len(groups), bool)
        acts = Harvests(_levels(suspects, harvesting), nobody, nobody if passing is None else passing, nobody)
        groups, strangers, harvests = _with_those_who_act(shown, strangers, found, acts, gathering)
    hidden = believed & ~strangers
    groups, doubted = settle_members(shown, strangers, groups, gathering, harvests)
    reference = _untied(groups, kept) & ~doubted & ~hidden if clean is None else clean & (groups < 0)
    links = found.weighing.by_trait((kept.a, kept.b))
    honest = reference & ~suspects if suspects is not None and clean is None else reference
    return Gathered(groups, reference, links, found.weakest_bits, honest, harvests)


def _with_those_who_act(
    shown: Shown, strangers: Mask, found: Round, acts: Harvests, gathering: Gathering
) -> tuple[Ints, Mask, Harvests]:
    """Return the groups of a round with those that accounts which do what few do form, grown, and the strangers left.

    Beside them, what is known of who does so, with who was drawn in by that.
    """
    linked = found.groups >= 0
    groups, strangers = sow_groups(shown, strangers, acts.levels > 0, found.groups, gathering, picked_by="wording")
    harvesting = groups >= 0
    groups, strangers = sow_groups(shown, strangers, acts.passing, groups, gathering, picked_by="session")
    passing = (groups >= 0) & ~harvesting
    groups = tie_links(shown, strangers, found.kept, groups, gathering)
    grown, strangers = grow_groups(shown, strangers, groups, gathering, acts)
    taken_in = (grown >= 0) & (groups < 0)
    return grown, strangers, replace(acts, sown=harvesting & ~linked & _is_idle(shown), seeds=passing | taken_in)


def _is_idle(shown: Shown) -> Mask:
    """Return the accounts that ask too little for their behaviour to be compared, but for when they ask."""
    compared = [~np.isnan(one.roots[:, 0]) for one in shown.likenesses if not one.compared.is_by_phase]
    return ~np.any(compared, axis=0) if compared else np.ones(len(shown.accounts), bool)


def _strangers(clean: Mask | None, suspects: Mask | None, count: int) -> Mask:
    if clean is not None:
        return clean
    return np.ones(count, bool) if suspects is None or suspects.all() else ~suspects


def _levels(suspects: Mask | None, harvesting: Mask) -> Ints:
    """Return how surely each account harvests, from 0 to 2."""
    return np.where(suspects, 2, harvesting).astype(np.int64) if suspects is not None else harvesting.astype(np.int64)


def _untied(groups: Ints, links: Strengths) -> Mask:
    near = groups >= 0
    touched = near.copy()
    touched[links.b[near[links.a]]] = True
    touched[links.a[near[links.b]]] = True
    return ~touched
