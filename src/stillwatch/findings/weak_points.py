"""What weakens a finding, read off its own numbers."""

from stillwatch.findings.charts.waterfall import total_bits
from stillwatch.findings.numerals import bits, count, plural, share
from stillwatch.findings.statement import Finding

FEW_FAMILIES = 2
MUCH_OF_TOTAL = 0.5
WEAK_MEMBERSHIP = 0.25


def weak_points(finding: Finding) -> list[str]:
    """Say where the evidence leans on little, so that a reader knows what to check first."""
    return [*_leaning(finding), *_few_families(finding), *_loose_accounts(finding), *_untaken(finding)]


def _leaning(finding: Finding) -> list[str]:
    said = []
    for kind in ("coordination", "extraction"):
        pieces = [evidence for evidence in finding.evidence if evidence.kind == kind]
        total = total_bits(finding, kind)
        strongest = max(pieces, key=lambda evidence: evidence.bits, default=None)
        if strongest and len(pieces) == 1:
            said.append(f"All of the {kind} evidence is one trait: {strongest.trait}.")
        elif strongest and strongest.bits > MUCH_OF_TOTAL * total:
            said.append(
                f"Without {strongest.trait}, its strongest piece, {kind} falls from {bits(total)} "
                f"to {bits(total - strongest.bits)} bits."
            )
    return said


def _few_families(finding: Finding) -> list[str]:
    families = sorted({piece.family for piece in finding.evidence if piece.kind == "coordination" and piece.bits > 0})
    if not families or len(families) > FEW_FAMILIES:
        return []
    named = " and ".join(families)
    return [f"Coordination rests on {'one family' if len(families) == 1 else 'two families'} of evidence: {named}."]


def _loose_accounts(finding: Finding) -> list[str]:
    strongest = max((member.membership_bits for member in finding.members), default=0.0)
    loose = [member for member in finding.members if member.membership_bits < WEAK_MEMBERSHIP * strongest]
    if not loose:
        return []
    return [
        f"{plural(len(loose), 'account')} of {count(len(finding.members))} "
        f"{'is' if len(loose) == 1 else 'are'} held by less than a quarter of the strongest membership "
        f"({bits(strongest)} bits); look at {'it' if len(loose) == 1 else 'them'} one by one before any step."
    ]


def _untaken(finding: Finding) -> list[str]:
    cover = 1 - finding.taken.exchanges_count / finding.exchanges_count if finding.exchanges_count else 0.0
    if cover < 0.2:
        return []
    return [
        f"{share(cover)} of the exchanges are not told to be extraction; "
        "some of them may be those of people who know nothing of it."
    ]
