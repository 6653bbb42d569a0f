"""`stillwatch scan`: from request logs to campaigns with their evidence."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stillwatch.scanning import Scan

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
_ENGINE = typer.Option(help="`embedded`, on this machine, or `spark`, on a cluster: docs/cluster.md.")
_MASTER = typer.Option(help="Spark's master, such as spark://host:7077; else as Spark is set up.")
_SHARED = typer.Option(help="Folder or URL that driver and workers reach alike, for tables between stages.")
_STATE = typer.Option(help="Folder that keeps the days scanned before; the days of LOGS are added: docs/state.md.")
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
    engine: Annotated[str, _ENGINE] = "embedded",
    master: Annotated[str | None, _MASTER] = None,
    shared_folder: Annotated[str | None, _SHARED] = None,
    state: Annotated[Path | None, _STATE] = None,
    quiet: Annotated[bool, _QUIET] = False,
    json: Annotated[bool, _JSON] = False,
    repeat: Annotated[Path | None, _REPEAT] = None,
) -> None:
    """Find campaigns in request logs and write them, with their evidence and a report, into a folder.

    Ends with 10 when campaigns were found, 0 when none were. The first run compiles its kernels, which takes half a
    minute and more, and says so.
    """
    what = (logs, settings, format, mapping, releases, show_text or None, state)
    if bool(logs) == bool(repeat) or (repeat and any(what)):
        raise typer.BadParameter(
            "give either logs, with the options that say how to read them, or --repeat", param_hint="LOGS"
        )

    _refuse(
        engine, on_one_machine=(format, mapping, threads, memory, repeat, state), on_cluster=(master, shared_folder)
    )

    from stillwatch.engine import open_spark
    from stillwatch.options import parsed_memory
    from stillwatch.orders import order_scan, repeat_scan, run_order
    from stillwatch.terminal import notes

    memory_bytes = parsed_memory(memory)
    console = notes(quiet=quiet)
    if repeat:
        done = repeat_scan(repeat, into, console, memory_bytes=memory_bytes, threads=threads)
    else:
        order = order_scan(logs or [], settings, format=format, mapping=mapping, releases=releases, show_text=show_text,
                           state=state)  # fmt: skip
        with open_spark(master, folder=shared_folder) if engine == "spark" else nullcontext() as cluster:
            done = run_order(order, into, console, engine=cluster, memory_bytes=memory_bytes, threads=threads)
    _tell(done, into, json=json)
    if done.findings:
        raise typer.Exit(10)


def _tell(done: "Scan", into: Path, *, json: bool) -> None:
    from stillwatch.outline import campaign_table, scan_lines, skipped_files
    from stillwatch.terminal import results, tell_json, told

    if json:
        tell_json({"findings": done.findings, "summary": done.summary, "report": into / "report.html"})
    else:
        if done.findings:
            results().print(campaign_table(done.findings))
        else:
            results().print("No campaign was found.")
        for line in scan_lines(done.summary, into):
            results().print(line)
        if done.skipped:
            results().print(told("skipped   ", skipped_files(done.skipped)))


def _refuse(engine: str, *, on_one_machine: tuple[object, ...], on_cluster: tuple[object, ...]) -> None:
    if engine not in {"embedded", "spark"}:
        raise typer.BadParameter("name `embedded` or `spark`", param_hint="--engine")
    if engine == "embedded" and any(on_cluster):
        raise typer.BadParameter("`--master` and `--shared-folder` go with `--engine spark`", param_hint="--engine")
    if engine == "spark" and any(on_one_machine):
        raise typer.BadParameter(
            "`--format`, `--mapping`, `--threads`, `--memory`, `--state` and `--repeat` are of the embedded engine",
            param_hint="--engine",
        )
