"""`stillwatch check`: what was understood of logs, before any scan."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = "`stillwatch check logs/` · `stillwatch check export.parquet --mapping mapping.toml`"


def check(  # noqa: PLR0913 - one for each option
    logs: Annotated[list[str], typer.Argument(help="Files, folders and globs, in any order.", show_default=False)],
    *,
    settings: Annotated[Path | None, typer.Option(help="Settings, as `stillwatch settings` prints them.")] = None,
    format: Annotated[str | None, typer.Option(help="The logs' format, else recognised.")] = None,  # noqa: A002
    mapping: Annotated[Path | None, typer.Option(help="TOML that says where the columns stand.")] = None,
    releases: Annotated[Path | None, typer.Option(help="Models released meanwhile, JSON or CSV.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say what was understood of logs: formats, rows, columns, times, and which traits are blind and why.

    Reads the logs once and writes nothing. Ends with 0 when a scan could read them.
    """
    from stillwatch.checking import check_logs, show_check
    from stillwatch.terminal import notes, results, tell_json

    checked = check_logs(logs, settings, notes(quiet=quiet), format=format, mapping=mapping, releases=releases)
    if json:
        tell_json(checked)
    else:
        for part in show_check(checked):
            results().print(part)
