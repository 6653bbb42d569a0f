"""Finds exchanges to look at under each piece of evidence, of all campaigns at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.statement import Evidence

Ints = npt.NDArray[np.int64]
_SHOWN = 5  # the earliest exchange of so many accounts


@dataclass(frozen=True)
class Sought:
    """A piece of evidence without examples, and what these are to show.

    Attributes
    ----------
    values
        Values of its trait, of which an exchange shows one.
    condition
        Else the SQL condition on the view `marked` that exchanges meet.
    accounts
        Of whose exchanges they are, as places among all accounts.
    """

    evidence: Evidence
    values: tuple[str, ...] = ()
    condition: str | None = None
    accounts: Ints = field(default_factory=lambda: np.empty(0, np.int64))


def with_examples(engine: Engine, accounts: pa.Array, campaigns: Sequence[Sequence[Sought]]) -> list[list[Evidence]]:
    """Return the evidence of each campaign with examples: of five accounts the earliest that shows it.

    Parameters
    ----------
    engine
        Knows the table `traits` and the view `marked`.
    accounts
        Names of all accounts.

    Notes
    -----
    The table `traits` is read once, the exchanges once for each condition, however many campaigns there are.
    """
    pieces = list(enumerate(one for campaign in campaigns for one in campaign))
    found = _by_values(engine, accounts, [(number, one) for number, one in pieces if one.values])
    for condition in dict.fromkeys(one.condition for _, one in pieces if one.condition is not None):
        alike = [(number, one) for number, one in pieces if one.condition == condition]
        found |= _by_condition(engine, accounts, alike, condition)
    told = iter([replace(one.evidence, example_exchange_ids=found.get(number, ())) for number, one in pieces])
    return [[next(told) for _ in campaign] for campaign in campaigns]


def _by_values(engine: Engine, accounts: pa.Array, sought: list[tuple[int, Sought]]) -> dict[int, tuple[str, ...]]:
    rows = [(number, one.evidence.trait, value) for number, one in sought for value in one.values]
    numbers, traits, values = zip(*rows, strict=True) if rows else ((), (), ())
    engine.name(
        "wanted",
        pa.table({
            "piece": pa.array(numbers, pa.int64()), "trait": pa.array(traits, pa.string()),
            "value": pa.array(values, pa.string()),
        }),
    )  # fmt: skip
    _name_accounts(engine, accounts, sought)
    return _earliest(
        engine,
        """SELECT piece, arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example,
                  min(first_seen_at) AS first
           FROM traits JOIN wanted USING (trait, value) JOIN sought_accounts USING (piece, account_id)
           GROUP BY piece, account_id""",
    )


def _by_condition(
    engine: Engine, accounts: pa.Array, sought: list[tuple[int, Sought]], condition: str
) -> dict[int, tuple[str, ...]]:
    _name_accounts(engine, accounts, sought)
    return _earliest(
        engine,
        f"""SELECT piece, example, first FROM sought_accounts JOIN (
                SELECT account_id, min_by(exchange_id, (asked, exchange_id)) AS example, min(asked) AS first
                FROM marked SEMI JOIN sought_accounts USING (account_id) WHERE {condition} GROUP BY account_id)
            USING (account_id)""",
    )


def _name_accounts(engine: Engine, accounts: pa.Array, sought: Iterable[tuple[int, Sought]]) -> None:
    given = [(number, one.accounts) for number, one in sought]
    pieces = np.repeat([number for number, _ in given], [len(some) for _, some in given]).astype(np.int64)
    places = np.concatenate([some for _, some in given] or [np.empty(0, np.int64)])
    engine.name("sought_accounts", pa.table({"piece": pieces, "account_id": accounts.take(pa.array(places))}))


def _earliest(engine: Engine, found: str) -> dict[int, tuple[str, ...]]:
    rows = engine.sql(
        f"""SELECT piece, example FROM (
                SELECT *, row_number() OVER (PARTITION BY piece ORDER BY first, example) AS place FROM ({found}))
            WHERE place <= {_SHOWN} ORDER BY piece, place"""
    ).to_pylist()
    earliest: dict[int, tuple[str, ...]] = {}
    for row in rows:
        earliest[row["piece"]] = (*earliest.get(row["piece"], ()), row["example"])
    return earliest
