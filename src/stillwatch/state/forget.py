"""Forgets the days before a date: their rows, their traits, and the first prompts that no later day shows."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.errors import CannotWrite
from stillwatch.state.days import PROMPTS, read_prompts
from stillwatch.state.intake import fold_days
from stillwatch.state.opening import State
from stillwatch.state_errors import NothingKept

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine


def forget_days(engine: "DuckEngine", state: State, before: date) -> int:
    """Take the days before a date out of the state and commit it; return how many they were.

    The days that stay are what they are, with the families that they were given; what they show together is folded
    anew. The names of files that were read stay known, so that their rows do not come again.

    Raises
    ------
    NothingKept
        No day would be left.

    Notes
    -----
    Reads the traits of all days that stay.
    """
    book, first = state.book, before.isoformat()
    kept = {day: replace(one, fold=None) for day, one in book.days.items() if day >= first}
    gone = len(book.days) - len(kept)
    if not kept:
        raise NothingKept(state.folder, f"{len(book.days)} days, all before {first}")
    old = [state.part(folder) for day, folder in sorted(book.first_prompts.items()) if day < first]
    prompts = {day: folder for day, folder in book.first_prompts.items() if day >= first}
    if old:
        engine.name("kept_marks", [state.part(one.folder) / "marks.parquet" for one in kept.values()])
        families = engine.sql("SELECT DISTINCT wording_family FROM kept_marks WHERE wording_family IS NOT NULL")
        told = read_prompts(old)  # in the order of days, as a family that is met goes on
        into = state.new_part(f"first-{first}")
        with CannotWrite.told_of(into):
            pq.write_table(told.filter(pc.is_in(told["prompt_digest"], families["wording_family"])), into / PROMPTS)
        prompts[min(book.first_prompts)] = into.name
    since = max(first, book.forgotten_before or first)
    book = replace(book, days=kept, first_prompts=prompts, forgotten_before=since)
    state.commit(fold_days(engine, state, book, book.dates))
    return gone
