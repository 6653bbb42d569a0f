"""The report for people: one HTML file that needs nothing else, neither a network nor scripts."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stillwatch.findings import numerals
from stillwatch.findings.charts.account_graph import draw_account_graph
from stillwatch.findings.charts.target_chart import draw_dumbbell, times_public, widest_share
from stillwatch.findings.charts.time_line import draw_time_line, gather_time_line
from stillwatch.findings.charts.waterfall import draw_step, draw_total, total_bits, waterfall_steps, widest_bits
from stillwatch.findings.ranking import rank_findings
from stillwatch.findings.statement import FEWEST_BELIEVED, Finding, ScanSummary
from stillwatch.findings.visible import show_codes, show_controls
from stillwatch.findings.weak_points import weak_points
from stillwatch.traits.find import sees_too_little

FIRST_ACCOUNTS = 50
MOST_ACCOUNTS_LISTED = 8_000
MOST_DRAWN_IN_ALL, MOST_DRAWN = 3_000, 300
EXCERPT_CHARACTERS = 480
MOST_CHARACTERS = 20_000
FOLDER = Path(__file__).parent


def write_report(findings: Sequence[Finding], summary: ScanSummary, path: Path) -> None:
    """Write the findings as one HTML file, in the order of `rank_findings`.

    Parameters
    ----------
    findings
        In any order; none gives a page that says what was looked at, or that nothing could be seen.
    path
        The file to write; it is replaced.

    Notes
    -----
    The same findings give the same bytes. Campaigns share 8,000 lines for accounts evenly, 50 each at the least; one
    that has more accounts lists its strongest and names the table that has the rest. Time grows with the
    square of the accounts drawn (at most 300 a campaign, 3,000 in all).
    """
    path.write_text(render_report(findings, summary), encoding="utf-8", newline="\n")


def render_report(findings: Sequence[Finding], summary: ScanSummary) -> str:
    """Return the page that `write_report` writes."""
    ranked = rank_findings(findings)
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            findings=ranked,
            summary=summary,
            is_dark=sees_too_little([trait for trait, _ in summary.blind_traits], summary.fewest_families),
            listed_count=max(MOST_ACCOUNTS_LISTED // max(len(ranked), 1), FIRST_ACCOUNTS),
            drawn_count=min(MOST_DRAWN_IN_ALL // max(len(ranked), 1), MOST_DRAWN),
            accounts_found_count=len({member.account_id for finding in ranked for member in finding.members}),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
            "base-uri 'none'; form-action 'none'",
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    for write in (
        numerals.bits, numerals.count, numerals.short_count, numerals.share, numerals.odds, numerals.day,
        numerals.short_day, numerals.instant, numerals.machine_instant, numerals.sortable_instant,
    ):  # fmt: skip
        environment.filters[write.__name__] = write
    environment.filters["codes"] = show_codes
    for tell in (
        draw_account_graph, draw_dumbbell, draw_step, draw_time_line, draw_total, gather_time_line, times_public,
        total_bits, waterfall_steps, weak_points, widest_bits, widest_share, numerals.lasting, numerals.money,
        numerals.plural,
    ):  # fmt: skip
        environment.globals[tell.__name__] = tell
    environment.globals |= {
        "FIRST_ACCOUNTS": FIRST_ACCOUNTS,
        "EXCERPT_CHARACTERS": EXCERPT_CHARACTERS,
        "MOST_CHARACTERS": MOST_CHARACTERS,
        "FEWEST_BELIEVED": FEWEST_BELIEVED,
    }
    return environment


def _finalize(value: object) -> object:
    return show_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
