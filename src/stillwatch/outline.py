"""A scan in a few lines for the terminal: its campaigns, and what it could not see."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from stillwatch.findings.numerals import bits, count, odds, plural, share
from stillwatch.findings.ranking import rank_findings
from stillwatch.findings.statement import FEWEST_BELIEVED, Finding, ScanSummary, Target, Unmet
from stillwatch.terminal import listed, told
from stillwatch.traits.find import sees_too_little

_NAMED = 3


def campaign_table(findings: Sequence[Finding]) -> Table:
    """Return the campaigns in the order of the report; 80 columns hold it."""
    rows = [
        (
            rank,
            one.campaign_id.removeprefix("campaign-"),
            count(len(one.members)),
            count(one.exchanges_count),
            wants(one.targets),
            f"{bits(one.coordination_bits)} / {bits(one.extraction_bits)}",
            odds(one.false_alarm_rate),
        )
        for rank, one in enumerate(rank_findings(findings), 1)
    ]
    return listed(
        (">!", "!campaign", ">!accounts", ">!exchanges", "wants beyond the public", ">coord. / extr. bits",
         ">false alarms"),
        rows,
    )  # fmt: skip


def wants(targets: Sequence[Target]) -> str:
    """Return the two intents whose share in a campaign is furthest above the public's, each with the campaign's."""
    more = [one for one in targets if one.campaign_share > one.public_share]
    more.sort(key=lambda one: (one.public_share - one.campaign_share, one.intent))
    return ", ".join(f"{one.intent} {share(one.campaign_share)}" for one in more[:2]) or "what the public does"


def scan_lines(summary: ScanSummary, into: Path) -> Iterator[Table]:
    """Yield a line each for what was read, set aside and cleared, what limits the scan, and where the report is."""
    yield told(
        "read      ", f"{plural(summary.exchanges_count, 'exchange')} of {plural(summary.accounts_count, 'account')}"
    )
    aside = [f"{reason} ({count(rows)})" for reason, rows in sorted(summary.set_aside, key=lambda one: -one[1])]
    repeated = [f"{plural(summary.repeated_count, 'repeated row')} counted once"] if summary.repeated_count else []
    if aside or repeated:
        rows = sum(rows for _, rows in summary.set_aside)
        yield told("set aside ", f"{plural(rows, 'row')}: {few(aside)}" if aside else repeated.pop())
        yield from (told("repeated  ", line) for line in repeated)
    if summary.passed_over:
        files = plural(len(summary.passed_over), "file")
        yield told("not read  ", f"{files} not named like a log: {few(summary.passed_over)}")
    if summary.cleared:
        yield told("cleared   ", few([f"{reason} ({count(number)})" for reason, number in summary.cleared]))
    if summary.blind_traits:
        yield told("blind     ", few([f"{trait} ({why})" for trait, why in summary.blind_traits]))
    if sees_too_little([trait for trait, _ in summary.blind_traits], summary.fewest_families):
        yield told("dark      ", "these logs can show no campaign: `stillwatch check` says what to add to them")
    if summary.unmet:
        yield told("unmet     ", few([_unmet(one) for one in summary.unmet]))
    if summary.unpriced:
        yield told("unpriced  ", f"no price for {few(summary.unpriced)}: no cost of the campaigns that took from them")
    if summary.learned_from_few:
        believed = f"only {plural(summary.reference_accounts_count, 'account')} believed honest to learn from"
        yield told("few       ", f"{believed}; of fewer than {FEWEST_BELIEVED} nothing was measured")
    if not summary.keyed:
        yield told("key       ", "digests are made with a key that everybody knows; set `key_file` in the settings")
    yield told("report    ", str(into / "report.html"))


def _unmet(one: Unmet) -> str:
    """Return which names of one place the logs do not show."""
    more = ["..."] if one.unmet_count > len(one.examples) else []
    names = ", ".join([*one.examples, *more])
    return f"{count(one.unmet_count)} of {count(one.given_count)} in {one.place} ({names})"


def skipped_files(paths: Sequence[str]) -> str:
    """Return which files were not read, because the state holds what is in them."""
    return f"{plural(len(paths), 'file')} that the state holds already: {few(paths)}"


def few(items: Sequence[str]) -> str:
    """Return the first items, and how many more there are."""
    more = len(items) - _NAMED
    return ", ".join(items[:_NAMED]) + (f", and {more} more" if more > 0 else "")
