"""Writes what `stillwatch scan` leaves behind: tables, JSON lines and the report, all or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.campaigns.gather import Gathered
from stillwatch.engine.base import Engine
from stillwatch.findings.ocsf import ocsf_lines
from stillwatch.findings.report import write_report
from stillwatch.findings.state import Stated
from stillwatch.findings.statement import Finding, Reason, ScanSummary
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Weighed, links_table
from stillwatch.tables import (
    CAMPAIGN_ACCOUNTS,
    CAMPAIGN_EXCHANGES,
    CAMPAIGN_REASONS,
    CAMPAIGNS,
    EVIDENCE,
    LINKS,
    Declared,
)


def write_findings(  # noqa: PLR0913, PLR0917 - one argument for each thing that is written
    folder: Path, engine: Engine, stated: Stated, shown: Shown, gathered: Gathered, summary: ScanSummary
) -> None:
    """Write everything that a scan states into a folder: tables, lines for programs, and the report."""
    findings = stated.findings
    write_table(CAMPAIGNS, campaigns_table(findings), folder / "campaigns.parquet")
    write_table(CAMPAIGN_ACCOUNTS, accounts_table(findings), folder / "accounts.parquet")
    exchanges = name_campaigns(engine.batches(stated.extraction, short_rows=True), findings)
    write_batches(CAMPAIGN_EXCHANGES, exchanges, folder / "exchanges.parquet")
    write_table(EVIDENCE, evidence_table(findings), folder / "evidence.parquet")
    write_table(CAMPAIGN_REASONS, reasons_table(stated.reasons), folder / "reasons.parquet")
    write_table(LINKS, links_table(links_within(gathered.links, shown, findings), shown), folder / "links.parquet")
    (folder / "findings.json").write_bytes(b"".join(line + b"\n" for line in ocsf_lines(findings, summary)))
    write_report(findings, summary, folder / "report.html")


def links_within(links: Weighed, shown: Shown, findings: Sequence[Finding]) -> Weighed:
    """Return the links of which both accounts are of one campaign."""
    members = pa.array([member.account_id for one in findings for member in one.members], pa.string())
    numbers = np.repeat(np.arange(len(findings)), [len(one.members) for one in findings])
    campaigns = np.full(len(shown.accounts), -1)
    places = pc.index_in(members, value_set=shown.accounts).to_numpy(zero_copy_only=False)
    campaigns[places.astype(np.int64)] = numbers
    return links.only((campaigns[links.a] >= 0) & (campaigns[links.a] == campaigns[links.b]))


def name_campaigns(batches: Iterable[pa.RecordBatch], findings: Sequence[Finding]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `Stated.extraction` as those of the table `campaign_exchanges`."""
    ids = pa.array(sorted(one.campaign_id for one in findings), pa.string())
    for batch in batches:
        yield pa.record_batch({"campaign_id": ids.take(batch["place"]), "exchange_id": batch["exchange_id"]})


def campaigns_table(findings: Sequence[Finding]) -> pa.Table:
    """Return the table `campaigns`."""
    return _table(CAMPAIGNS, [
        {
            "campaign_id": one.campaign_id, "confidence": one.confidence, "coordination_bits": one.coordination_bits,
            "extraction_bits": one.extraction_bits, "false_alarm_rate": one.false_alarm_rate,
            "accounts_count": len(one.members), "exchanges_count": one.exchanges_count,
            "extraction_count": one.taken.exchanges_count, "first_seen_at": one.first_seen_at,
            "last_seen_at": one.last_seen_at,
        }
        for one in findings
    ])  # fmt: skip


def accounts_table(findings: Sequence[Finding]) -> pa.Table:
    """Return the table `campaign_accounts`."""
    return _table(CAMPAIGN_ACCOUNTS, [
        {
            "campaign_id": one.campaign_id, "account_id": member.account_id, "membership_bits": member.membership_bits,
            "first_seen_at": member.first_seen_at, "last_seen_at": member.last_seen_at,
            "exchanges_count": member.exchanges_count,
        }
        for one in findings for member in one.members
    ])  # fmt: skip


def evidence_table(findings: Sequence[Finding]) -> pa.Table:
    """Return the table `evidence`."""
    return _table(EVIDENCE, [
        {
            "campaign_id": one.campaign_id, "kind": piece.kind, "trait": piece.trait, "family": piece.family,
            "evidence_bits": piece.bits, "accounts_count": piece.accounts_count, "seen": piece.seen,
            "expected": piece.expected, "example_exchange_ids": list(piece.example_exchange_ids),
        }
        for one in findings for piece in one.evidence
    ])  # fmt: skip


def reasons_table(reasons: Mapping[str, Sequence[Reason]]) -> pa.Table:
    """Return the table `campaign_reasons`."""
    rows = [(campaign, one) for campaign, of in sorted(reasons.items()) for one in of]
    told = [one for _, one in rows]
    columns = {
        "campaign_id": [campaign for campaign, _ in rows], "account_id": [one.account_id for one in told],
        "trait": [one.trait for one in told], "family": [one.family for one in told],
        "evidence_bits": [one.bits for one in told], "seen": [one.seen for one in told],
        "expected": [one.expected for one in told],
        "example_exchange_ids": [one.example_exchange_ids for one in told],
    }  # fmt: skip
    return pa.table(columns, schema=CAMPAIGN_REASONS.schema)


def write_table(declared: Declared, table: pa.Table, path: Path) -> None:
    """Check a table against its declaration and write it as Parquet."""
    declared.check(table, path.name)
    pq.write_table(table, path, compression="zstd")


def write_batches(declared: Declared, batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Check batches against a declaration and write them as Parquet, one at a time.

    The last column of the key names a row, so that no dictionary of its values would ever serve.
    """
    folded = [name for name in declared.names if name != declared.key[-1].name]
    with pq.ParquetWriter(
        path, declared.schema, compression="zstd", compression_level=1, use_dictionary=folded
    ) as writer:
        for batch in batches:
            conformed = batch.cast(declared.schema)
            declared.check(conformed, path.name)
            writer.write_batch(conformed)


def _table(declared: Declared, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=declared.schema)
