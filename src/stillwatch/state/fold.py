"""Folds days into what they show together: who shows which shared values, and how many values each account shows.

What one account alone shows, or too seldom to count, is most of all. It stays in its day, and a later day finds it
again by its keys (`shows.py`); so a day is added at the cost of what is shown often, and of what it makes so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from stillwatch.state.shows import KEY, WHO, compare_shows, read_shows, write_shows
from stillwatch.traits.base import SUMMED
from stillwatch.traits.registry import all_traits

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine

TOGETHER = "together.parquet"
COUNTED = "counted.parquet"
_TOGETHER = "trait, value, account_id, exchanges_count, first_seen_at, last_seen_at, example_exchange_id"
_SUMMED = f"SELECT trait, value, account_id, {SUMMED}"

# the rows of days before that count from today on, for a second account shows the value, or its own shows it often now
_COUNTING = """
    SELECT key, first AS who FROM day_shown WHERE is_shared AND NOT was_shared AND first <> 0
    UNION SELECT key, who FROM day_shown WHERE was_shared AND before > 0 AND before < least AND by_now >= least"""


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
    """Write the fold of all days up to this one: `together.parquet` and `counted.parquet`.

    The first has each shared value with the accounts that show it as often as its trait asks for; a value is shared
    when a second account shows it, however seldom. The second says how many values of each trait an account shows as
    often, those of it alone included.

    Notes
    -----
    Reads the day's traits, the fold before and the keys of the days before, and of their traits the rows that count
    from today on: of values that a second account shows today, and of accounts that show a value often enough today.
    """
    engine.name("day_traits", added.day / "traits.parquet")
    shows = read_shows(added.day)
    compared = compare_shows(shows, map(read_shows, added.earlier))
    engine.name("compared", pa.table({"key": shows.keys, "who": shows.who, **compared._asdict()}))
    engine.hold(
        "day_shown",
        f"""SELECT d.*, before, before + exchanges_count AS by_now, {least_exchanges("trait")} AS least, first,
                   was_shared, is_shared FROM day_traits AS d JOIN compared USING (key, who)""",
    )
    _count(engine, added.fold, into)
    _join(engine, added, into)
    engine.forget("day_shown")


def least_exchanges(trait: str) -> str:
    """Return the SQL of how many exchanges must show a value before an account shows it, given that of its trait."""
    more = " ".join(f"WHEN '{one.name}' THEN {one.least_exchanges}" for one in all_traits() if one.least_exchanges > 1)
    return f"CASE {trait} {more} ELSE 1 END"


def _count(engine: "DuckEngine", fold: Path | None, into: Path) -> None:
    parts = ["""SELECT trait, account_id, count(*) AS shown FROM day_shown
                WHERE before < least AND by_now >= least GROUP BY trait, account_id"""]  # fmt: skip
    if fold is not None:
        engine.name("fold_counted", fold / COUNTED)
        parts.append("FROM fold_counted")
    engine.write(
        f"""SELECT trait, account_id, sum(shown)::BIGINT AS shown FROM ({" UNION ALL ".join(parts)})
            GROUP BY trait, account_id""",
        into / COUNTED,
    )


def _join(engine: "DuckEngine", added: Added, into: Path) -> None:
    parts = [f"SELECT {_TOGETHER} FROM day_shown WHERE is_shared AND by_now >= least"]
    if added.fold is not None:
        engine.name("fold_together", added.fold / TOGETHER)
        parts.append(f"SELECT {_TOGETHER} FROM fold_together")
    if added.earlier:
        engine.name("earlier_traits", [one / "traits.parquet" for one in added.earlier])
        parts.append(f"SELECT {_TOGETHER} FROM earlier_traits SEMI JOIN ({_COUNTING}) USING (key, who)")
    engine.write(
        f"""{_SUMMED} FROM ({" UNION ALL ".join(parts)}) GROUP BY trait, value, account_id
            HAVING sum(exchanges_count) >= {least_exchanges("trait")} ORDER BY trait, value""",
        into / TOGETHER,
    )
