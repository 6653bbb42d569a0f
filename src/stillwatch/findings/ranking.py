"""The order in which findings are shown."""

from collections.abc import Iterable

from stillwatch.findings.statement import Finding


def rank_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by confidence, then by the value taken (cost, then output, then exchanges), highest first."""
    return sorted(
        findings,
        key=lambda finding: (
            -finding.confidence,
            -(finding.taken.cost or 0.0),
            -finding.taken.output_tokens,
            -finding.taken.exchanges_count,
            finding.campaign_id,
        ),
    )
