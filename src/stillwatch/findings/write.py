"""Writes what `stillwatch scan` leaves behind: tables, JSON lines and the report, all or nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.findings.statement import Finding
from stillwatch.tables import CAMPAIGN_ACCOUNTS, CAMPAIGNS, EVIDENCE, Declared


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


def write_table(declared: Declared, table: pa.Table, path: Path) -> None:
    """Check a table against its declaration and write it as Parquet."""
    declared.check(table, path.name)
    pq.write_table(table, path, compression="zstd")


def write_batches(declared: Declared, batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Check batches against a declaration and write them as Parquet, one at a time."""
    with pq.ParquetWriter(path, declared.schema, compression="zstd") as writer:
        for batch in batches:
            conformed = batch.cast(declared.schema)
            declared.check(conformed, path.name)
            writer.write_batch(conformed)


def _table(declared: Declared, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=declared.schema)
