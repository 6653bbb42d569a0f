"""Folds days into what they show together: the values that several accounts show, and how many values each one shows.

Values that one account alone shows are most of all. They stay in their day, and a later day finds them again by their
keys (`shows.py`); so a day is added without grouping the days before it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.state.shows import KEY, WHO, Keys, Shows, compare_shows, read_shows, write_shows
from stillwatch.traits.registry import all_traits

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine

TOGETHER = "together.parquet"
COUNTED = "counted.parquet"
_TOGETHER = "trait, value, account_id, exchanges_count, first_seen_at, last_seen_at, example_exchange_id, key"
_SUMMED = """
    SELECT trait, value, account_id, sum(exchanges_count)::BIGINT AS exchanges_count,
           min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at,
           arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example_exchange_id,
           any_value(key) AS key"""


@dataclass(frozen=True)
class Added:
    """A day that is added: its folder, those of the days before it, and the fold of these; None on the first day."""

    day: Path
    earlier: Sequence[Path]
    fold: Path | None


def write_day_shows(engine: "DuckEngine", traits: str, folder: Path) -> None:
    """Write a day's rows of a table `traits` into its folder, with keys by which later days find them."""
    engine.write(f"SELECT *, {KEY} AS key, {WHO} AS who FROM {traits}", folder / "traits.parquet")
    engine.name("day_traits", folder / "traits.parquet")
    write_shows(engine.sql("SELECT key, who, exchanges_count AS n FROM day_traits ORDER BY key, who"), folder)


def add_day(engine: "DuckEngine", added: Added, into: Path) -> None:
    """Write the fold of all days up to this one.

    Notes
    -----
    Reads the day's traits, the fold before, the keys of the days before, and of their traits only the rows of values
    that a second account shows today.
    """
    engine.name("day_traits", added.day / "traits.parquet")
    _name_fold(engine, added.fold)
    shows = read_shows(added.day)
    known = engine.sql("SELECT DISTINCT key FROM fold_together ORDER BY key")["key"].to_numpy()
    new = ~_within(shows.keys, known)
    alone = Shows(shows.keys[new], shows.who[new], shows.counts[new])
    compared = compare_shows(alone, map(read_shows, added.earlier))
    engine.name("joined_keys", pa.table({"key": np.unique(alone.keys[compared.is_foreign])}))
    again = compared.before > 0
    engine.name("shown_before", pa.table({"key": alone.keys[again], "who": alone.who[again],
                                          "before": compared.before[again]}))  # fmt: skip
    _count(engine, into)
    _join(engine, added, into)


def least_exchanges(trait: str) -> str:
    """Return the SQL of how many exchanges must show a value before an account shows it, given that of its trait."""
    more = " ".join(f"WHEN '{one.name}' THEN {one.least_exchanges}" for one in all_traits() if one.least_exchanges > 1)
    return f"CASE {trait} {more} ELSE 1 END"


def _within(keys: Keys, known: Keys) -> npt.NDArray[np.bool_]:
    """Return which of the sorted keys are among the known ones, sorted too."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    return np.asarray(known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys)


def _name_fold(engine: "DuckEngine", fold: Path | None) -> None:
    if fold is not None:
        engine.name("fold_together", fold / TOGETHER)
        engine.name("fold_counted", fold / COUNTED)
        return
    engine.keep("fold_together", f"SELECT {_TOGETHER} FROM day_traits WHERE false")
    engine.keep("fold_counted", "SELECT trait, account_id, exchanges_count AS shown FROM day_traits WHERE false")


def _count(engine: "DuckEngine", into: Path) -> None:
    """Write how many values of each trait each account shows, given what it had shown before of those of the day."""
    engine.write(
        f"""SELECT trait, account_id, sum(shown)::BIGINT AS shown FROM (
                FROM fold_counted
                UNION ALL
                SELECT trait, account_id, count(*) AS shown FROM (
                    SELECT d.trait, d.account_id, d.exchanges_count AS n, {least_exchanges("d.trait")} AS least,
                           coalesce(b.before, f.exchanges_count, 0) AS before
                    FROM day_traits AS d LEFT JOIN shown_before AS b USING (key, who)
                    LEFT JOIN fold_together AS f USING (trait, value, account_id))
                WHERE before < least AND before + n >= least GROUP BY trait, account_id)
            GROUP BY trait, account_id""",
        into / COUNTED,
    )


def _join(engine: "DuckEngine", added: Added, into: Path) -> None:
    """Write the values that several accounts show, with the rows that were alone until today."""
    parts = [
        f"SELECT {_TOGETHER} FROM fold_together",
        f"""SELECT {_TOGETHER} FROM day_traits
            SEMI JOIN (FROM joined_keys UNION SELECT key FROM fold_together) USING (key)""",
    ]
    if added.earlier:
        engine.name("earlier_traits", [one / "traits.parquet" for one in added.earlier])
        parts.append(f"SELECT {_TOGETHER} FROM earlier_traits SEMI JOIN joined_keys USING (key)")
    engine.write(
        f"{_SUMMED} FROM ({' UNION ALL '.join(parts)}) GROUP BY trait, value, account_id ORDER BY trait, value",
        into / TOGETHER,
    )
