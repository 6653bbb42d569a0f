"""`stillwatch worlds score`: how well findings agree with the truth of a world."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = (
    "`stillwatch worlds score world/ findings/` · `stillwatch worlds score world/ day-1/ day-2/ findings/ --json`"
)

_WORLD = typer.Argument(help="The folder of a world, with its truth.", metavar="DIR", show_default=False)
_FINDINGS = typer.Argument(help="Folders that scans of the world, or of its first days, wrote.", show_default=False)


def score(
    world: Annotated[Path, _WORLD],
    findings: Annotated[list[Path], _FINDINGS],
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Score findings against the truth of a world; several, of growing parts of it, also by how soon they tell.

    With several, the score is that of the findings that know of the latest exchange. Ends with 0 whatever the score.
    """
    from stillwatch.rehearse import score_findings, show_detections, show_score
    from stillwatch.terminal import notes, results, tell_json

    scored = score_findings(world, findings, notes(quiet=quiet))
    if json:
        told = {"findings": scored.findings, "score": scored.score.as_data(), "detections": scored.detections}
        tell_json(told)
        return
    for part in show_score(scored.score):
        results().print(part)
    if len(findings) > 1:
        results().print(show_detections(scored.detections))
