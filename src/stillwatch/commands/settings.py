"""`stillwatch settings`: every setting with its reason, ready to be kept in a file."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = "`stillwatch settings > stillwatch.toml` · `stillwatch settings stillwatch.toml`"


def settings(
    file: Annotated[Path | None, typer.Argument(help="Settings to check, with the files that they name.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Print all settings as TOML, each with its reason."""
    from stillwatch.named_lists import open_lists
    from stillwatch.settings import read_key, read_settings, settings_as_data
    from stillwatch.settings_text import settings_as_toml
    from stillwatch.terminal import tell_json

    held = read_settings(file)
    read_key(held)
    open_lists(held.context)
    if json:
        tell_json(settings_as_data(held))
    else:
        typer.echo(settings_as_toml(held), nl=False)
