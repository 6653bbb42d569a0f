"""`stillwatch readers`: which log formats are read."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from typing import Annotated

import typer

EXAMPLES = "`stillwatch readers` · `stillwatch readers litellm`"


def readers(
    name: Annotated[str | None, typer.Argument(help="One reader, with the columns it can fill.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List the log formats that are read, and the columns that each can fill."""
    from stillwatch.exchanges import readers as all_readers
    from stillwatch.log_errors import NoSuchReader
    from stillwatch.terminal import listed, plain, results, tell_json, told

    chosen = [one for one in all_readers() if name in (None, one.name)]
    if not chosen:
        raise NoSuchReader(str(name), [one.name for one in all_readers()])
    if json:
        tell_json([{"name": one.name, "description": one.description, "fills": one.fills} for one in chosen])
    elif name is None:
        rows = [(one.name, one.description, len(one.fills)) for one in chosen]
        results().print(listed(("!reader", "reads", ">columns"), rows))
    else:
        (one,) = chosen
        results().print(plain(f"{one.name}: {one.description}", "bold"))
        results().print(told("fills        ", ", ".join(one.fills)))
        results().print(told("if rows lack what is required", one.advice))
