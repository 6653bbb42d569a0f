"""Takes the marks of new rows into a state: makes the days that they touch anew, and folds the days from there on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from stillwatch.state.book import Book, Day, Read
from stillwatch.state.days import Before, make_day
from stillwatch.state.fold import Added, add_day
from stillwatch.state.opening import State

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine

_DAY = timedelta(days=1)
KEPT_FOLDS = 3  # rows that come a day or two late fold so many days anew, and not all


@dataclass(frozen=True)
class Intake:
    """What a scan gives to a state.

    Attributes
    ----------
    files
        The log files that were read.
    marks
        Parquet files of the table `marks`.
    name_lists
        Makes the operator's lists known to the engine for the accounts in the table `marks`.
    day_made
        Called after each day.
    """

    files: Sequence[Read]
    marks: Path
    name_lists: Callable[[], None]
    day_made: Callable[[date], None] = lambda _: None


def take_in(engine: "DuckEngine", state: State, intake: Intake) -> None:
    """Add new rows to the state and commit it.

    A day that gets rows is made anew, and so is each day after it: families keep their names by the order of days, so
    the state is the same however the rows were divided among scans. Rows of days that were forgotten are left out, and
    counted.
    """
    book = state.book.with_files(intake.files)
    engine.name("new_marks", intake.marks)
    rows = engine.sql(
        "SELECT make_timestamp(epoch_us(asked_at))::DATE AS day, count(*) AS n FROM new_marks GROUP BY day"
    ).to_pylist()
    given = {row["day"]: row["n"] for row in rows}
    late = [day for day in given if book.forgotten_before and day.isoformat() < book.forgotten_before]
    touched = sorted(set(given) - set(late))
    made = sorted({*touched, *(one for one in book.dates if touched and one > touched[0])})
    for day in made:
        book = _make(engine, state, book, day, intake)
        intake.day_made(day)
    book = fold_days(engine, state, book, _unfolded(book, made))
    forgotten = book.forgotten_count + sum(given[day] for day in late)
    state.commit(replace(book, forgotten_count=forgotten))


def fold_days(engine: "DuckEngine", state: State, book: Book, days: Sequence[date]) -> Book:
    """Return the book in which the last few of all days have the fold of the days up to them.

    Each fold holds all days so far, so it is removed as soon as the next is made, unless it is among the last few.

    Parameters
    ----------
    days
        The days to fold, ascending, up to the last; the day before them is folded.
    """
    late = frozenset(book.dates[-KEPT_FOLDS:])
    for day in days:
        folded = _fold_day(engine, state, book, day)
        book = _with_folds(folded, late | {day})
        for name in folded.folders - book.folders:
            state.discard(name)
    return book


def _fold_day(engine: "DuckEngine", state: State, book: Book, day: date) -> Book:
    earlier = [book.days[one.isoformat()] for one in book.dates if one < day]
    into = state.new_part("fold")
    fold = state.part(earlier[-1].fold) if earlier and earlier[-1].fold else None
    own = book.days[day.isoformat()]
    add_day(engine, Added(state.part(own.folder), [state.part(one.folder) for one in earlier], fold), into)
    return replace(book, days=book.days | {day.isoformat(): replace(own, fold=into.name)})


def _with_folds(book: Book, kept: frozenset[date]) -> Book:
    names = {day.isoformat() for day in kept}
    return replace(book, days={day: one if day in names else replace(one, fold=None) for day, one in book.days.items()})


def _unfolded(book: Book, made: Sequence[date]) -> list[date]:
    """Return the days to fold: those made, and those before them back to the last whose fold is kept."""
    days = list(book.dates)
    start = days.index(made[0]) if made else len(days)
    while start > 0 and book.days[days[start - 1].isoformat()].fold is None:
        start -= 1
    return days[start:]


def _make(engine: "DuckEngine", state: State, book: Book, day: date, intake: Intake) -> Book:
    name = day.isoformat()
    own = book.days.get(name)
    into, first = state.new_part(name), state.new_part(f"first-{name}")
    before = Before(
        state.part(own.folder) if own else None,
        [state.part(book.days[one.isoformat()].folder) for one in book.dates if one < day],
        [state.part(folder) for one, folder in sorted(book.first_prompts.items()) if one < name],
        first,
        intake.name_lists,
    )
    # A range, so that row groups of other days are not read.
    start, end = (f"TIMESTAMPTZ '{one} 00:00:00+00'" for one in (day, day + _DAY))
    rows = f"FROM new_marks WHERE asked_at >= {start} AND asked_at < {end}"
    made = make_day(engine, rows, before, into)
    repeated = made.repeated_count + (own.repeated_count if own else 0)
    return replace(
        book,
        days=book.days | {name: Day(into.name, made.exchanges_count, repeated, made.columns)},
        first_prompts=book.first_prompts | {name: first.name},
    )
