"""Finds groups among accounts that harvest, or are linked: they are few, so that little agreement is no chance."""

from collections import Counter, defaultdict
from dataclasses import replace

import networkit as nk
import numpy as np

from stillwatch.campaigns.membership import FEWEST_SHOWING, Standing, weigh_membership
from stillwatch.campaigns.settings import Gathering
from stillwatch.campaigns.telling import stranger_probability
from stillwatch.links.incidence import Ints
from stillwatch.links.layers import MANY
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Floats, Mask, Strengths

_HIDDEN_SHARE = 0.5  # strangers that agree so much that half of such are none are left out: leaving out costs little
_RARE_SHARE = 0.01  # of strangers that show a value which ties two accounts
_MET_BY_CHANCE = 0.02  # of many accounts that are linked, how many may show such a value by chance: it ties three


def sow_groups(  # noqa: PLR0913
    shown: Shown, strangers: Mask, suspects: Mask, groups: Ints, gathering: Gathering, *, picked_by: str
) -> tuple[Ints, Mask]:
    """Return the groups, with those added that ungrouped suspects form among themselves, and the strangers left.

    A pair is one of very many, so links ask for much. Suspects are few: they are held against all suspects together,
    in all but the wording by which they were picked, and those stay that agree more than chance makes `stray_seeds` of
    them; again among those until they stay the same. Those that are tied by rare values are then a group. So a campaign
    is gathered in its first hours, when its accounts have shown little but what they ask, and one that is spread over
    so many accounts that each pair shares little. Strangers that agree as much are likely more of them, who have not
    harvested yet: they are left out of the strangers, and may be admitted when the groups are settled.

    Parameters
    ----------
    strangers
        Accounts believed honest.
    suspects
        Accounts that harvest, by what they ask or by the templates that they fill.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the False Discovery Rate: in each step.
    """
    apart = suspects & (groups < 0)
    honest = strangers & (groups < 0) & ~suspects
    seen = _without_picking(shown, picked_by)
    core, left_out = np.flatnonzero(apart), np.zeros(len(groups), bool)
    if not seen.families:
        return groups, strangers
    for _ in range(gathering.most_settlings):
        if len(core) < gathering.fewest_accounts or not honest.any():
            return groups, strangers
        standing = weigh_membership(seen, honest, core)
        rates = np.ones(len(groups))
        rates[standing.accounts] = standing.probability
        close = np.flatnonzero(apart)[few_by_chance(rates[apart], gathering.stray_seeds)]
        hidden = hidden_among(standing)
        if np.array_equal(close, core) and not len(hidden):
            break
        core = close
        honest[hidden], left_out[hidden] = False, True
    parts = _parts(seen, honest, core, gathering.fewest_accounts, _RARE_SHARE)
    sown = _added(groups, core, parts, gathering.fewest_accounts)
    if np.array_equal(sown, groups):
        return groups, strangers
    return sown, strangers & ~left_out


def hidden_among(standing: Standing) -> Ints:
    """Return the strangers of a standing that are likely members: half as many would agree so much by chance."""
    alone = stranger_probability(standing.bits, standing.honest, standing.members)[standing.honest]
    return np.asarray(standing.accounts[standing.honest][few_by_chance(alone, _HIDDEN_SHARE)])


def tie_links(shown: Shown, strangers: Mask, links: Strengths, groups: Ints, gathering: Gathering) -> Ints:
    """Return the groups, with those added that links form which rare values tie, though hardly one meets another.

    In its first hours an account of a campaign shares one thing with this one and another with that: each has one link
    at the most, and no community is found. Yet few strangers are linked at all, so that linked accounts which show a
    value that hardly another does are a group, until it is held against itself as all groups are. Of many strangers
    many are linked by chance, and stragglers of groups that were found: the more there are, the rarer such a value must
    be, or by chance it would tie them all.

    Parameters
    ----------
    strangers
        Accounts believed honest.
    links
        The links kept.
    """
    apart = (groups[links.a] < 0) & (groups[links.b] < 0)
    core = np.unique(np.concatenate((links.a[apart], links.b[apart]))).astype(np.int64)
    honest = strangers.copy()
    honest[core] = False
    fewest = gathering.fewest_accounts
    if len(core) < fewest:
        return groups
    rare = min(_RARE_SHARE, _MET_BY_CHANCE / len(core)) if honest.sum() >= MANY else _RARE_SHARE
    return _added(groups, core, _parts(shown, honest, core, fewest, rare), fewest)


def _without_picking(shown: Shown, picked_by: str) -> Shown:
    return replace(
        shown,
        incidences=tuple(one for one in shown.incidences if one.family != picked_by),
        likenesses=tuple(one for one in shown.likenesses if one.family != picked_by),
    )


def few_by_chance(rates: Floats, stray_share: float) -> Mask:
    """Return which rates are so small that no more than a share of those returned is expected by chance."""
    ordered = np.sort(rates)
    ranks = np.flatnonzero(ordered <= stray_share * np.arange(1, len(rates) + 1) / max(1, len(rates)))
    return np.asarray(rates <= (ordered[ranks[-1]] if len(ranks) else -1.0))


def _parts(seen: Shown, honest: Mask, core: Ints, fewest: int, rare: float) -> Ints:
    """Return for each account of the core the number of its part: whom values that are rare among strangers tie.

    No more than a share of strangers shows them, `rare`. At least three of the core must: what two have in common may
    be chance, and would make two groups one. A part that is too small to be a group by itself is joined to the one with
    which it has most such values in common.
    """
    accounts, values, shown_by = _tying(seen, honest, core, rare)
    ties = shown_by > FEWEST_SHOWING
    graph = nk.GraphFromCoo((accounts[ties], values[ties] + len(core)), n=len(core) + int(values.max(initial=-1)) + 1)
    found = nk.components.ConnectedComponents(graph).run().getPartition().getVector()
    pairs = accounts[shown_by == FEWEST_SHOWING].reshape(-1, FEWEST_SHOWING)
    return _joined(np.asarray(found, np.int64)[: len(core)], pairs, fewest)


def _tying(seen: Shown, honest: Mask, core: Ints, rare: float) -> tuple[Ints, Ints, Ints]:
    """Return who of the core shows which value that is rare among strangers, and how many of the core show it.

    Accounts are places in the core, by value; only values that two show are told.
    """
    place = np.full(len(honest), -1, np.int64)
    place[core] = np.arange(len(core))
    accounts, numbers, count = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for one in seen.incidences:
        values = np.repeat(np.arange(len(one.values)), one.widths)
        theirs = np.bincount(values[honest[one.value_accounts]], minlength=len(one.values))
        ours = np.bincount(values[place[one.value_accounts] >= 0], minlength=len(one.values))
        tying = (theirs <= rare * honest.sum()) & (ours >= FEWEST_SHOWING)
        told = (place[one.value_accounts] >= 0) & tying[values]
        accounts.append(place[one.value_accounts[told]])
        numbers.append(values[told] + count)
        count += len(one.values)
    value = np.concatenate(numbers)
    return np.concatenate(accounts), value, np.bincount(value, minlength=1)[value]


def _joined(parts: Ints, pairs: Ints, fewest: int) -> Ints:
    """Return the parts, those of fewer than `fewest` accounts joined to others by the pairs, from the smallest on."""
    of, meeting = parts.tolist(), defaultdict[int, list[int]](list)
    for one, other in pairs.tolist():
        meeting[one].append(other)
        meeting[other].append(one)
    members = defaultdict[int, list[int]](list)
    for account, part in enumerate(of):
        members[part].append(account)
    for first in sorted(members, key=lambda one: (len(members[one]), one)):
        part = first
        while 0 < len(members[part]) < fewest:
            met = Counter(of[other] for one in members[part] for other in meeting[one] if of[other] != part)
            if not met:
                break
            joined = min(met, key=lambda one: (-met[one], one))
            for account in members[part]:
                of[account] = joined
            members[joined] += members.pop(part)
            part = joined
    return np.array(of, np.int64)


def _added(groups: Ints, core: Ints, parts: Ints, fewest: int) -> Ints:
    added, number = groups.copy(), int(groups.max(initial=-1)) + 1
    for part in np.unique(parts):
        accounts = core[parts == part]
        if len(accounts) >= fewest:
            added[accounts] = number
            number += 1
    return added
