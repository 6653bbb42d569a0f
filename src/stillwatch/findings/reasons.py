"""Says of every account of a campaign why it is in it: family by family, with counts, and what strangers show."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from stillwatch.campaigns.harvesting import FAMILY, LEVELS, Harvesting
from stillwatch.campaigns.membership import FEWEST_SHOWING, Standing, bits_by_trait
from stillwatch.engine.base import Engine
from stillwatch.findings.habits import HARVEST_INTENTS, HARVEST_TEMPLATES, WHY_HONEST_HARVEST
from stillwatch.findings.own_marks import WANTED_HARVEST
from stillwatch.findings.statement import Evidence, Reason
from stillwatch.findings.words import one_of
from stillwatch.links.incidence import Incidence, Ints
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Mask
from stillwatch.traits.registry import trait_named

_HARVESTS = {HARVEST_INTENTS: "asks", HARVEST_TEMPLATES: "fills templates that ask"}  # the surer, the later


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
    harvesting
        What accounts harvest beside.
    """

    accounts: Ints
    standing: Standing
    strangers: Mask
    harvesting: Harvesting

    @cached_property
    def rows(self) -> Ints:
        """The rows of the members in the standing."""
        return self.standing.of(self.accounts)

    @cached_property
    def harvesting_counts(self) -> Ints:
        """How many members harvest as surely, level by level."""
        levels = self.harvesting.levels[self.rows]
        return np.array([(levels >= level).sum() for level in range(LEVELS)])

    @cached_property
    def strangers_count(self) -> int:
        """How many strangers there are."""
        return int(self.strangers.sum())


@dataclass(frozen=True)
class _Told:
    """One trait of one account that tells, and if it is one of values, the value that tells the most."""

    account: int
    name: str
    family: str
    honest_reasons: tuple[str, ...]
    bits: float
    value: str | None
    seen: str
    expected: str


def keep_harvests(engine: Engine) -> None:
    """Keep `harvest_examples`: of each member that harvests the earliest exchange that asks for it, and that fills.

    Where none does the one, it is the earliest of the other. Reads the exchanges of all members once.

    Parameters
    ----------
    engine
        Knows what `show_members` shows and keeps, and the table `harvest_templates`.
    """
    engine.hold(
        "harvest_examples",
        f"""SELECT account_id, asking, filling FROM (
                SELECT member, arg_min(exchange_id, (NOT asks, asked, exchange_id)) AS asking,
                       arg_min(exchange_id, (NOT fills, asked, exchange_id)) AS filling FROM (
                    SELECT member, exchange_id, asked, wanted IN ({WANTED_HARVEST}) AS asks,
                           h.opening_digest IS NOT NULL AS fills
                    FROM member_marks AS e LEFT JOIN harvest_templates AS h ON h.opening_digest = e.opening_digest)
                WHERE asks OR fills GROUP BY member)
            JOIN numbered_members USING (member)""",
    )


def reasons_of(held: Held, shown: Shown, engine: Engine) -> tuple[Reason, ...]:
    """Return why each account is held, the strongest reason first; the bits of an account sum to its membership.

    Of each family the strongest trait of values is told, and of its values the one that says the most: shown by many of
    the other members, two at least, and by few strangers. Where its behaviours tell more together, they are. Where
    fewer strangers harvest as surely than agree as much in wording, that is told.

    Parameters
    ----------
    engine
        Knows the table `traits` and what `keep_harvests` keeps, for example exchanges.
    """
    counted = [_count(one, held) for one in shown.incidences]
    bits, wording = bits_by_trait(shown, held.standing, held.rows), np.array(shown.families) == FAMILY
    harvests = held.harvesting.bits[held.rows] > bits[:, wording].sum(axis=1)
    bits[np.ix_(harvests, wording)] = 0.0
    told = [
        _tell(int(place), int(column), float(bits[place, column]), held, shown, counted)
        for place, column in np.argwhere(bits > 0)
    ]
    told += [_tell_harvest(int(place), held) for place in np.flatnonzero(harvests)]
    examples = _examples(told, shown, engine)
    return tuple(
        Reason(
            shown.accounts[one.account].as_py(), one.name, one.family, one.bits, one.seen, one.expected,
            one.honest_reasons, examples.get((one.account, one.name), ()),
        )
        for one in sorted(told, key=lambda one: (one.account, -one.bits, one.name))
    )  # fmt: skip


def own_reasons(account: str, evidence: Sequence[Evidence]) -> tuple[Reason, ...]:
    """Return the reasons of a campaign of one: what speaks of it is all that speaks of its account."""
    return tuple(
        Reason(account, one.trait, one.family, one.bits, one.seen, one.expected, one.honest_reasons,
               one.example_exchange_ids)
        for one in evidence
    )  # fmt: skip


def honest_reasons_of(name: str) -> tuple[str, ...]:
    """Return why honest accounts may show what a reason names."""
    return WHY_HONEST_HARVEST if name in _HARVESTS else trait_named(name).honest_reasons


def _count(one: Incidence, held: Held) -> tuple[Ints, Ints]:
    """Return how many members and how many strangers show each value."""
    inside = np.zeros(len(held.strangers), bool)
    inside[held.accounts] = True
    values = np.repeat(np.arange(len(one.values)), one.widths)
    ours, theirs = (values[mask[one.value_accounts]] for mask in (inside, held.strangers))
    return np.bincount(ours, minlength=len(one.values)), np.bincount(theirs, minlength=len(one.values))


def _tell(  # noqa: PLR0913, PLR0917
    place: int,
    column: int,
    bits: float,
    held: Held,
    shown: Shown,
    counted: list[tuple[Ints, Ints]],
) -> _Told:
    account, others, trait = int(held.accounts[place]), len(held.accounts) - 1, trait_named(shown.names[column])
    family = held.standing.families.index(trait.family)
    strangers = round(2 ** float(held.standing.bits[held.rows[place], family]))
    agreeing, bits = f"one stranger in {strangers:,} agrees as much in {trait.family}", round(bits, 3)
    if column >= len(shown.incidences):
        seen = f"is close in {trait.name} to the mean of the other {others:,} accounts"
        return _Told(account, trait.name, trait.family, trait.honest_reasons, bits, None, seen, agreeing)
    one, (ours, theirs) = shown.incidences[column], counted[column]
    values = one.account_values[one.account_start[account] : one.account_start[account + 1]]
    speaking = values[ours[values] > FEWEST_SHOWING]
    values = speaking if len(speaking) else values
    value = values[np.argmax((ours[values] - 1) / (theirs[values] + 0.5))]
    seen = f"shows {one_of(trait.name)} that {ours[value] - 1:,} of the other {others:,} accounts show"
    expected = f"{theirs[value]:,} of {held.strangers_count:,} strangers show it; {agreeing}"
    shows = one.values[int(value)].as_py()
    return _Told(account, trait.name, trait.family, trait.honest_reasons, bits, shows, seen, expected)


def _tell_harvest(place: int, held: Held) -> _Told:
    harvesting, others, row = held.harvesting, len(held.accounts) - 1, held.rows[place]
    level = int(harvesting.levels[row])
    name, asking = list(_HARVESTS.items())[level - 1]
    alike = held.harvesting_counts[level] - 1
    seen = f"{asking} for what training sets are made of, as {alike:,} of the other {others:,} accounts do"
    harvest = held.strangers_count * harvesting.strangers[level] / harvesting.strangers[0]
    strangers = f"at most {harvest:,.0f} of {held.strangers_count:,} strangers do"
    account, bits = int(held.accounts[place]), round(float(harvesting.bits[row]), 3)
    return _Told(account, name, FAMILY, WHY_HONEST_HARVEST, bits, None, seen, strangers)


def _examples(told: list[_Told], shown: Shown, engine: Engine) -> dict[tuple[int, str], tuple[str, ...]]:
    """Return an exchange of the account that shows the value told, or harvests, by account and trait."""
    _name_wanted(engine, [one for one in told if one.value is not None], shown)
    rows = engine.sql(
        """SELECT place, trait, arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example
           FROM traits JOIN reasons USING (account_id, trait, value) GROUP BY place, trait"""
    ).to_pylist()
    if harvesting := [one for one in told if one.name in _HARVESTS]:
        _name_wanted(engine, harvesting, shown)
        rows += engine.sql(
            f"""SELECT place, trait, CASE trait WHEN '{HARVEST_TEMPLATES}' THEN filling ELSE asking END AS example
                FROM harvest_examples JOIN reasons USING (account_id)"""
        ).to_pylist()
    return {(row["place"], row["trait"]): (row["example"],) for row in rows}


def _name_wanted(engine: Engine, told: list[_Told], shown: Shown) -> None:
    places = pa.array([one.account for one in told], pa.int64())
    wanted = pa.table({
        "place": places,
        "account_id": shown.accounts.take(places),
        "trait": pa.array([one.name for one in told], pa.string()),
        "value": pa.array([one.value for one in told], pa.string()),
    })  # fmt: skip
    engine.name("reasons", wanted)
