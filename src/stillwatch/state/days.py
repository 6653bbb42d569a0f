"""Makes the tables of one day: its marks, wordings, traits and profiles, from new rows and those it had before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch import columns as c
from stillwatch.errors import CannotWrite
from stillwatch.marks.families import MOST_LONE_PROMPTS, WORDINGS_OF_MARKS, continue_families
from stillwatch.state.fold import write_day_shows
from stillwatch.state.shows import ID, repeated_ids, write_ids
from stillwatch.tables import FAMILY_PROMPTS, MARKS, WORDINGS
from stillwatch.traits.find import find_traits, shown_columns
from stillwatch.traits.views import organisations_query, refuse_foreign, show_exchanges

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine

KEPT = tuple(name for name in MARKS.names if name not in {c.ASKED_AT.name, c.WORDING_SKETCH.name})
PROMPTS = "prompts.parquet"


@dataclass(frozen=True)
class Made:
    """What became of a day's rows: exchanges, rows that repeated an id, columns that hold any value."""

    exchanges_count: int
    repeated_count: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Before:
    """What a day is made from besides new rows: its own folder as it was, and what the days before it hold.

    Attributes
    ----------
    own
        The day's folder until now; None where the day is new.
    earlier
        Folders of the days before it.
    first_prompts
        Folders with the first prompts of the families of each of the days before it.
    first_into
        Folder for the first prompts of the families that it begins.
    name_lists
        Makes `address_ranges` and `disposable_domains` known for the accounts in `marks`.
    """

    own: Path | None
    earlier: Sequence[Path]
    first_prompts: Sequence[Path]
    first_into: Path
    name_lists: Callable[[], None]


def make_day(engine: "DuckEngine", new_rows: str, before: Before, into: Path) -> Made:
    """Write the tables of one day into a folder.

    `releases` must be known to the engine, and without a row: what depends on releases is found when it is asked for.

    Parameters
    ----------
    new_rows
        SQL that gives the day's new marks.

    Raises
    ------
    SharedIds
        Too many of its rows are of another account than the exchange, of this day or one before, whose id they repeat.
    """
    repeated = _gather_rows(engine, new_rows, before)
    before.name_lists()
    engine.keep("wordings", WORDINGS_OF_MARKS)
    wordings = engine.sql("FROM wordings").cast(WORDINGS.schema)
    continued = continue_families(wordings, read_prompts(before.first_prompts), _lone_prompts(before.earlier))
    engine.name("families", continued.families)
    repeated += show_exchanges(engine, whole=False)
    find_traits(engine)
    with CannotWrite.told_of(into):
        pq.write_table(continued.begun, before.first_into / PROMPTS)
        pq.write_table(continued.alone, into / PROMPTS)
    _write(engine, into)
    rows = engine.sql("SELECT count(*) AS n FROM exchange")["n"][0].as_py()
    return Made(rows, repeated, tuple(sorted(shown_columns(engine))))


def read_prompts(folders: Iterable[Path]) -> pa.Table:
    """Return the table `family_prompts` that folders hold, in their order."""
    return pa.concat_tables(
        [FAMILY_PROMPTS.empty(), *(pq.read_table(one / PROMPTS).cast(FAMILY_PROMPTS.schema) for one in folders)]
    )


def _lone_prompts(folders: Sequence[Path]) -> pa.Table:
    """Return the lone prompts of the latest days, as many as are gathered again with those of another day."""
    taken, rows = [], 0
    for folder in reversed(folders):
        rows += pq.read_metadata(folder / PROMPTS).num_rows
        if rows > MOST_LONE_PROMPTS:
            break
        taken.append(folder)
    return read_prompts(reversed(taken))


def _write(engine: "DuckEngine", into: Path) -> None:
    kept = ", ".join(("asked", c.WORDING_FAMILY.name, *KEPT))
    engine.write(f"SELECT {kept} FROM exchange ORDER BY account_id, asked", into / "marks.parquet")
    engine.write("FROM wordings", into / "wordings.parquet")
    engine.write("FROM profiles", into / "profiles.parquet")
    engine.write(organisations_query("exchange"), into / "organisations.parquet")
    write_day_shows(engine, "day_traits", into)
    write_ids(engine.sql(f"SELECT {ID} AS keys FROM exchange ORDER BY keys"), into)


def _gather_rows(engine: "DuckEngine", new_rows: str, before: Before) -> int:
    """Make `marks` known: the day's rows, new and old, whose id no earlier day has; return how many rows had one.

    An exchange whose id comes again on a later day is the earlier one's, as it is where all rows are read at once.
    """
    names = ", ".join(MARKS.names)
    rows = f"SELECT {names} FROM ({new_rows})"
    if before.own is not None:
        engine.name("own_marks", before.own / "marks.parquet")
        engine.name("own_wordings", before.own / "wordings.parquet")
        rows += f""" UNION ALL SELECT {names} FROM (
            SELECT m.*, asked::TIMESTAMPTZ AS asked_at, w.wording_sketch
            FROM own_marks AS m LEFT JOIN own_wordings AS w USING (prompt_digest))"""
    keys = engine.sql(f"SELECT {ID} AS key FROM ({rows}) ORDER BY key")["key"].to_numpy()
    taken = repeated_ids(keys, before.earlier)
    if not len(taken):
        engine.show("marks", rows)
        return 0
    engine.name("taken", pa.table({"key": np.unique(taken)}))
    engine.name("earlier_marks", [one / "marks.parquet" for one in before.earlier])
    engine.keep("taken_ids", "SELECT exchange_id, account_id AS holder FROM earlier_marks "
                f"SEMI JOIN taken ON taken.key = {ID}")  # fmt: skip
    engine.keep("marks", f"FROM ({rows}) ANTI JOIN taken_ids USING (exchange_id)")
    left_out = len(keys) - int(engine.sql("SELECT count(*) AS n FROM marks")["n"][0].as_py())
    foreign = f"SELECT exchange_id FROM ({rows}) JOIN taken_ids USING (exchange_id) WHERE account_id <> holder"
    refuse_foreign(engine, foreign, len(keys), left_out)
    return left_out
