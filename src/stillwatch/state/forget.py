"""Forgets the days before a date: their rows, their traits, and the first prompts that no later day shows."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from stillwatch.state.days import PROMPTS
from stillwatch.state.intake import fold_day, with_few_folds
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
        engine.name("old_prompts", [one / PROMPTS for one in old])
        into = state.new_part(f"first-{first}")
        engine.write(
            """FROM old_prompts SEMI JOIN (SELECT DISTINCT wording_family FROM kept_marks) AS k
               ON k.wording_family = prompt_digest""",
            into / PROMPTS,
        )
        prompts[min(book.first_prompts)] = into.name
    since = max(first, book.forgotten_before or first)
    book = replace(book, days=kept, first_prompts=prompts, forgotten_before=since)
    for day in book.dates:
        book = fold_day(engine, state, book, day)
    state.commit(with_few_folds(book))
    return gone
