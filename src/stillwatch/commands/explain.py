"""`stillwatch explain`: why a campaign, an account or an exchange is in the findings."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = "`stillwatch explain 7f31b9` · `stillwatch explain acct_01 --findings may --logs logs/`"


def explain(
    id: Annotated[str, typer.Argument(help="A campaign or its beginning, an account, an exchange.")],  # noqa: A002
    *,
    findings: Annotated[Path, typer.Option(help="The folder that a scan wrote.")] = Path("findings"),
    logs: Annotated[list[str] | None, typer.Option(help="Logs, to show the rows; may be given again.")] = None,
    show_text: Annotated[bool, typer.Option("--show-text", help="Show the prompts of these rows.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say why, in bits, down to the rows of the logs, and what speaks against it."""
    if show_text and not logs:
        raise typer.BadParameter("text is in the logs: name them with --logs", param_hint="--show-text")

    from stillwatch.explain import open_findings
    from stillwatch.explain_rows import explain_with_rows
    from stillwatch.explain_text import show_explained
    from stillwatch.findings.numerals import plural
    from stillwatch.outline import few
    from stillwatch.terminal import notes, results, tell_json, told

    found = open_findings(findings)
    explained, rows = explain_with_rows(found, id, logs, show_text=show_text) if logs else (found.explain(id), [])
    if unread := found.record.unread(logs) if logs else []:
        what = f"{plural(len(unread), 'file')} that the scan has not read; rows may be of something else: {few(unread)}"
        notes().print(told("other logs", what))
    if json:
        tell_json({"explained": explained, "rows": rows})
    else:
        for part in show_explained(explained, rows):
            results().print(part)
