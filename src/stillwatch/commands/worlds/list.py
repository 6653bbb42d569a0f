"""`stillwatch worlds list`: the stories that ship."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from typing import Annotated

import typer

EXAMPLES = "`stillwatch worlds list` · `stillwatch worlds list --json`"


def list(  # noqa: A001 - as the command is called
    *, json: Annotated[bool, typer.Option("--json", help="One JSON document in place of the table.")] = False
) -> None:
    """List the stories that ship: honest ones, of what a detector must not be fooled by, and those with campaigns."""
    from stillwatch.storytelling import story_table, summaries
    from stillwatch.terminal import results, tell_json

    if json:
        tell_json(summaries())
    else:
        results().print(story_table())
