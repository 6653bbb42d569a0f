"""The whole job: from logs to campaigns with their evidence, written to a folder."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch import __version__
from stillwatch.campaigns.gather import Gathered, gather_campaigns
from stillwatch.engine import open_engine
from stillwatch.exchanges import Logs, open_logs
from stillwatch.findings.ocsf import ocsf_lines
from stillwatch.findings.report import write_report
from stillwatch.findings.state import Case, Stated, state_findings, with_texts
from stillwatch.findings.statement import Finding, Input, Release, ScanSummary
from stillwatch.findings.write import accounts_table, campaigns_table, evidence_table, write_batches, write_table
from stillwatch.folder import MARK, written_whole
from stillwatch.links.shown import Shown, read_shown
from stillwatch.links.weigh import links_table
from stillwatch.marks.families import gather_families
from stillwatch.marks.mark import mark_exchanges
from stillwatch.progress import SILENT, Progress, counted_as
from stillwatch.record import Order, scan_record
from stillwatch.settings import Settings, read_indicators, read_key
from stillwatch.survey import name_lacking
from stillwatch.tables import CAMPAIGN_ACCOUNTS, CAMPAIGN_EXCHANGES, CAMPAIGNS, EVIDENCE, LINKS, MARKS, WORDINGS
from stillwatch.traits.context import DISPOSABLE, label_addresses, read_domains, read_ranges
from stillwatch.traits.find import blind_traits, find_traits, show_exchanges, shown_columns
from stillwatch.traits.registry import all_profiles, all_traits

if TYPE_CHECKING:
    from stillwatch.engine.duck import DuckEngine


@dataclass(frozen=True)
class Scan:
    """What a scan found, and what it read and judged."""

    findings: tuple[Finding, ...]
    summary: ScanSummary


def scan(  # noqa: PLR0913 - the options of the command line
    sources: Sequence[str],
    *,
    into: Path,
    settings: Settings,
    format: str | None = None,  # noqa: A002 - as the option is called
    mapping: Path | None = None,
    releases: tuple[Release, ...] = (),
    show_text: bool = False,
    threads: int | None = None,
    now: datetime | None = None,
    progress: Progress = SILENT,
) -> Scan:
    """Scan request logs and write what was found into a folder, all or nothing.

    The same logs, settings and version give the same bytes, whatever the threads, the batches and the order of files.

    Parameters
    ----------
    sources
        Files, folders and globs.
    into
        Folder for the findings; those of an earlier scan are replaced.
    threads
        None: as many as the process may run on.
    now
        The time, with its zone; rows from the future are set aside. None: the machine's.

    Raises
    ------
    StillwatchError
        The logs, the settings or a list cannot be read; nothing is written.
    """
    order = Order(tuple(sources), settings, format, mapping, releases, show_text)
    now = now or datetime.now(UTC)
    key, keyed = read_key(settings)
    indicators = read_indicators(settings.context.indicators) if settings.context.indicators else ()
    logs = open_logs(sources, key=key, now=now, format=format, mapping=mapping, reading=settings.reading)
    with (
        written_whole(into) as folder,
        open_engine(memory_bytes=settings.memory_bytes, threads=threads, folder=settings.temporary_folder) as engine,
    ):
        _mark(engine, logs, key, progress)
        repeated, blind = _find(engine, order, progress)
        owned = _organisations(engine, settings)
        shown, gathered = _gather(engine, settings, owned, progress)
        progress.stage("stating findings", None, "")
        names = dict(zip(owned["account_id"].to_pylist(), owned["org_id"].to_pylist(), strict=True))
        declared, judging = settings.declared, settings.judging
        stated = state_findings(Case(engine, shown, gathered, declared, judging, releases, indicators, names))
        if show_text and stated.findings:
            texts = logs.texts([one.exchange_id for finding in stated.findings for one in finding.examples])
            stated = replace(stated, findings=tuple(with_texts(one, texts) for one in stated.findings))
        summary = _summary(engine, logs, order, stated, gathered, blind, repeated=repeated, keyed=keyed)
        _write(folder, engine, stated, shown, gathered, summary)
        _record(folder, scan_record(order, summary, now=now, weakest_bits=gathered.weakest_bits))
        progress.done()
    return Scan(stated.findings, summary)


def _mark(engine: "DuckEngine", logs: Logs, key: bytes, progress: Progress) -> None:
    progress.stage("reading and marking", logs.size_bytes, "bytes")
    engine.map_batches(partial(mark_exchanges, key=key), logs.batches(progress.advance), MARKS)
    progress.note(counted_as(logs.ledger.rows_count, "exchanges"))
    progress.stage("gathering wordings", None, "")
    engine.keep(
        "wordings",
        """SELECT prompt_digest, min(wording_sketch) AS wording_sketch, max(words_count) AS words_count,
                  count(*) AS exchanges_count
           FROM marks WHERE prompt_digest IS NOT NULL AND words_count > 0 GROUP BY prompt_digest""",
    )
    engine.name("families", gather_families(engine.sql("FROM wordings").cast(WORDINGS.schema)))


def _find(engine: "DuckEngine", order: Order, progress: Progress) -> tuple[int, tuple[tuple[str, str], ...]]:
    progress.stage("finding traits", None, "")
    _name_lists(engine, order)
    repeated = show_exchanges(engine)
    find_traits(engine)
    lists = {
        "address_range": order.settings.context.address_ranges is not None,
        "domain_kind": order.settings.context.disposable_domains is not None,
        "released": bool(order.releases),
    }
    blind = blind_traits(shown_columns(engine) | {name for name, given in lists.items() if given})
    return repeated, tuple((trait, name_lacking(lacking)) for trait, lacking in blind)


def _name_lists(engine: "DuckEngine", order: Order) -> None:
    context = order.settings.context
    released = [int(one.at.timestamp() * 1e6) for one in order.releases]
    engine.name(
        "releases",
        pa.table({
            "model": pa.array([one.model for one in order.releases], pa.string()),
            "released": pa.array(released, pa.timestamp("us")),
        }),
    )  # fmt: skip
    addresses = engine.sql("SELECT DISTINCT ip FROM marks WHERE ip IS NOT NULL")["ip"].to_pylist()
    ranges = read_ranges(context.address_ranges) if context.address_ranges else None
    engine.name("address_ranges", label_addresses(sorted(addresses), ranges))
    domains = read_domains(context.disposable_domains) if context.disposable_domains else DISPOSABLE.empty_table()
    engine.name("disposable_domains", domains)


def _gather(engine: "DuckEngine", settings: Settings, owned: pa.Table, progress: Progress) -> tuple[Shown, Gathered]:
    progress.stage("weighing links", settings.gathering.most_rounds, "rounds")
    shown = read_shown(engine, all_traits(), all_profiles(), owned)
    honest = pa.array(sorted(settings.declared.honest_accounts), pa.string())
    clean = pc.is_in(shown.accounts, value_set=honest).to_numpy(zero_copy_only=False) if len(honest) else None
    gathered = gather_campaigns(
        shown, settings.linking, settings.gathering, clean=clean, round_done=lambda _: progress.advance(1)
    )
    return shown, gathered


def _organisations(engine: "DuckEngine", settings: Settings) -> pa.Table:
    rows = engine.sql(
        "SELECT account_id, min(org_id) AS org_id FROM exchange WHERE org_id IS NOT NULL GROUP BY account_id"
    )
    owned = dict(zip(rows["account_id"].to_pylist(), rows["org_id"].to_pylist(), strict=True))
    for name, accounts in settings.declared.organisations.items():
        owned |= dict.fromkeys(accounts, name)
    pairs = sorted(owned.items())
    return pa.table({
        "account_id": pa.array([account for account, _ in pairs], pa.string()),
        "org_id": pa.array([name for _, name in pairs], pa.string()),
    })  # fmt: skip


def _summary(  # noqa: PLR0913, PLR0917 - it gathers from every stage
    engine: "DuckEngine",
    logs: Logs,
    order: Order,
    stated: Stated,
    gathered: Gathered,
    blind: tuple[tuple[str, str], ...],
    *,
    repeated: int,
    keyed: bool,
) -> ScanSummary:
    row = engine.sql(
        """SELECT count(DISTINCT account_id) AS accounts, sum(exchanges_count)::BIGINT AS exchanges,
                  min(first_seen_at) AS first, max(last_seen_at) AS last FROM profiles"""
    ).to_pylist()[0]
    return ScanSummary(
        version=__version__,
        inputs=tuple(_inputs(logs)),
        rows_count=logs.ledger.rows_count,
        set_aside=tuple(sorted(logs.ledger.reasons.items())),
        repeated_count=repeated,
        accounts_count=row["accounts"],
        exchanges_count=row["exchanges"],
        first_asked_at=row["first"].replace(tzinfo=UTC),
        last_asked_at=row["last"].replace(tzinfo=UTC),
        releases=order.releases,
        candidates_count=stated.candidates_count,
        cleared=stated.cleared,
        blind_traits=blind,
        reference_accounts_count=int(np.count_nonzero(gathered.reference)),
        false_discovery_rate=order.settings.judging.false_discovery_rate,
        keyed=keyed,
    )


def _inputs(logs: Logs) -> Iterator[Input]:
    for file in logs.files:
        count = logs.ledger.files[file.path]
        yield Input(file.path, file.format, count.sha256 or "", count.rows_count, count.set_aside_count)


def _write(  # noqa: PLR0913, PLR0917 - one argument for each thing that is written
    folder: Path,
    engine: "DuckEngine",
    stated: Stated,
    shown: Shown,
    gathered: Gathered,
    summary: ScanSummary,
) -> None:
    findings = stated.findings
    write_table(CAMPAIGNS, campaigns_table(findings), folder / "campaigns.parquet")
    write_table(CAMPAIGN_ACCOUNTS, accounts_table(findings), folder / "accounts.parquet")
    write_batches(CAMPAIGN_EXCHANGES, engine.batches(stated.extraction), folder / "exchanges.parquet")
    write_table(EVIDENCE, evidence_table(findings), folder / "evidence.parquet")
    told = np.isin(
        shown.accounts.to_numpy(zero_copy_only=False), [m.account_id for one in findings for m in one.members]
    )
    within = gathered.links.only(told[gathered.links.a] & told[gathered.links.b])
    write_table(LINKS, links_table(within, shown), folder / "links.parquet")
    (folder / "findings.json").write_bytes(b"".join(line + b"\n" for line in ocsf_lines(findings, summary)))
    write_report(findings, summary, folder / "report.html")


def _record(folder: Path, record: dict[str, Any]) -> None:
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MARK).write_text(f"{text}\n", encoding="utf-8")
