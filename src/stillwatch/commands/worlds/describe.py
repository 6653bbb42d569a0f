"""`stillwatch worlds describe`: what happens in a story, and what its fields mean."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from typing import Annotated

import typer

EXAMPLES = """`stillwatch worlds describe february` · `stillwatch worlds describe february --toml > mine.toml`
· `stillwatch worlds describe --fields`"""

_NAME = typer.Argument(help="A story that ships, or a story's TOML file.", show_default=False)
_TOML = typer.Option("--toml", help="The story as its file, to begin your own from.")
_FIELDS = typer.Option("--fields", help="Every field that a story may have, with its unit and its source.")


def describe(
    name: Annotated[str | None, _NAME] = None,
    *,
    toml: Annotated[bool, _TOML] = False,
    fields: Annotated[bool, _FIELDS] = False,
) -> None:
    """Tell what happens in a story: who is in it, what its campaigns want and how they hide, at which size."""
    if (name is None) != fields or (fields and toml):
        raise typer.BadParameter("give either a story, perhaps with --toml, or --fields", param_hint="NAME")

    from stillwatch.storytelling import describe_story, fields_page
    from stillwatch.terminal import results
    from stillwatch.worlds import find_story

    if name is None:
        typer.echo(fields_page())
    elif toml:
        typer.echo(find_story(name).text, nl=False)
    else:
        for part in describe_story(find_story(name)):
            results().print(part)
