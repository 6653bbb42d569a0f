"""`stillwatch worlds rehearse`: make the stories that ship, scan them, and score what was found."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = "`stillwatch worlds rehearse hydra peace` · `stillwatch worlds rehearse --seed 2 --into rehearsal`"

_NAMES = typer.Argument(
    metavar="[NAME]...", help="Stories that ship, or stories' TOML files; else all that ship.", show_default=False
)
_INTO = typer.Option(help="Keep the worlds and their findings in this folder, one for each story.")


def rehearse(  # noqa: PLR0913 - one for each option
    names: Annotated[list[str] | None, _NAMES] = None,
    *,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other worlds.")] = 1,
    scale: Annotated[float | None, typer.Option(help="Factor on the accounts; else each story's own.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days of the worlds; else each story's own.")] = None,
    into: Annotated[Path | None, _INTO] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document in place of the table.")] = False,
) -> None:
    """Make worlds, scan them as their days pass, and tell how well and how soon campaigns are found, and what is false.

    Without `--into`, nothing is left behind. Ends with 0 whatever was found.
    """
    from stillwatch.options import check_sizes

    check_sizes(scale, days)

    from stillwatch import rehearse as stories
    from stillwatch.terminal import notes, results, tell_json

    orders = stories.order_rehearsals(names or (), seed=seed, scale=scale, days=days)
    rehearsed = stories.rehearse(orders, into, notes(quiet=quiet))
    if json:
        tell_json([one.as_data() for one in rehearsed])
        return
    results().print(stories.heading())
    for one in rehearsed:
        results().print(stories.row_of(one))
