"""States the evidence that a group's accounts are one operator."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.campaigns.gather import Gathered
from stillwatch.campaigns.membership import Standing, bits_by_trait
from stillwatch.findings.examples import Sought
from stillwatch.findings.statement import Evidence, Tie
from stillwatch.findings.words import one_of, several, thing
from stillwatch.links.incidence import Incidence
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Mask, Weighed
from stillwatch.traits.base import Profile
from stillwatch.traits.registry import trait_named

_DIGESTED = frozenset({"wording", "session"})
_SHOWN_TIES = 3
_SHOWN_VALUES = 5


@dataclass(frozen=True)
class Group:
    """A group of accounts, the links between them, and the accounts believed honest."""

    accounts: npt.NDArray[np.int64]
    links: Weighed
    reference: Mask


def group_of(accounts: npt.NDArray[np.int64], gathered: Gathered) -> Group:
    """Return a group with the links between its members."""
    inside = np.zeros(len(gathered.groups), bool)
    inside[accounts] = True
    within = inside[gathered.links.a] & inside[gathered.links.b]
    return Group(accounts, gathered.links.only(within), gathered.reference)


def coordination_evidence(
    group: Group, shown: Shown, standing: Standing, *, by_links: bool = True
) -> tuple[Sought, ...]:
    """Return the evidence trait by trait, strongest first, and of which values examples are sought.

    Each account's three strongest links count. Within a link, a family adds the bits of its strongest trait. Of a group
    most of whose accounts have no three links, or where links are not to tell, what each agrees in with the whole group
    counts instead.
    """
    links = np.bincount(np.concatenate((group.links.a, group.links.b)), minlength=len(shown.accounts))
    if by_links and 2 * int((links >= _SHOWN_TIES).sum()) > len(group.accounts):
        by_trait, told = _bits_by_trait(group, shown), _told_by_links(group)
    else:
        by_trait, told = _of_standing(group, shown, standing)
    found = [
        _evidence(column, bits, int(count), group, shown)
        for column, (bits, count) in enumerate(zip(by_trait.tolist(), told, strict=True))
        if bits > 0
    ]
    return tuple(sorted(found, key=lambda one: (-one.evidence.bits, one.evidence.trait)))


def ties_of(group: Group, shown: Shown, most: int) -> tuple[Tie, ...]:
    """Return each member's strongest links, at most `most` in all, strongest first."""
    strongest = _strongest(group, len(shown.accounts))
    strongest = strongest[
        np.lexsort((group.links.b[strongest], group.links.a[strongest], -group.links.total[strongest]))
    ]
    return tuple(
        Tie(
            shown.accounts[int(group.links.a[at])].as_py(),
            shown.accounts[int(group.links.b[at])].as_py(),
            round(float(group.links.total[at]), 3),
            tuple(name for name, bits in zip(shown.names, group.links.bits[at], strict=True) if bits > 0),
        )
        for at in strongest[:most].tolist()
    )


def _strongest(group: Group, count: int) -> npt.NDArray[np.int64]:
    return np.unique(_of_each(group, count)[1])


def _of_each(group: Group, count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return accounts and links: each account with its strongest three."""
    links = group.links
    ends = np.concatenate((links.a, links.b))
    number = np.tile(np.arange(len(links.a)), 2)
    order = np.lexsort((number, -links.total[number], ends))
    ends, number = ends[order], number[order]
    rank = np.arange(len(ends)) - np.searchsorted(ends, np.arange(count))[ends]
    return ends[rank < _SHOWN_TIES], number[rank < _SHOWN_TIES]


def _bits_by_trait(group: Group, shown: Shown) -> npt.NDArray[np.float64]:
    _, links = _of_each(group, len(shown.accounts))
    bits = group.links.bits[links]
    families = np.array(shown.families)
    counted = np.zeros_like(bits)
    for family in sorted(set(shown.families)):
        columns = np.flatnonzero(families == family)
        best = columns[bits[:, columns].argmax(axis=1)]
        counted[np.arange(len(bits)), best] = bits[np.arange(len(bits)), best]
    return np.asarray(np.round(counted.sum(axis=0) / (_SHOWN_TIES * len(group.accounts)), 3))


def _told_by_links(group: Group) -> list[int]:
    """Return for each trait how many accounts have a link that it adds to."""
    links = group.links
    return [len(np.unique(np.concatenate((links.a[told], links.b[told])))) for told in (links.bits > 0).T]


def _of_standing(group: Group, shown: Shown, standing: Standing) -> tuple[npt.NDArray[np.float64], list[int]]:
    """Return for each trait the mean bits by which accounts agree with the others in it, and how many do."""
    counted = bits_by_trait(shown, standing, standing.of(group.accounts))
    return np.asarray(np.round(counted.mean(axis=0), 3)), [int(one) for one in (counted > 0).sum(axis=0)]


def _evidence(column: int, bits: float, close: int, group: Group, shown: Shown) -> Sought:
    trait, of = trait_named(shown.names[column]), f"of {len(group.accounts):,} accounts"
    if column < len(shown.incidences) or not isinstance(trait, Profile):
        shared = _shared(shown.incidences[column], group)
        sharing, expected = shared.sharing_count, _among_strangers(shared)
        seen = f"{sharing:,} {of} share {_what(shared)}"
        values = tuple(shared.values[:_SHOWN_VALUES].to_pylist())
    else:
        sharing, seen, expected, values = close, f"{close:,} {of} {trait.seen}", trait.expected, ()
    evidence = Evidence(
        "coordination", trait.name, trait.family, bits, sharing, seen, expected, trait.honest_reasons, trait.evasion, ()
    )
    return Sought(evidence, values, accounts=group.accounts)


@dataclass(frozen=True)
class _Shared:
    """Values of one trait that at least two accounts of a group show, the telling first.

    Attributes
    ----------
    ours, theirs
        How many accounts of the group and of the reference show each.
    sharing_count
        How many accounts of the group show any.
    reference_count
        Accounts of the reference.
    reference_rate
        How many values two accounts of the reference share, on average.
    """

    trait: str
    family: str
    values: pa.Array
    ours: npt.NDArray[np.int64]
    theirs: npt.NDArray[np.int64]
    sharing_count: int
    reference_count: int
    reference_rate: float


def _shared(one: Incidence, group: Group) -> _Shared:
    reference = group.reference
    inside = np.zeros(len(reference), bool)
    inside[group.accounts] = True
    owners = np.repeat(np.arange(len(reference)), np.diff(one.account_start))
    members, values = owners[inside[owners]], one.account_values[inside[owners]]
    ours = np.bincount(values, minlength=len(one.values))
    sharing = len(np.unique(members[ours[values] >= 2]))
    theirs = np.bincount(one.account_values[reference[owners]], minlength=len(one.values))
    at = np.flatnonzero(ours >= 2)
    at = at[np.lexsort((at, -ours[at], theirs[at] > ours[at]))]
    count = int(reference.sum())
    rate = int((theirs * (theirs - 1) // 2).sum()) / max(1, count * (count - 1) // 2)
    return _Shared(one.name, one.family, one.values.take(pa.array(at)), ours[at], theirs[at], sharing, count, rate)


def _what(shared: _Shared) -> str:
    widest, raw = int(shared.ours.max()), shared.family not in _DIGESTED
    if len(shared.values) == 1:
        return f"one {thing(shared.trait)}{f', {shared.values[0].as_py()}' if raw else ''}"
    named = f", such as {shared.values[0].as_py()}" if raw else ""
    return f"{len(shared.values):,} {several(shared.trait)}{named}; the widest is shown by {widest:,} of them"


def _among_strangers(shared: _Shared) -> str:
    who = f"the {shared.reference_count:,} reference accounts"
    if shared.reference_rate >= 0.5:
        known = f"two of {who} share {shared.reference_rate:.1f} {several(shared.trait)} on average"
    elif shared.reference_rate > 0:
        known = f"of {who}, about one pair in {round(1 / shared.reference_rate):,} shares {one_of(shared.trait)}"
    else:
        known = f"no two of {who} share {one_of(shared.trait)}"
    seen, all_ = int((shared.theirs > 0).sum()), len(shared.values)
    if all_ == 1:
        return f"{known}; this one is shown by {f'{int(shared.theirs[0]):,}' if seen else 'none'} of them"
    part = "none" if not seen else "all" if seen == all_ else f"{seen:,}"
    return f"{known}; {part} of these {all_:,} {'is' if seen < 2 else 'are'} seen among them"
