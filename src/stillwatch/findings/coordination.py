"""States the evidence that a group's accounts are one operator."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.campaigns.gather import Gathered
from stillwatch.engine.base import Engine
from stillwatch.findings.statement import Evidence, Tie
from stillwatch.links.incidence import Incidence
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Weighed
from stillwatch.traits.registry import trait_named

_DIGESTED = frozenset({"wording", "session"})
_SHOWN_TIES = 3


@dataclass(frozen=True)
class Group:
    """A group of accounts with its own links, each account's strongest three chosen once."""

    accounts: npt.NDArray[np.int64]
    links: Weighed


def group_of(accounts: npt.NDArray[np.int64], gathered: Gathered) -> Group:
    """Return a group with the links between its members."""
    inside = np.zeros(len(gathered.groups), bool)
    inside[accounts] = True
    return Group(accounts, gathered.links.only(inside[gathered.links.a] & inside[gathered.links.b]))


def coordination_evidence(group: Group, shown: Shown, gathered: Gathered, engine: Engine) -> tuple[Evidence, ...]:
    """Return the evidence trait by trait, strongest first; its bits sum to the mean membership bits of the group.

    Each account's three strongest links count. Within a link, a family adds the bits of its strongest trait.
    """
    by_trait = _bits_by_trait(group, shown)
    found = [
        _evidence(column, bits, group, shown, gathered, engine) for column, bits in enumerate(by_trait.tolist()) if bits > 0
    ]
    return tuple(sorted(found, key=lambda one: (-one.bits, one.trait)))


def ties_of(group: Group, shown: Shown, most: int) -> tuple[Tie, ...]:
    """Return each member's strongest links, at most `most` in all, strongest first."""
    strongest = _strongest(group, len(shown.accounts))
    strongest = strongest[np.lexsort((group.links.b[strongest], group.links.a[strongest], -group.links.total[strongest]))]
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


def _evidence(column: int, bits: float, group: Group, shown: Shown, gathered: Gathered, engine: Engine) -> Evidence:
    name, trait = shown.names[column], trait_named(shown.names[column])
    told = group.links.bits[:, column] > 0
    sharing = np.unique(np.concatenate((group.links.a[told], group.links.b[told])))
    if column < len(shown.incidences):
        seen, expected, examples = _values(shown.incidences[column], group, shown, gathered, engine, len(sharing))
    else:
        seen = f"{len(sharing)} of {len(group.accounts)} accounts keep the same hours as others of them"
        expected, examples = "few strangers are as close to either of two accounts as these are to each other", ()
    return Evidence(
        "coordination", name, trait.family, bits, len(sharing), seen, expected, trait.honest_reasons, trait.evasion, examples
    )


def _values(
    one: Incidence, group: Group, shown: Shown, gathered: Gathered, engine: Engine, sharing: int
) -> tuple[str, str, tuple[str, ...]]:
    inside, honest = np.zeros(len(shown.accounts), bool), gathered.reference
    inside[group.accounts] = True
    owners = np.repeat(np.arange(len(shown.accounts)), np.diff(one.account_start))
    ours = np.bincount(one.account_values[inside[owners]], minlength=len(one.values))
    theirs = np.bincount(one.account_values[honest[owners]], minlength=len(one.values))
    shared = np.flatnonzero(ours >= 2)
    shared = shared[np.lexsort((shared, -ours[shared], theirs[shared] > ours[shared]))]
    widest = shared[: min(5, len(shared))]
    named = one.values.take(pa.array(widest)).to_pylist()
    example = "" if one.family in _DIGESTED or not named else f", such as {named[0]}"
    seen = (
        f"{sharing} of {len(group.accounts)} accounts share {_plural(len(shared), 'value')} of {one.name}{example}; "
        f"the widest is shown by {int(ours[widest[0]])} of them"
    )
    pairs = float((theirs * (theirs - 1.0) / 2).sum())
    of = float(honest.sum()) * (float(honest.sum()) - 1) / 2
    expected = (
        f"{_rate(pairs / of if of else 0.0)} pairs of the {int(honest.sum()):,} reference accounts share one; "
        f"{int((theirs[shared] > 0).sum())} of these {len(shared)} values are seen among them at all"
    )
    return seen, expected, _examples(engine, one.name, named, shown, group)


def _examples(engine: Engine, trait: str, values: list[str], shown: Shown, group: Group) -> tuple[str, ...]:
    engine.name("wanted", pa.table({"value": pa.array(values, pa.string())}))
    engine.name("of_group", pa.table({"account_id": shown.accounts.take(pa.array(group.accounts))}))
    rows = engine.sql(
        f"""SELECT arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example, min(first_seen_at) AS first
            FROM traits SEMI JOIN wanted USING (value) SEMI JOIN of_group USING (account_id) WHERE trait = '{trait}'
            GROUP BY account_id ORDER BY first, example LIMIT 5"""
    )
    return tuple(rows["example"].to_pylist())


def _rate(probability: float) -> str:
    return "no" if probability <= 0 else f"one in {round(1 / probability):,} of the"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
