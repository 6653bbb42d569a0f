"""Findings for programs: one OCSF Detection Finding a line, out and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from stillwatch.errors import FindingUnreadable
from stillwatch.findings.numerals import plural
from stillwatch.findings.ranking import rank_findings
from stillwatch.findings.statement import Evidence, Finding, ScanSummary

SCHEMA_VERSION = "1.8.0"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CATEGORY_UID, CLASS_UID, CREATE = 2, 2004, 1
NEW, STATISTICAL, ACCOUNT_UID = 1, 3, 35
# The loss decides how severe it is; how sure we are is told by the confidence alone.
SEVERITIES = ((1_000_000, 5, "Critical"), (10_000, 4, "High"), (1_000, 3, "Medium"), (0, 2, "Low"))
CONFIDENCES = ((0.95, 3, "High"), (0.8, 2, "Medium"), (0.0, 1, "Low"))


@dataclass(frozen=True)
class _Kept:
    finding: Finding


@dataclass(frozen=True)
class _Line:
    class_uid: int
    unmapped: _Kept


def ocsf_lines(findings: Iterable[Finding], summary: ScanSummary) -> Iterator[bytes]:
    """Write each finding as an OCSF Detection Finding, in the order of `rank_findings`.

    Yields
    ------
    bytes
        One JSON object without a line break, its keys sorted. `time` is when the campaign was last seen, since a scan
        knows no clock; the whole finding is under `unmapped`, so that `finding_from_ocsf` gives it back.

    References
    ----------
    Open Cybersecurity Schema Framework 1.8, class Detection Finding (2004).
    """
    for finding in rank_findings(findings):
        yield msgspec.json.encode(_detection(finding, summary), order="sorted")


def finding_from_ocsf(line: bytes) -> Finding:
    """Read the finding back out of a line that `ocsf_lines` wrote.

    Raises
    ------
    FindingUnreadable
        The line is not JSON, not a Detection Finding, or holds no finding of ours.
    """
    try:
        read = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FindingUnreadable(str(error)) from error
    if read.class_uid != CLASS_UID:
        raise FindingUnreadable(f"an event of class {read.class_uid}")
    return read.unmapped.finding


def _detection(finding: Finding, summary: ScanSummary) -> dict[str, object]:
    severity_id, severity = _grade(SEVERITIES, finding.taken.exchanges_count)
    confidence_id, confidence = _grade(CONFIDENCES, finding.confidence)
    return {
        "activity_id": CREATE,
        "activity_name": "Create",
        "category_name": "Findings",
        "category_uid": CATEGORY_UID,
        "class_name": "Detection Finding",
        "class_uid": CLASS_UID,
        "confidence": confidence,
        "confidence_id": confidence_id,
        # Rounded down, so that 100 means certain.
        "confidence_score": int(100 * finding.confidence + 1e-9),
        "end_time": _milliseconds(finding.last_seen_at),
        "evidences": [_evidence(evidence) for evidence in finding.evidence],
        "finding_info": _information(finding, summary),
        "is_alert": True,
        "message": finding.statement,
        "metadata": {"product": _product(summary), "version": SCHEMA_VERSION},
        "observables": [
            {"name": "unmapped.finding.members.account_id", "type": "Account UID", "type_id": ACCOUNT_UID,
             "value": member.account_id}
            for member in finding.members
        ],
        "remediation": {"desc": "\n".join(finding.next_steps)},
        "severity": severity,
        "severity_id": severity_id,
        "start_time": _milliseconds(finding.first_seen_at),
        "status": "New",
        "status_id": NEW,
        "time": _milliseconds(finding.last_seen_at),
        "type_name": "Detection Finding: Create",
        "type_uid": 100 * CLASS_UID + CREATE,
        "unmapped": {"false_discovery_rate": summary.false_discovery_rate, "finding": finding},
    }  # fmt: skip


def _information(finding: Finding, summary: ScanSummary) -> dict[str, object]:
    return {
        "analytic": {"name": "Stillwatch scan", "type": "Statistical", "type_id": STATISTICAL, "uid": "stillwatch.scan",
                     "version": summary.version},
        "desc": finding.statement,
        "first_seen_time": _milliseconds(finding.first_seen_at),
        "last_seen_time": _milliseconds(finding.last_seen_at),
        "product": _product(summary),
        "title": f"{finding.kind.capitalize()}: {plural(len(finding.members), 'account')}, "
        f"{plural(finding.taken.exchanges_count, 'exchange')} taken",
        "types": [finding.kind],
        "uid": finding.campaign_id,
    }  # fmt: skip


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {"data": evidence, "name": evidence.trait, "uid": f"{evidence.kind}: {evidence.trait}"}


def _product(summary: ScanSummary) -> dict[str, object]:
    return {"name": "Stillwatch", "uid": "stillwatch", "vendor_name": "Stillwatch", "version": summary.version}


def _grade(grades: tuple[tuple[float, int, str], ...], reached: float) -> tuple[int, str]:
    return next((number, name) for least, number, name in grades if reached >= least)


def _milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)
