"""From what the operator typed to a scan: reads what the options name, and repeats what a record holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.console import Console

from stillwatch import __version__
from stillwatch.engine.base import SpreadEngine
from stillwatch.error_form import Fault
from stillwatch.errors import FindingsAmongLogs
from stillwatch.kernels import prepare_kernels
from stillwatch.operator_lists import read_releases
from stillwatch.progress import LiveProgress
from stillwatch.record import Order, Record, packages, read_record, recorded_mapping
from stillwatch.scanning import Scan, scan
from stillwatch.settings import read_settings
from stillwatch.state_errors import StateAmongLogs
from stillwatch.terminal import told


def order_scan(  # noqa: PLR0913 - the options of the command line
    sources: Sequence[str],
    settings: Path | None = None,
    *,
    format: str | None = None,  # noqa: A002 - as the option is called
    mapping: Path | None = None,
    releases: Path | None = None,
    show_text: bool = False,
    state: Path | None = None,
) -> Order:
    """Return what to scan, with the settings and releases that files hold.

    Raises
    ------
    BadSettings, ReleasesUnreadable
        A file cannot be used.
    """
    released = read_releases(releases) if releases else ()
    return Order(tuple(sources), read_settings(settings), format, mapping, released, show_text, state)


def run_order(  # noqa: PLR0913 - how a machine does the work, and to whom it tells
    order: Order,
    into: Path,
    console: Console,
    *,
    engine: SpreadEngine | None = None,
    memory_bytes: int | None = None,
    threads: int | None = None,
    now: datetime | None = None,
) -> Scan:
    """Scan as ordered, and tell the console how far it is.

    Raises
    ------
    FindingsAmongLogs, StateAmongLogs
        The folder for the findings or of the state lies in a folder of logs, where the next scan would read it.
    StillwatchError
        As `scan`.
    """
    _keep_apart(into, order.sources, FindingsAmongLogs)
    if order.state:
        _keep_apart(order.state, order.sources, StateAmongLogs)
    settings = replace(order.settings, memory_bytes=memory_bytes or order.settings.memory_bytes)
    try:
        with LiveProgress(console) as progress:
            prepare_kernels(progress)
            return scan(
                order.sources, into=into, settings=settings, format=order.format, mapping=order.mapping,
                releases=order.releases, show_text=order.show_text, state=order.state, engine=engine, threads=threads,
                now=now, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        kept = "; the state has the days of these logs, or is as it was" if order.state else ""
        console.print(f"interrupted: temporary files are removed, and no findings were written{kept}")
        raise


def repeat_scan(
    path: Path, into: Path, console: Console, *, memory_bytes: int | None = None, threads: int | None = None
) -> Scan:
    """Scan again what a record holds.

    Raises
    ------
    RecordUnreadable
        It is no record of a scan.
    InputsChanged
        Logs, lists or the key are not what they were.
    """
    record = read_record(path)
    record.check()
    for line in _other_conditions(record, memory_bytes):
        console.print(told("note", line))
    with recorded_mapping(record) as mapping:
        order = Order(record.sources, record.settings, record.format, mapping, record.releases, record.show_text)
        return run_order(order, into, console, memory_bytes=memory_bytes, threads=threads, now=record.now)


def _keep_apart(into: Path, sources: Sequence[str], error: type[Fault]) -> None:
    for source in sources:
        if Path(source).is_dir() and into.resolve().is_relative_to(Path(source).resolve()):
            raise error(into, f"the logs are all that is in `{source}`")


def _other_conditions(record: Record, memory_bytes: int | None) -> list[str]:
    then = record.settings.memory_bytes
    if not then or not memory_bytes or then == memory_bytes:
        return _other_versions(record)
    return [*_other_versions(record), f"recorded with {then:,} bytes of memory: with others wordings may differ"]


def _other_versions(record: Record) -> list[str]:
    here = {"stillwatch": __version__, **packages()}
    then = {"stillwatch": record.summary.version, **record.packages}
    return [
        f"recorded with {name} {then[name]}, here is {here[name]}: the last digits may differ"
        for name in here
        if then.get(name, here[name]) != here[name]
    ]
