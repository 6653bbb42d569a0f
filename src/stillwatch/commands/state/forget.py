"""`stillwatch state forget`: takes days out of a state."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = "`stillwatch state forget kept/ --before 2026-03-01`"

_STATE = typer.Argument(help="The folder given to `stillwatch scan --state`.", metavar="DIR", show_default=False)
_BEFORE = typer.Option(formats=["%Y-%m-%d"], help="The first UTC day that stays.", show_default=False)


def forget(
    state: Annotated[Path, _STATE],
    *,
    before: Annotated[datetime, _BEFORE],
    memory: Annotated[
        str | None, typer.Option(help="Memory of the engine, such as 4GB; else half of the machine's.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No lines.")] = False,
) -> None:
    """Take the days before a date out of a state; rows of them that come again later are left out.

    Costs some seconds for each million exchanges that stay. The state is as it was, or without those days.
    """
    from stillwatch.engine import open_engine
    from stillwatch.findings.numerals import plural
    from stillwatch.options import parsed_memory
    from stillwatch.state.forget import forget_days
    from stillwatch.state.opening import open_state
    from stillwatch.terminal import results

    with open_state(state, None) as held, open_engine(memory_bytes=parsed_memory(memory)) as engine:
        gone = forget_days(engine, held, before.date())
        if not quiet:
            left = plural(len(held.book.days), "day")
            results().print(f"forgot {plural(gone, 'day')}; {left} left, from {held.book.dates[0]} on")
