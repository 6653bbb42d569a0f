"""`stillwatch demo`: see a scan at work on a world of its own."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = "`stillwatch demo` · `stillwatch demo --seed 7 --into /tmp/demo`"


def demo(
    *,
    into: Annotated[Path, typer.Option(help="Folder for the world and its findings.")] = Path("demo"),
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another world.")] = 1,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; findings do not depend on them.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document in place of the tables.")] = False,
) -> None:
    """Make a world with three campaigns among honest accounts, scan it, and compare with its truth.

    Ends with 0: what it finds is no one's.
    """
    from stillwatch.demo import run_demo
    from stillwatch.findings.ranking import rank_findings
    from stillwatch.outline import campaign_table, scan_lines
    from stillwatch.rehearse import show_score
    from stillwatch.terminal import notes, results, tell_json, told

    done = run_demo(into, notes(quiet=quiet), seed=seed, threads=threads)
    if json:
        tell_json({"comparison": done.comparison, "findings": done.scan.findings, "summary": done.scan.summary})
        return
    out = results()
    out.print(campaign_table(done.scan.findings))
    for line in scan_lines(done.scan.summary, done.findings_folder):
        out.print(line)
    out.print()
    for part in show_score(done.comparison):
        out.print(part)
    if done.scan.findings:
        first = rank_findings(done.scan.findings)[0].campaign_id
        out.print(told("next      ", f"`stillwatch explain {first} --findings {done.findings_folder}`"))
