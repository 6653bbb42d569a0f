"""The whole job: from logs to campaigns with their evidence, written to a folder."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch import __version__
from stillwatch.campaigns.gather import Gathered, gather_campaigns
from stillwatch.engine import open_engine, usable_memory
from stillwatch.engine.base import Engine, SpreadEngine
from stillwatch.errors import BadSettings, NotForEngine
from stillwatch.exchanges import Logs, open_logs
from stillwatch.exchanges.spread import SpreadLogs, name_sources, open_spread_logs
from stillwatch.findings.candidates import Case
from stillwatch.findings.describe import Indicator
from stillwatch.findings.state import Stated, state_findings
from stillwatch.findings.statement import Finding, Release, ScanSummary, with_texts
from stillwatch.findings.write import write_findings
from stillwatch.folder import MARK, written_whole
from stillwatch.links.shown import Shown, read_shown
from stillwatch.marks.mark import READ, mark_exchanges
from stillwatch.marks.portions import keep_families
from stillwatch.marks.spread_families import gather_spread_families
from stillwatch.named_lists import name_lists, name_releases, open_lists
from stillwatch.progress import SILENT, Progress, counted_as
from stillwatch.record import Order, scan_record
from stillwatch.settings import Settings, read_key
from stillwatch.state.opening import State, keep_apart, open_state, terms_of
from stillwatch.state.scanning import Held, Steps, add_to_state, held_of
from stillwatch.survey import given_lists, name_lacking
from stillwatch.tables import MARKS
from stillwatch.traits.acts import read_acts
from stillwatch.traits.find import blind_traits, shown_columns
from stillwatch.traits.registry import all_profiles, all_traits
from stillwatch.traits.shared import COUNTS, Named, find_shared_traits
from stillwatch.traits.views import organisations_query, show_exchanges
from stillwatch.unmet import find_unmet, met_releases


@dataclass(frozen=True)
class Scan:
    """What a scan found, what it read and judged, and the files that its state held already."""

    findings: tuple[Finding, ...]
    summary: ScanSummary
    skipped: tuple[str, ...] = ()


def scan(  # noqa: PLR0913 - the options of the command line
    sources: Any,
    *,
    into: Path,
    settings: Settings,
    engine: SpreadEngine | None = None,
    state: Path | None = None,
    format: str | None = None,  # noqa: A002 - as the option is called
    mapping: Path | None = None,
    releases: tuple[Release, ...] = (),
    show_text: bool = False,
    threads: int | None = None,
    now: datetime | None = None,
    progress: Progress = SILENT,
) -> Scan:
    """Scan request logs and write what was found into a folder, all or nothing.

    The same logs, settings and version give the same bytes, whatever the threads, the batches and the order of files;
    where prompts do not fit in memory at once, with the same `memory_bytes`, which `scan.json` then holds.

    Parameters
    ----------
    sources
        Files, folders and globs; with an engine that reads by itself, what that reads.
    into
        Folder for the findings; those of an earlier scan are replaced.
    engine
        A `SparkEngine`: reads paths of Parquet, `table:NAME` or data frames, all with the columns of `exchanges`, and
        does the work on its cluster. None: the embedded engine.
    state
        Folder of the days scanned before, to which those of these logs are added: the findings are of all of them.
    now
        The time, with its zone; rows from the future are set aside. None: the machine's.

    Raises
    ------
    StillwatchError
        The logs, the settings or a list cannot be used, or an option is not for the engine; nothing is written.
    """
    sources = _listed(sources)
    order = Order(name_sources(sources), settings, format, mapping, releases, show_text, state)
    now = now or datetime.now(UTC)
    if state:
        keep_apart(state, into)
    key, keyed = read_key(settings)
    indicators = open_lists(settings.context)
    logs = _opened_logs(sources, order, engine, key=key, now=now, threads=threads)
    with written_whole(into) as folder, _engine(engine, settings, threads) as runs, _opened(state, settings) as days:
        mark = partial(_mark, runs, key=key, progress=progress)
        held = _find(runs, days, mark, logs, order, indicators, progress)
        shown, gathered, names = _gather(runs, settings, progress)
        progress.stage("stating findings", None, "")
        case = Case(runs, shown, gathered, settings.declared, settings.judging, releases, indicators, names)
        stated = _with_texts(state_findings(case), logs, wanted=show_text)
        summary = _summary(held, order, stated, case, keyed=keyed)
        write_findings(folder, runs, stated, shown, gathered, summary)
        record = partial(scan_record, weakest_bits=gathered.weakest_bits, memory_bytes=held.memory_bytes)
        _record(folder, record(order, summary, now=now))
        progress.done()
    return Scan(stated.findings, summary, held.skipped)


def _listed(sources: Any) -> tuple[Any, ...]:
    """Return the sources one by one, paths as texts."""
    several = isinstance(sources, Sequence) and not isinstance(sources, str)
    each = tuple(sources) if several else (sources,)
    return tuple(os.fspath(one) if isinstance(one, os.PathLike) else one for one in each)


def _refuse(**of_embedded: object) -> None:
    given = [f"{name}=" for name, value in of_embedded.items() if value is not None]
    if given:
        needed = ", ".join(f"`{name}=`" for name in of_embedded)
        raise NotForEngine(given[0], f"none of {needed}", where="`stillwatch.scan` with an `engine`")


def _opened_logs(  # noqa: PLR0913 - it stands for the beginning of `scan`
    sources: Sequence[Any],
    order: Order,
    engine: SpreadEngine | None,
    *,
    key: bytes,
    now: datetime,
    threads: int | None,
) -> Logs | SpreadLogs:
    reading = order.settings.reading
    if engine:
        _refuse(state=order.state, format=order.format, mapping=order.mapping, threads=threads)
        return open_spread_logs(sources, engine=engine, now=now, reading=reading, columns=READ.names)
    return open_logs(
        sources, key=key, now=now, format=order.format, mapping=order.mapping, reading=reading, columns=READ.names
    )


def _with_texts(stated: Stated, logs: Logs | SpreadLogs, *, wanted: bool) -> Stated:
    if not wanted or not stated.findings:
        return stated
    texts = logs.texts([one.exchange_id for finding in stated.findings for one in finding.examples])
    return replace(stated, findings=tuple(with_texts(one, texts) for one in stated.findings))


def _engine(given: Engine | None, settings: Settings, threads: int | None) -> AbstractContextManager[Any]:
    if given:
        return nullcontext(given)
    return open_engine(memory_bytes=settings.memory_bytes, threads=threads, folder=settings.temporary_folder)


def _opened(folder: Path | None, settings: Settings) -> AbstractContextManager[State | None]:
    return open_state(folder, terms_of(settings)) if folder else nullcontext()


def _mark(engine: Engine, logs: Logs | SpreadLogs, *, key: bytes, progress: Progress) -> Any:
    progress.stage("reading and marking", logs.size_bytes, "bytes")
    marks = engine.map_batches(partial(mark_exchanges, key=key), logs.batches(progress.advance), MARKS)
    progress.note(counted_as(logs.ledger.rows_count, "exchanges"))
    return marks


def _gather_wordings(engine: Engine, logs: Logs | SpreadLogs, order: Order, progress: Progress) -> int | None:
    progress.stage("gathering wordings", None, "")
    if isinstance(logs, SpreadLogs):
        gather_spread_families(logs.engine)
        return None
    memory_bytes = usable_memory(order.settings.memory_bytes)
    return None if keep_families(engine, memory_bytes) else memory_bytes


def _find(  # noqa: PLR0913, PLR0917 - it stands for the middle of `scan`
    engine: Any,
    days: State | None,
    mark: Callable[[Any], Any],
    logs: Logs | SpreadLogs,
    order: Order,
    indicators: Sequence[Indicator],
    progress: Progress,
) -> Held:
    if days is not None and isinstance(logs, Logs):
        steps = Steps(mark, partial(name_lists, engine, order.settings.context), partial(name_releases, engine))
        return add_to_state(engine, days, logs, steps, order.releases, indicators, progress)
    mark(logs)
    memory_bytes = _gather_wordings(engine, logs, order, progress)
    progress.stage("finding traits", None, "")
    name_lists(engine, order.settings.context)
    name_releases(engine, order.releases)
    repeated = show_exchanges(engine)
    find_shared_traits(engine, [Named(one.trait, one.value) for one in indicators])
    engine.keep("organisations", organisations_query("marked"))
    return held_of(logs, repeated, shown_columns(engine), memory_bytes)


def _blind(held: Held, order: Order, met: Sequence[Release]) -> tuple[tuple[str, str], ...]:
    blind = blind_traits(held.columns | given_lists(order.settings, met))
    return tuple((trait, name_lacking(lacking)) for trait, lacking in blind)


def _gather(engine: Engine, settings: Settings, progress: Progress) -> tuple[Shown, Gathered, dict[str, str]]:
    owned = _organisations(engine, settings)
    progress.stage("weighing links", settings.gathering.most_rounds, "rounds")
    shown = read_shown(engine, all_traits(), all_profiles(), owned, counts=COUNTS)
    gathered = gather_campaigns(
        shown, settings.linking, settings.gathering, clean=_declared_honest(shown.accounts, settings),
        round_done=lambda _: progress.advance(1), **read_acts(engine, shown.accounts),
    )  # fmt: skip
    return shown, gathered, dict(zip(*(owned[name].to_pylist() for name in owned.column_names), strict=True))


def _declared_honest(accounts: pa.Array, settings: Settings) -> npt.NDArray[np.bool_] | None:
    declared = pa.array(sorted(settings.declared.honest_accounts), pa.string())
    honest = np.asarray(pc.is_in(accounts, value_set=declared), bool)
    if len(declared) and not honest.any():  # nothing can be learned of strangers where there are none
        raise BadSettings("the settings", f"`declared.honest_accounts`: {len(declared)} declared, none in these logs")
    return honest if len(declared) else None


def _organisations(engine: Engine, settings: Settings) -> pa.Table:
    rows = engine.sql("SELECT account_id, org_id FROM organisations")
    owned = dict(zip(rows["account_id"].to_pylist(), rows["org_id"].to_pylist(), strict=True))
    for name, accounts in settings.declared.organisations.items():
        owned |= dict.fromkeys(accounts, name)
    pairs = sorted(owned.items())
    return pa.table({
        "account_id": pa.array([account for account, _ in pairs], pa.string()),
        "org_id": pa.array([name for _, name in pairs], pa.string()),
    })  # fmt: skip


def _summary(held: Held, order: Order, stated: Stated, case: Case, *, keyed: bool) -> ScanSummary:
    row = case.engine.sql(
        """SELECT count(DISTINCT account_id) AS accounts, sum(exchanges_count)::BIGINT AS exchanges,
                  min(first_seen_at) AS first, max(last_seen_at) AS last FROM profiles"""
    ).to_pylist()[0]
    met = met_releases(case.engine, order.releases)
    return ScanSummary(
        version=__version__,
        inputs=held.inputs,
        rows_count=held.rows_count,
        set_aside=held.set_aside,
        repeated_count=held.repeated_count,
        accounts_count=row["accounts"],
        exchanges_count=row["exchanges"],
        first_asked_at=row["first"].replace(tzinfo=UTC),
        last_asked_at=row["last"].replace(tzinfo=UTC),
        releases=order.releases,
        candidates_count=stated.candidates_count,
        cleared=stated.cleared,
        blind_traits=_blind(held, order, met),
        reference_accounts_count=int(np.count_nonzero(case.gathered.reference)),
        false_discovery_rate=order.settings.judging.false_discovery_rate,
        keyed=keyed,
        fewest_families=order.settings.judging.fewest_families,
        unmet=(*held.unmet, *find_unmet(case.engine, case.declared, order.releases, met, case.indicators)),
        passed_over=held.passed_over,
        unpriced=tuple(sorted({name for one in stated.findings for name in one.taken.unpriced})),
    )


def _record(folder: Path, record: dict[str, Any]) -> None:
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MARK).write_text(f"{text}\n", encoding="utf-8")
