"""Every error that a user can meet, in the shape of `error_form`."""

from collections.abc import Sequence

from stillwatch.error_form import Fault, Unknown
from stillwatch.error_form import StillwatchError as StillwatchError  # noqa: PLC0414 - it is theirs to import from here


class TableMismatch(StillwatchError):
    """A table does not keep its declaration; all differences are reported together, numbered."""

    def __init__(self, table: str, giver: str, wrong: Sequence[tuple[str, str, str]]) -> None:
        numbered = [(f"{i}. `{name}`: {found}", f"{i}. {needed}") for i, (name, found, needed) in enumerate(wrong, 1)]
        super().__init__(
            f"{len(wrong)} column{'s' if len(wrong) > 1 else ''} of `{table}` {'do' if len(wrong) > 1 else 'does'} "
            "not keep the declaration",
            where=f"table `{table}` given by {giver}", found="; ".join(found for found, _ in numbered),
            needed="; ".join(needed for _, needed in numbered),
            try_=f"give `{table}` the columns that `tables.py` declares",
        )  # fmt: skip


class ListUnreadable(StillwatchError):
    """A list that the operator points to cannot be read."""

    def __init__(self, path: object, found: str, needed: str) -> None:
        super().__init__(
            "a list of the operator cannot be read", where=str(path), found=found, needed=needed,
            try_="correct the file, or take it out of the settings",
        )  # fmt: skip


class FindingUnreadable(Fault):
    """A line of findings cannot be read back."""

    told = "a finding cannot be read back"
    wanted = "an OCSF Detection Finding that `stillwatch scan` wrote"
    advice = "scan the logs again, and leave `findings.json` as it is written"

    def __init__(self, found: str) -> None:
        super().__init__("a line of `findings.json`", found)


class KeyMismatch(Fault):
    """The key of the digests has not 16 bytes."""

    told = "the key of the digests has the wrong length"
    wanted = "16 bytes"
    advice = "make one with `head -c 16 /dev/urandom > stillwatch.key`, and keep it"

    def __init__(self, size: int) -> None:
        super().__init__("the key given to the marks stage", f"{size} bytes")


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
    advice = "export a longer time, or run `stillwatch check` on these logs"


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
            needed="a whole file: JSON Lines, JSON (also gzip or zstd), Parquet or Arrow IPC",
            try_="export or copy the file again, or leave it out",
        )  # fmt: skip


class UnknownFormat(StillwatchError):
    """No reader recognises the first rows of a file."""

    def __init__(self, path: str, found: str, known: Sequence[str]) -> None:
        super().__init__(
            "no reader recognises a log file", where=path, found=found, needed=f"one of the formats {', '.join(known)}",
            try_="name the format with `--format`, or describe the file in a TOML mapping with `--mapping`",
        )  # fmt: skip


class NoSuchReader(Unknown):
    """A format was named that no reader reads."""

    told = "there is no reader for the format"
    place = "the option `--format`"
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
    advice = "look at the first of these rows; run `stillwatch check` on the logs, or allow more bad rows"

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


class FolderOccupied(StillwatchError):
    """The folder to write in holds something else than an earlier run has written there."""

    def __init__(
        self, folder: object, found: str = "files, and no `scan.json`", what: str = "the findings of an earlier scan"
    ) -> None:
        super().__init__(
            "the folder to write in holds something else", where=str(folder), found=found,
            needed=f"a folder that is new, empty, or holds {what}",
            try_="name another folder with `--into`, or with `--out` for a world",
        )  # fmt: skip


class CannotWrite(Fault):
    """The folder for findings or a world, or for temporary files, cannot be written, or is full."""

    told = "a folder cannot be written, or its disk is full"
    wanted = "a folder that may be written, with room for what is written"
    advice = (
        "make room, or name another: `--into` for findings, `--out` for a world, `temporary_folder` in the settings"
    )


class MemoryExhausted(Fault):
    """The engine needs more memory than it may have, and has no room to spill."""

    told = "there is not enough memory for these logs"
    wanted = "more memory, or more room for temporary files"
    advice = "allow more with `--memory`, or name a roomier `temporary_folder` in the settings"


class BadSettings(Fault):
    """The settings cannot be used."""

    told = "the settings have faults"
    wanted = "a TOML file as `stillwatch settings` prints it, of which any part may be left out"
    advice = "correct the settings; docs/tuning.md says what each of them does"


class KeyUnreadable(Fault):
    """The key file cannot be read, or holds no key."""

    told = "the key file holds no key"
    wanted = "16 bytes, or 32 hexadecimal digits"
    advice = "make one with `head -c 16 /dev/urandom > stillwatch.key`, and keep it"


class ReleasesUnreadable(Fault):
    """The list of releases cannot be used."""

    told = "the releases cannot be read"
    wanted = "a JSON list of objects, CSV, or TOML's `[[releases]]`, with `model` and `time` (ISO 8601 with its zone)"
    advice = 'correct the file; one release is `[{"model": "m-2", "time": "2026-03-10T17:00:00Z"}]`'


class RecordUnreadable(Fault):
    """A scan's record cannot be read back."""

    told = "the record of a scan cannot be read"
    wanted = "a `scan.json` that `stillwatch scan` wrote"
    advice = "name the `scan.json` of a findings folder, or scan the logs anew"


class InputsChanged(Fault):
    """What a recorded scan has read is no longer the same."""

    told = "the scan cannot be repeated on what is there now"
    wanted = "the logs, lists and key of the recorded scan, byte for byte"
    advice = "bring them back, in the folder from which the scan was run, or scan anew without `--repeat`"


class FindingsAmongLogs(Fault):
    """The folder for the findings lies in a folder of logs, where the next scan would read it."""

    told = "the findings would lie among the logs"
    wanted = "a folder outside the logs, since the next scan would read the findings as logs"
    advice = "name another folder with `--into`, or give the logs by a glob such as `logs/*.jsonl`"


class NoFindings(Fault):
    """A folder holds no findings of a whole scan."""

    told = "there are no findings to explain"
    wanted = "a folder that `stillwatch scan` wrote"
    advice = "name it with `--findings`, or run `stillwatch scan` first"


class NothingToExplain(StillwatchError):
    """An id names nothing, or more than one thing, in the findings."""

    def __init__(self, given: str, folder: object, found: str) -> None:
        super().__init__(
            f"the findings cannot explain `{given}`", where=str(folder), found=found,
            needed="the id of a campaign (or a beginning no other has), of one of its accounts, or of an exchange",
            try_="take the id from `stillwatch scan` or from the tables in the findings folder",
        )  # fmt: skip


class WindowIncomparable(Fault):
    """A window cannot be compared with the honest past: that is too short, or was learned for smaller windows."""

    told = "the window cannot be compared with honest ones"
    wanted = "a window at most a tenth larger than was learned for, not empty, and twice as many prompts of the past"
    advice = "learn from more honest traffic, for windows of the size that is judged"

    def __init__(self, found: str) -> None:
        super().__init__("the windows given", found)


class NoSuchTrait(Unknown):
    """A trait was named that is not there."""

    told = "there is no trait"
    place = "the name given"
    advice = "run `stillwatch traits` to see what each of them says"


class NoSpark(Fault):
    """The engine of a cluster cannot start."""

    told = "the Spark engine cannot start"
    wanted = "the extra `spark`, Java 17 or newer, and a master that answers"
    advice = "run `pip install 'stillwatch[spark]'`, install Java 17, and check the URL given with `--master`"


class NotForEngine(StillwatchError):
    """A query, such as a trait of the operator's own, or an option asks what only the embedded engine can do."""

    def __init__(
        self, found: str, needed: str, *, where: str = "the SQL of a stage or a trait", advice: str | None = None
    ) -> None:
        super().__init__(
            "what was asked cannot run on Spark", where=where, found=f"`{found}`", needed=needed,
            try_=advice or "ask for it in that form, which both engines take, or scan with the embedded engine",
        )  # fmt: skip
