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

    def __init__(self, master: str | None, found: str) -> None:
        super().__init__(f"Spark at {master}" if master else "Spark, as it is set up here", found)


class NotForEngine(StillwatchError):
    """A query, such as a trait of the operator's own, or an option asks what only the embedded engine can do."""

    def __init__(
        self, found: str, needed: str, *, where: str = "the SQL of a stage or a trait", advice: str | None = None
    ) -> None:
        super().__init__(
            "what was asked cannot run on Spark", where=where, found=f"`{found}`", needed=needed,
            try_=advice or "ask for it in that form, which both engines take, or scan with the embedded engine",
        )  # fmt: skip
