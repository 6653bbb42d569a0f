"""`stillwatch worlds make`: simulated traffic with its truth."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """`stillwatch worlds make hydra --out world` · `stillwatch worlds make february --scale 0.01 --out world`
· `stillwatch worlds make mine.toml --as litellm --prompts prompts/ --out world`"""

_NAME = typer.Argument(help="A story that ships, or a story's TOML file.", show_default=False)
_OUT = typer.Option(help="Folder for the world; an earlier world there is replaced.", show_default=False)
_SCALE = typer.Option(help="Factor on accounts and exchanges; 1 is the story's full size.")
_DAYS = typer.Option(min=1, help="Days of the world; else as many as the story has.")
_HONEST = typer.Option(min=1, help="Honest accounts; else as many as story and scale say.")
_PROMPTS = typer.Option(help="Folder of real prompts to ask in place of the grammar's.")
_AS = typer.Option("--as", help="Write a log: litellm, openai, anthropic, otel, bedrock; else Parquet.")
_BY_DAY = typer.Option("--by-day", help="One Parquet file for each day.")


def make(  # noqa: PLR0913 - one for each option
    name: Annotated[str, _NAME],
    *,
    out: Annotated[Path, _OUT],
    scale: Annotated[float, _SCALE] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another world.")] = 1,
    days: Annotated[int | None, _DAYS] = None,
    honest: Annotated[int | None, _HONEST] = None,
    prompts: Annotated[Path | None, _PROMPTS] = None,
    as_: Annotated[str | None, _AS] = None,
    by_day: Annotated[bool, _BY_DAY] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document in place of the lines.")] = False,
) -> None:
    """Make a world: exchanges as a gateway records them, and beside them the truth, the releases and the story.

    The same story, seed, scale and days give the same bytes. The folder holds the whole world or is left as it was.
    """
    from stillwatch.options import check_sizes

    check_sizes(scale, days)
    if as_ is not None and by_day:
        raise typer.BadParameter("a log is one file: give either --as or --by-day", param_hint="--by-day")

    from stillwatch.storytelling import made_lines, make_as_told
    from stillwatch.terminal import notes, results, tell_json
    from stillwatch.worlds import Making, find_story

    making = Making(find_story(name), seed, scale, days, honest, prompts)
    made = make_as_told(making, out, notes(quiet=quiet), form=as_, by_day=by_day)
    if json:
        tell_json(made)
        return
    for line in made_lines(made, out):
        results().print(line)
