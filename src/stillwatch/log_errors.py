"""The errors of logs: not there, not understood, damaged, or too many rows that cannot be used."""

from collections.abc import Sequence

from stillwatch.error_form import Fault, StillwatchError, Unknown

_NAMED = 5  # files that an error names


class NoSuchLogs(StillwatchError):
    """Given paths or globs lead to no log file; all are reported together, numbered."""

    def __init__(self, sources: Sequence[str], suffixes: Sequence[str]) -> None:
        super().__init__(
            f"{len(sources)} of the given paths {'lead' if len(sources) > 1 else 'leads'} to no log file",
            where="the logs given",
            found="; ".join(f"{i}. `{source}`" for i, source in enumerate(sources, 1)),
            needed=f"files, globs, or folders with files that end in {', '.join(suffixes)} (also .gz, .zst)",
            try_="correct the paths; name a file itself when it ends in something else",
        )


class NoRows(Fault):
    """There are logs, and no row in them."""

    told = "the logs hold no exchange"
    wanted = "at least one row that is a request to a model"
    advice = "export a longer time; `stillwatch readers` says what is read of each format"


class MissingColumn(StillwatchError):
    """A column that every row needs is in no row."""

    def __init__(self, missing: Sequence[str], *, where: str, found: str, advice: str) -> None:
        names = ", ".join(f"`{name}`" for name in missing)
        super().__init__(
            f"the logs lack {names}", where=where, found=found, needed=f"{names} in every row", try_=advice
        )


class UnreadableLog(StillwatchError):
    """A log file is damaged, cut off, or may not be read."""

    def __init__(self, path: str, found: str) -> None:
        super().__init__(
            "a log file is damaged, cut off, or may not be read", where=path,
            found=" ".join(found.split())[:200] or "no reason given",
            needed="a whole file: JSON Lines, JSON or CSV (also gzip or zstd), Parquet or Arrow IPC",
            try_="export or copy the file again, or leave it out",
        )  # fmt: skip


class UnknownFormat(StillwatchError):
    """No reader recognises the first rows of a file, or of several: `others`, of which a few are named."""

    def __init__(self, path: str, found: str, known: Sequence[str], others: Sequence[str] = ()) -> None:
        named = ", ".join([*others[:_NAMED], *(["..."] if len(others) > _NAMED else [])])
        files = f"{len(others)} more file{'s' if len(others) > 1 else ''}"
        more = f"; {files} of no known format: {named}" if others else ""
        super().__init__(
            "no reader recognises a log file", where=path, found=f"{found}{more}",
            needed=f"one of the formats {', '.join(known)}",
            try_="name the format with `--format`, describe the file in a TOML mapping with `--mapping`, or leave out "
            "what is no log: a glob such as `logs/*.jsonl` does",
        )  # fmt: skip


class WrongFormat(StillwatchError):
    """A format was named, and the rows are of another: read as the former, they would say next to nothing."""

    def __init__(self, path: str, named: str, recognised: str) -> None:
        super().__init__(
            f"a log file is not of the format `{named}`", where=path, found=f"rows of the format `{recognised}`",
            needed="rows of the format named with `--format`",
            try_=f"leave `--format` out, or name `{recognised}`",
        )  # fmt: skip


class NoSuchReader(Unknown):
    """A format was named that no reader reads."""

    told = "there is no reader for the format"
    place = "the format named"
    advice = "run `stillwatch readers` to see what each of them reads"


class BadMapping(StillwatchError):
    """A mapping cannot be used; all faults are reported together, numbered."""

    def __init__(self, path: str, faults: Sequence[str]) -> None:
        super().__init__(
            f"the mapping has {len(faults)} fault{'s' if len(faults) > 1 else ''}", where=path,
            found="; ".join(f"{i}. {fault}" for i, fault in enumerate(faults, 1)),
            needed="a TOML file with a table `columns` that gives a path for each column of `exchanges` it fills",
            try_="correct the mapping; docs/logs.md has an example",
        )  # fmt: skip


def _rows(number: int) -> str:
    return f"{number:,} row{'s' if number != 1 else ''}"


class TooManyBadRows(StillwatchError):
    """More rows than allowed were set aside; the reasons are numbered, the most frequent first."""

    problem_of_rows = "too many rows of the logs cannot be used"
    needed_of_rows = "rows that can be used"
    advice = "correct these rows or leave them out, or allow more of them with `reading.largest_bad_share`"

    def __init__(self, rows: tuple[int, int], reasons: Sequence[tuple[str, int, str]], largest_share: float) -> None:
        bad, seen = rows
        super().__init__(
            self.problem_of_rows,
            where=f"{bad:,} of the first {_rows(seen)}" if bad < seen else f"all of the first {_rows(seen)}",
            found="; ".join(f"{i}. {why} ({_rows(n)}, first at {at})" for i, (why, n, at) in enumerate(reasons, 1)),
            needed=f"{self.needed_of_rows}; at most {largest_share:.1%} of the rows may be set aside",
            try_=self.advice,
        )


class TimesInFuture(TooManyBadRows):
    """Most of the rows that were set aside are dated in the future."""

    problem_of_rows = "the rows of the logs are dated in the future"
    needed_of_rows = "times at most one day after now"
    advice = "check the clock of this machine, and the unit and zone of `asked_at` in the logs"


class TimesWithoutZone(TooManyBadRows):
    """Most of the rows that were set aside have times without a time zone."""

    problem_of_rows = "the times of the logs have no time zone"
    needed_of_rows = "times with a zone, such as 2026-11-23T12:00:00Z"
    advice = "export the times with their zone, or give `time.zone` in a mapping"


class SharedIds(StillwatchError):
    """Rows of several accounts have one id, so that most of them would be dropped as repeats."""

    def __init__(self, foreign: int, rows: int, example: str, largest_share: float) -> None:
        name = " ".join(example.split())
        super().__init__(
            "exchanges of several accounts have one id", where="the column `exchange_id` of the logs",
            found=f"{foreign:,} of {_rows(rows)} repeat an id of another account, such as `{name}`",
            needed=f"an id of its own for each request, but for at most {largest_share:.0%} of the rows",
            try_="map `exchange_id` to what is unique for each request, such as your gateway's own request id; "
            "a provider's response id is not where a gateway gives cached answers",
        )  # fmt: skip
