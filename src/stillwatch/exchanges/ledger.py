"""What became of every row that was read: used, set aside and why, or no exchange at all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from stillwatch.exchanges.conform import ABSENT, FUTURE
from stillwatch.exchanges.fit_value import NO_ZONE
from stillwatch.exchanges.reader import IDENTITY
from stillwatch.exchanges.reading import Reading
from stillwatch.log_errors import MissingColumn, TimesInFuture, TimesWithoutZone, TooManyBadRows


@dataclass(frozen=True)
class SetAside:
    """A row that was not used: its file, its line (or row number, from 1), and why."""

    file: str
    line: int
    reason: str


@dataclass
class FileCount:
    """What became of the rows of one file.

    Attributes
    ----------
    left_out
        Values that their column could not hold, by reason; their rows are used without them.
    filled
        Columns of `exchanges` that any of its rows fills.
    sha256
        Of the bytes of the file, once it is read to its end.
    """

    rows_count: int = 0
    set_aside_count: int = 0
    passed_over_count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[SetAside] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    filled: set[str] = field(default_factory=set)
    sha256: str | None = None

    def set_aside(self, row: SetAside, examples_kept: int) -> None:
        """Count a row that cannot be used."""
        self.set_aside_count += 1
        self.reasons[row.reason] += 1
        if len(self.examples) < examples_kept or self.reasons[row.reason] == 1:
            self.examples.append(row)


class Ledger:
    """The counts of all files that were read to their end, or are being read; a second pass replaces the first."""

    def __init__(self, paths: tuple[str, ...], examples_kept: int) -> None:
        self.files: dict[str, FileCount] = {path: FileCount() for path in paths}
        self._examples_kept = examples_kept

    @property
    def rows_count(self) -> int:
        """Rows that became exchanges."""
        return sum(count.rows_count for count in self.files.values())

    @property
    def set_aside_count(self) -> int:
        """Rows that could not be used."""
        return sum(count.set_aside_count for count in self.files.values())

    @property
    def passed_over_count(self) -> int:
        """Records that are whole and no exchange, such as spans of a database."""
        return sum(count.passed_over_count for count in self.files.values())

    @property
    def reasons(self) -> Counter[str]:
        """Set-aside rows by reason."""
        return sum((count.reasons for count in self.files.values()), Counter())

    @property
    def left_out(self) -> Counter[str]:
        """Values that were left out of rows that are used, by reason."""
        return sum((count.left_out for count in self.files.values()), Counter())

    @property
    def examples(self) -> tuple[SetAside, ...]:
        """The first set-aside rows, in the order of files and lines."""
        return tuple(row for count in self.files.values() for row in count.examples)[: self._examples_kept]


def judge(counts: Mapping[str, FileCount], reading: Reading, advice: str) -> None:
    """Stop when too large a share of the rows read so far was set aside.

    Raises
    ------
    TooManyBadRows, TimesInFuture, TimesWithoutZone, MissingColumn
        By the most frequent reason.
    """
    bad = sum(count.set_aside_count for count in counts.values())
    seen = bad + sum(count.rows_count for count in counts.values())
    if not seen or bad <= reading.largest_bad_share * seen:
        return
    reasons: Counter[str] = sum((count.reasons for count in counts.values()), Counter())
    firsts: dict[str, str] = {}
    for count in counts.values():
        for row in count.examples:
            firsts.setdefault(row.reason, f"{row.file}:{row.line}")
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    told = [(reason, number, firsts[reason]) for reason, number in ranked]
    missing = [name for name in IDENTITY if reasons[f"`{name}` {ABSENT}"]]
    if bad == seen and missing and ranked[0][0].endswith(ABSENT):
        found = f"none of the {seen:,} rows read has all of these"
        raise MissingColumn(missing, where=firsts[ranked[0][0]], found=found, advice=advice)
    worst = ranked[0][0]
    kind = TimesInFuture if worst.endswith(FUTURE) else TimesWithoutZone if worst.endswith(NO_ZONE) else TooManyBadRows
    raise kind((bad, seen), told, reading.largest_bad_share)
