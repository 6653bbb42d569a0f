"""`stillwatch scan`: from request logs to campaigns with their evidence."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """`stillwatch scan logs/` · `stillwatch scan 'logs/*.jsonl.gz' --releases releases.json --into may`
· `stillwatch scan --repeat may/scan.json --into again`"""

_LOGS = typer.Argument(help="Files, folders and globs, in any order.", show_default=False)
_INTO = typer.Option(help="Folder for the findings; those of an earlier scan are replaced.")
_SETTINGS = typer.Option(help="Settings, as `stillwatch settings` prints them.")
_FORMAT = typer.Option(help="The logs' format, else recognised; `stillwatch readers` lists them.")
_MAPPING = typer.Option(help="TOML that says where the columns stand in logs of no known format.")
_RELEASES = typer.Option(help="Models released meanwhile, JSON or CSV: sees who moved first.")
_SHOW_TEXT = typer.Option("--show-text", help="Put the text of example exchanges in the findings.")
_THREADS = typer.Option(min=1, help="Threads; findings do not depend on them.")
_MEMORY = typer.Option(help="Memory of the engine, such as 4GB; else half of the machine's.")
_QUIET = typer.Option("--quiet", "-q", help="No progress.")
_JSON = typer.Option("--json", help="One JSON document in place of the table.")
_REPEAT = typer.Option(help="A `scan.json`: scan again what it records, if that is unchanged.")


def scan(  # noqa: PLR0913 - one for each option
    logs: Annotated[list[str] | None, _LOGS] = None,
    *,
    into: Annotated[Path, _INTO] = Path("findings"),
    settings: Annotated[Path | None, _SETTINGS] = None,
    format: Annotated[str | None, _FORMAT] = None,  # noqa: A002 - as the option is called
    mapping: Annotated[Path | None, _MAPPING] = None,
    releases: Annotated[Path | None, _RELEASES] = None,
    show_text: Annotated[bool, _SHOW_TEXT] = False,
    threads: Annotated[int | None, _THREADS] = None,
    memory: Annotated[str | None, _MEMORY] = None,
    quiet: Annotated[bool, _QUIET] = False,
    json: Annotated[bool, _JSON] = False,
    repeat: Annotated[Path | None, _REPEAT] = None,
) -> None:
    """Find campaigns in request logs and write them, with their evidence and a report, into a folder.

    Ends with 10 when campaigns were found, 0 when none were. The first run compiles its kernels, which takes some ten
    seconds, and says so.
    """
    what = (logs, settings, format, mapping, releases, show_text or None)
    if bool(logs) == bool(repeat) or (repeat and any(what)):
        raise typer.BadParameter(
            "give either logs, with the options that say how to read them, or --repeat", param_hint="LOGS"
        )

    from stillwatch.orders import order_scan, repeat_scan, run_order
    from stillwatch.outline import campaign_table, scan_lines
    from stillwatch.settings_table import parse_bytes
    from stillwatch.terminal import notes, results, tell_json

    try:
        memory_bytes = parse_bytes(memory) if memory else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--memory") from error
    console = notes(quiet=quiet)
    if repeat:
        done = repeat_scan(repeat, into, console, memory_bytes=memory_bytes, threads=threads)
    else:
        order = order_scan(logs or [], settings, format=format, mapping=mapping, releases=releases, show_text=show_text)
        done = run_order(order, into, console, memory_bytes=memory_bytes, threads=threads)
    if json:
        tell_json({"findings": done.findings, "summary": done.summary, "report": into / "report.html"})
    else:
        if done.findings:
            results().print(campaign_table(done.findings))
        else:
            results().print("No campaign was found.")
        for line in scan_lines(done.summary, into):
            results().print(line)
    if done.findings:
        raise typer.Exit(10)
