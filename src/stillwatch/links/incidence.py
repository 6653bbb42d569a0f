"""Which account shows which value, as integers: the form in which links are weighed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.links.listing import scatter_rows
from stillwatch.traits.base import Trait

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Incidence:
    """The values of one trait that at least two accounts show.

    Values are numbered from the rarest to the commonest (ties by their text), so that sorted numbers are sorted rarity.

    Attributes
    ----------
    name, family
        Of the trait.
    shown_count
        For each account, how many values it shows, those of its own included.
    value_start, value_accounts
        Accounts of value v: `value_accounts[value_start[v]:value_start[v + 1]]`, ascending.
    account_start, account_values
        Values of account a, ascending.
    values
        The text of each value.
    """

    name: str
    family: str
    shown_count: Ints
    value_start: Ints
    value_accounts: Ints
    account_start: Ints
    account_values: Ints
    values: pa.Array

    @property
    def widths(self) -> Ints:
        """How many accounts show each value."""
        return np.diff(self.value_start)


def read_incidences(
    engine: Engine, accounts: pa.Array, traits: Sequence[Trait], *, counts: str | None = None
) -> tuple[Incidence, ...]:
    """Read the table `traits` into one incidence for each trait that any account shows.

    Parameters
    ----------
    accounts
        Every account id, sorted; accounts are numbered by their place in it.
    counts
        A table that knows how many values of each trait each account shows (`trait`, `account_id`, `shown`), where
        `traits` lacks those that one account alone shows. None: they are counted in `traits`.
    """
    found = (_read(engine, accounts, trait, counts) for trait in traits)
    return tuple(one for one in found if one is not None)


def _read(engine: Engine, accounts: pa.Array, trait: Trait, counted: str | None) -> Incidence | None:
    shown = f"""SELECT account_id, value FROM traits WHERE trait = '{trait.name}'
                GROUP BY account_id, value HAVING sum(exchanges_count) >= {trait.least_exchanges}"""
    counts = engine.sql(
        f"SELECT account_id, shown FROM {counted} WHERE trait = '{trait.name}'" if counted
        else f"SELECT account_id, count(*) AS shown FROM ({shown}) GROUP BY account_id"
    )  # fmt: skip
    if not counts.num_rows:
        return None
    shown_count = np.zeros(len(accounts), np.int64)
    shown_count[_places(counts["account_id"], accounts)] = counts["shown"].to_numpy()
    shared = engine.sql(
        f"""WITH shown AS ({shown}) SELECT value, account_id FROM shown
            SEMI JOIN (SELECT value FROM shown GROUP BY value HAVING count(*) > 1) USING (value)
            ORDER BY value, account_id"""
    )
    texts = shared["value"].combine_chunks()
    rows = shared.num_rows
    new = np.ones(rows, bool)
    if rows:
        new[1:] = pc.not_equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    shows = _places(shared["account_id"], accounts), np.cumsum(new) - 1
    return index_shown(trait.name, trait.family, shown_count, shows, texts.filter(pa.array(new)))


def index_shown(name: str, family: str, shown_count: Ints, shows: tuple[Ints, Ints], values: pa.Array) -> Incidence:
    """Return the incidence of one trait, its values numbered anew from the rarest to the commonest.

    Parameters
    ----------
    shows
        Numbers of accounts and of the values that they show, each pair once, in any order.
    values
        The text of each value; ties of rarity stay in this order. Those of fewer than two accounts are left out.
    """
    owners, numbers = shows
    widths = np.bincount(numbers, minlength=len(values))
    order = np.argsort(widths, kind="stable")
    order = order[widths[order] > 1]
    place = np.full(len(values), -1, np.int64)
    place[order] = np.arange(len(order))
    numbers = place[numbers]
    owners, numbers = owners[numbers >= 0], numbers[numbers >= 0]
    account_start, value_start = _starts(owners, len(shown_count)), _starts(numbers, len(order))
    by_account = _scattered(owners, numbers, account_start)
    value_accounts = _scattered(by_account, _owners(account_start), value_start)
    account_values = _scattered(value_accounts, _owners(value_start), account_start)
    return Incidence(
        name, family, shown_count, value_start, value_accounts, account_start, account_values,
        values.take(pa.array(order)),
    )  # fmt: skip


def _owners(starts: Ints) -> Ints:
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def _scattered(keys: Ints, numbers: Ints, starts: Ints) -> Ints:
    """Return the numbers in the order of their keys, and of one key in the order given."""
    out = np.empty(len(keys), np.int64)
    scatter_rows(keys, numbers, starts[:-1].copy(), out)
    return out


def _places(ids: pa.ChunkedArray, accounts: pa.Array) -> Ints:
    places: Ints = pc.index_in(ids, value_set=accounts).combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _starts(groups: Ints, length: int) -> Ints:
    starts = np.zeros(length + 1, np.int64)
    np.cumsum(np.bincount(groups, minlength=length), out=starts[1:])
    return starts
