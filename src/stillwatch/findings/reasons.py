"""Says of every account of a campaign why it is in it: family by family, with counts, and what strangers show."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from stillwatch.campaigns.membership import Standing
from stillwatch.engine.base import Engine
from stillwatch.findings.statement import Reason
from stillwatch.findings.words import one_of
from stillwatch.links.incidence import Incidence, Ints
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Mask
from stillwatch.traits.base import Profile, Trait
from stillwatch.traits.registry import trait_named


@dataclass(frozen=True)
class Held:
    """A campaign as it holds its accounts.

    Attributes
    ----------
    accounts
        The members, ascending.
    standing
        How accounts stand to it.
    strangers
        From whom it is learned what strangers show.
    """

    accounts: Ints
    standing: Standing
    strangers: Mask

    @cached_property
    def strangers_count(self) -> int:
        """How many strangers there are."""
        return int(self.strangers.sum())


@dataclass(frozen=True)
class _Told:
    """One family of one account: its strongest trait, and the value of it that tells the most; None for profiles."""

    account: int
    trait: Trait | Profile
    bits: float
    value: str | None
    seen: str
    expected: str


def reasons_of(held: Held, shown: Shown, engine: Engine) -> tuple[Reason, ...]:
    """Return why each account is held, its strongest family first; the bits of an account sum to its membership.

    Of each family the strongest trait is told, and of its values the one that says the most: shown by many of the other
    members and by few strangers.

    Parameters
    ----------
    engine
        Knows the table `traits`, for example exchanges.
    """
    counted = [_count(one, held) for one in shown.incidences]
    columns = [[at for at, one in enumerate(shown.families) if one == family] for family in held.standing.families]
    rows = held.standing.of(held.accounts)
    told = [
        _tell(int(row), int(account), family, columns[family], held, shown, counted)
        for row, account in zip(rows, held.accounts, strict=True)
        for family in np.flatnonzero(held.standing.bits[row] > 0).tolist()
    ]
    examples = _examples([one for one in told if one.value is not None], shown, engine)
    return tuple(
        Reason(
            shown.accounts[one.account].as_py(), one.trait.name, one.trait.family, one.bits, one.seen, one.expected,
            one.trait.honest_reasons, examples.get((one.account, one.trait.name), ()),
        )
        for one in sorted(told, key=lambda one: (one.account, -one.bits, one.trait.name))
    )  # fmt: skip


def _count(one: Incidence, held: Held) -> tuple[Ints, Ints]:
    """Return how many members and how many strangers show each value."""
    inside = np.zeros(len(held.strangers), bool)
    inside[held.accounts] = True
    values = np.repeat(np.arange(len(one.values)), one.widths)
    ours, theirs = (values[mask[one.value_accounts]] for mask in (inside, held.strangers))
    return np.bincount(ours, minlength=len(one.values)), np.bincount(theirs, minlength=len(one.values))


def _tell(  # noqa: PLR0913, PLR0917
    row: int,
    account: int,
    family: int,
    columns: list[int],
    held: Held,
    shown: Shown,
    counted: list[tuple[Ints, Ints]],
) -> _Told:
    standing, others = held.standing, len(held.accounts) - 1
    column = max(columns, key=lambda at: (standing.trait_bits[row, at], -at))
    trait, bits = trait_named(shown.names[column]), round(float(standing.bits[row, family]), 3)
    agreeing = f"one stranger in {round(2**bits):,} agrees as much in {trait.family}"
    if column >= len(shown.incidences):
        seen = f"is close in {trait.name} to the mean of the other {others:,} accounts"
        return _Told(account, trait, bits, None, seen, agreeing)
    one, (ours, theirs) = shown.incidences[column], counted[column]
    values = one.account_values[one.account_start[account] : one.account_start[account + 1]]
    value = values[np.argmax((ours[values] - 1) / (theirs[values] + 0.5))]
    seen = f"shows {one_of(trait.name)} that {ours[value] - 1:,} of the other {others:,} accounts show"
    expected = f"{theirs[value]:,} of {held.strangers_count:,} strangers show it; {agreeing}"
    return _Told(account, trait, bits, one.values[int(value)].as_py(), seen, expected)


def _examples(told: list[_Told], shown: Shown, engine: Engine) -> dict[tuple[int, str], tuple[str, ...]]:
    """Return an exchange of the account that shows the value told, by account and trait."""
    wanted = pa.table({
        "place": pa.array([one.account for one in told], pa.int64()),
        "account_id": shown.accounts.take(pa.array([one.account for one in told], pa.int64())),
        "trait": pa.array([one.trait.name for one in told], pa.string()),
        "value": pa.array([one.value for one in told], pa.string()),
    })  # fmt: skip
    engine.name("reasons", wanted)
    rows = engine.sql(
        """SELECT place, trait, arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example
           FROM traits JOIN reasons USING (account_id, trait, value) GROUP BY place, trait"""
    )
    return {(row["place"], row["trait"]): (row["example"],) for row in rows.to_pylist()}
