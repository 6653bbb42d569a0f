"""A scan that adds to a state: reads what is new, and makes all days known to the stages that follow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stillwatch.exchanges import Logs
from stillwatch.findings.describe import Indicator
from stillwatch.findings.statement import Input, Release, Unmet
from stillwatch.log_errors import NoRows
from stillwatch.progress import Progress
from stillwatch.state.book import Book, Read
from stillwatch.state.intake import Intake, take_in
from stillwatch.state.known import name_state
from stillwatch.state.opening import State
from stillwatch.unmet import unfilled_columns

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine
    from stillwatch.exchanges.spread import SpreadLogs


@dataclass(frozen=True)
class Steps:
    """The steps of a scan that adding to a state asks for.

    Attributes
    ----------
    mark
        Reads and marks logs; returns where the table `marks` lies.
    name_lists
        Makes the operator's lists known for the table `marks`.
    name_releases
        Makes `releases` known to the engine: those given.
    """

    mark: Callable[[Logs], Path]
    name_lists: Callable[[], None]
    name_releases: Callable[[Sequence[Release]], None]


@dataclass(frozen=True)
class Held:
    """What a state holds after a scan: its files, its rows by what became of them, its columns, the files skipped.

    `passed_over` are the files of these logs that were not read, since they are not named like logs. `memory_bytes` is
    what wordings were gathered in where that was too little for all at once: families depend on it.
    `unmet` is what the mapping of the logs just read names, and none of their rows fills.
    """

    inputs: tuple[Input, ...]
    set_aside: tuple[tuple[str, int], ...]
    repeated_count: int
    columns: frozenset[str]
    skipped: tuple[str, ...]
    memory_bytes: int | None = None
    passed_over: tuple[str, ...] = ()
    unmet: tuple[Unmet, ...] = ()

    @property
    def rows_count(self) -> int:
        """Rows that became exchanges, repeated ones included."""
        return sum(one.rows_count for one in self.inputs)


def add_to_state(  # noqa: PLR0913, PLR0917 - what a scan has
    engine: "DuckEngine",
    state: State,
    logs: Logs,
    steps: Steps,
    releases: Sequence[Release],
    indicators: Sequence[Indicator],
    progress: Progress,
) -> Held:
    """Read the files that the state does not hold yet, add their days, and make all days known to the engine."""
    new = logs.unread([(one.size_bytes, digest) for digest, one in state.book.files.items()])
    full = {one.path for one in logs.files if one.format != "empty"}
    skipped = tuple(sorted(full - {one.path for one in new.files}))
    if new.files:
        _add(engine, state, new, steps, progress)
    progress.stage("opening the state", None, "")
    steps.name_releases(releases)
    name_state(engine, state, releases, indicators)
    return _held(state.book, skipped, logs.passed_over, unfilled_columns(new))


def _add(engine: "DuckEngine", state: State, new: Logs, steps: Steps, progress: Progress) -> None:
    try:
        marks = steps.mark(new)
    except NoRows:
        # Logs of embeddings alone, say, or of an idle hour: the days that are there can be judged all the same.
        if not state.book.days:
            raise
        state.commit(state.book.with_files(_read(new)))
        return
    progress.stage("adding days", None, "days")
    steps.name_releases(())
    take_in(engine, state, Intake(_read(new), marks, steps.name_lists, lambda _: progress.advance(1)))


def held_of(logs: "Logs | SpreadLogs", repeated_count: int, columns: frozenset[str], memory_bytes: int | None) -> Held:
    """Return what a scan without a state has read."""
    aside = tuple(sorted(logs.ledger.reasons.items()))
    return Held(
        tuple(_inputs(logs)), aside, repeated_count, columns, (), memory_bytes, logs.passed_over, unfilled_columns(logs)
    )


def _inputs(logs: "Logs | SpreadLogs") -> Iterator[Input]:
    for file in logs.files:
        count = logs.ledger.files[file.path]
        yield Input(file.path, file.format, count.sha256 or "", count.rows_count, count.set_aside_count)


def _read(logs: Logs) -> list[Read]:
    reasons = [dict(logs.ledger.files[file.path].reasons) for file in logs.files]
    return [
        Read(told, file.size_bytes, why) for told, file, why in zip(_inputs(logs), logs.files, reasons, strict=True)
    ]


def _held(book: Book, skipped: tuple[str, ...], passed_over: tuple[str, ...], unmet: tuple[Unmet, ...]) -> Held:
    days = book.days.values()
    return Held(
        tuple(sorted((one.input for one in book.files.values()), key=lambda one: (one.path, one.sha256))),
        book.set_aside,
        sum(one.repeated_count for one in days),
        frozenset(column for one in days for column in one.columns),
        skipped,
        passed_over=passed_over,
        unmet=unmet,
    )
