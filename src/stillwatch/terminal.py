"""What commands write: tables and lines for people, one JSON document for programs."""

import signal
from collections.abc import Iterable
from typing import Any

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stillwatch.findings.visible import show_controls

_PIPED_WIDTH = 120
_LONG = 40  # characters: were longer names not folded, other columns would be lost


class _Piped(Console):
    def on_broken_pipe(self) -> None:
        try:
            super().on_broken_pipe()
        except SystemExit:  # with 1, as if it were a fault
            raise SystemExit(128 + signal.SIGPIPE) from None


def results() -> Console:
    """Return the console of standard output; where that is no terminal, lines of 120 characters."""
    console = _Piped(highlight=False, soft_wrap=False)
    return console if console.is_terminal else _Piped(highlight=False, width=_PIPED_WIDTH)


def notes(*, quiet: bool = False) -> Console:
    """Return the console of standard error."""
    return _Piped(stderr=True, highlight=False, quiet=quiet)


def plain(text: object, style: str = "") -> Text:
    """Return a text in which nothing acts on the terminal: what stands in logs is written by others."""
    return Text(show_controls(str(text)), style=style)


def listed(columns: Iterable[str], rows: Iterable[Iterable[object]], *, title: str | None = None) -> Table:
    """Return a table; columns that begin with `>` are set to the right, those with `!` are folded only if long."""
    table = Table(
        box=box.SIMPLE_HEAD,
        title=title,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        collapse_padding=True,
    )
    cells = [[cell if isinstance(cell, Text) else plain(cell) for cell in row] for row in rows]
    for place, name in enumerate(columns):
        right, whole = ">" in name[:2], "!" in name[:2] and all(len(row[place]) <= _LONG for row in cells)
        table.add_column(
            name.lstrip(">!"), justify="right" if right else "left", no_wrap=whole, overflow="fold",
            vertical="top", header_style="dim",
        )  # fmt: skip
    for row in cells:
        table.add_row(*row)
    return table


def told(label: str, text: str) -> Table:
    """Return a line with a label before it; where it is too long, it goes on under its beginning."""
    line = Table.grid(padding=(0, 2))
    line.add_column(no_wrap=True, style="dim")
    line.add_column(overflow="fold")
    line.add_row(label, plain(text))
    return line


def tell_json(value: Any) -> None:
    """Write one JSON document, its keys sorted."""
    text = msgspec.json.encode(value, order="sorted", enc_hook=str)
    typer.echo(msgspec.json.format(text, indent=2).decode())
