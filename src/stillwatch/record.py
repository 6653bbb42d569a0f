"""The record of a scan, `scan.json`: what was read with which settings, enough to repeat the scan bit for bit."""

import hashlib
import json
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from stillwatch.errors import InputsChanged, RecordUnreadable
from stillwatch.exchanges.conform import FUTURE
from stillwatch.exchanges.files import find_files
from stillwatch.findings.statement import Release, ScanSummary
from stillwatch.log_errors import UnreadableLog
from stillwatch.settings import Settings, read_key, settings_as_data, settings_from_data

FORM = 1
PACKAGES = ("duckdb", "msgspec", "networkit", "numba", "numpy", "pyarrow")
# They say how a machine does its work; findings depend on memory alone, and only where `scan_record` is told so.
_OF_THE_MACHINE = ("memory_bytes", "temporary_folder")


@dataclass(frozen=True)
class Order:
    """What to scan, as the operator ordered it; `scan.json` records it."""

    sources: tuple[str, ...]
    settings: Settings
    format: str | None = None
    mapping: Path | None = None
    releases: tuple[Release, ...] = ()
    show_text: bool = False
    state: Path | None = None


def scan_record(
    order: Order,
    summary: ScanSummary,
    *,
    now: datetime | None = None,
    weakest_bits: float | None = None,
    memory_bytes: int | None = None,
) -> dict[str, Any]:
    """Return what `scan.json` holds: the same for the same inputs, settings and versions.

    Reads the mapping, the lists and the key that the order names, to record their text or digests.

    Parameters
    ----------
    now
        The time that the scan took for now. It is recorded only where rows were set aside as from the future: nothing
        else depends on it.
    weakest_bits
        The level that links of strangers do not reach, for those who read the findings.
    memory_bytes
        What the wordings were gathered in, where families depend on it: recorded among the settings, so that a repeated
        scan takes as much.
    """
    future = any(FUTURE in reason for reason, _ in summary.set_aside)
    settings = {name: one for name, one in settings_as_data(order.settings).items() if name not in _OF_THE_MACHINE}
    return {
        "form": FORM,
        "sources": sorted(set(order.sources)),
        "format": order.format,
        "mapping": order.mapping.read_text(encoding="utf-8") if order.mapping else None,
        "settings": settings | ({"memory_bytes": memory_bytes} if memory_bytes else {}),
        "releases": [{"model": one.model, "time": one.at.isoformat()} for one in order.releases],
        "show_text": order.show_text,
        "state": str(order.state) if order.state else None,
        "now": now.isoformat() if now and future else None,
        "digests": dict(sorted(input_digests(order.settings))),
        "weakest_bits": weakest_bits,
        "packages": packages(),
        "summary": msgspec.json.decode(msgspec.json.encode(summary)),
    }


@dataclass(frozen=True)
class Record:
    """A scan's record, read back: what was ordered, what was read, and what was found to be the bar."""

    path: Path
    sources: tuple[str, ...]
    format: str | None
    mapping: str | None
    settings: Settings
    releases: tuple[Release, ...]
    show_text: bool
    state: str | None
    now: datetime | None
    digests: dict[str, str]
    weakest_bits: float | None
    packages: dict[str, str]
    summary: ScanSummary

    def changes(self) -> Iterator[str]:
        """Yield what differs now from what the scan read: log files, lists, the key.

        Of a scan with a state that is the state, which no scan finds again as it was; earlier files may be anywhere.
        """
        if self.state:
            yield f"the scan read the days that the state in `{self.state}` held then"
            return
        recorded = {one.path: one.sha256 for one in self.summary.inputs}
        there = [str(path) for path in find_files(self.sources)[0]]
        yield from (f"`{path}` is gone" for path in recorded if path not in there)
        yield from (f"`{path}` is new" for path in there if path not in recorded)
        # What a cluster has read is recorded without digests.
        yield from (
            f"`{path}` has other bytes" for path in there if recorded.get(path) and _digest(path) != recorded[path]
        )
        now = dict(input_digests(self.settings))
        yield from (
            f"the file that `{name}` names has other bytes" for name in now if now[name] != self.digests.get(name)
        )

    def unread(self, sources: Sequence[str]) -> list[str]:
        """Return the files that hold other bytes than any that the scan read; none where it kept no digests."""
        known = {one.sha256 for one in self.summary.inputs if one.sha256}
        return [str(path) for path in find_files(sources)[0] if known and _digest(path) not in known]

    def check(self) -> None:
        """Raise unless all that the scan read is still the same.

        Raises
        ------
        InputsChanged
            It is not; all differences together.
        """
        changes = list(self.changes())
        if changes:
            raise InputsChanged(self.path, changes)


def read_record(path: Path) -> Record:
    """Read the record that a scan wrote; a findings folder may be named in place of the `scan.json` in it.

    Raises
    ------
    RecordUnreadable
        The file cannot be read, or is no record.
    """
    path = path / "scan.json" if path.is_dir() else path
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(table, dict) or table.get("form") != FORM:
            raise RecordUnreadable(path, f"no record of form {FORM}")
        settings = settings_from_data(table["settings"], f"`settings` in {path}")
        told = {name: table[name] for name in ("format", "mapping", "show_text", "digests", "weakest_bits", "packages")}
        return Record(
            path=path,
            sources=tuple(table["sources"]),
            settings=settings,
            state=table.get("state"),
            releases=msgspec.convert([{**one, "at": one["time"]} for one in table["releases"]], tuple[Release, ...]),
            now=datetime.fromisoformat(table["now"]) if table["now"] else None,
            summary=msgspec.convert(table["summary"], ScanSummary),
            **told,
        )
    except OSError as error:
        raise RecordUnreadable(path, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RecordUnreadable(path, str(error)) from error


@contextmanager
def recorded_mapping(record: Record) -> Iterator[Path | None]:
    """Give the mapping of a record as a file, while it is needed."""
    with tempfile.TemporaryDirectory(prefix="stillwatch-", dir=record.settings.temporary_folder) as folder:
        path = Path(folder) / "mapping.toml"
        path.write_text(record.mapping or "", encoding="utf-8")
        yield None if record.mapping is None else path


def packages() -> dict[str, str]:
    """Return the versions of Python and of the packages that results rest on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def input_digests(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the name and the digest of the key, and of each list that the settings name.

    Raises
    ------
    KeyUnreadable, UnreadableLog
        A file cannot be read.
    """
    # A digest of 16 random bytes does not give them away.
    yield "key_file", hashlib.sha256(b"stillwatch key" + read_key(settings)[0]).hexdigest()[:32]
    for name in ("address_ranges", "disposable_domains", "indicators"):
        if path := getattr(settings.context, name):
            yield f"context.{name}", _digest(path)


def _digest(path: Path | str) -> str:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableLog(str(path), error.strerror or str(error)) from error
