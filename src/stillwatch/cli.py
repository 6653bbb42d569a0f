"""The command line: gathers the commands from their folder, and tells errors in their five lines."""

import errno
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import FrameType, ModuleType
from typing import Annotated

import typer

from stillwatch import __version__, commands
from stillwatch.errors import CannotWrite, StillwatchError

_ABOUT = """Find industrial-scale distillation of a language model in the request logs of its API.

Begin with `stillwatch demo`, then `stillwatch check LOGS`, then `stillwatch scan LOGS`."""
_ENDS = """Ends with 0 when nothing was found, 10 when campaigns were found, 2 on wrong usage or bad input, 130 when
interrupted, 141 when whoever reads its output stops. Results go to standard output, progress and errors to standard
error. Nothing is sent anywhere."""

app = typer.Typer(
    name="stillwatch", help=_ABOUT, epilog=_ENDS, no_args_is_help=True, pretty_exceptions_enable=False,
    rich_markup_mode="markdown", context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - Typer gives it so
    if asked:
        typer.echo(f"stillwatch {__version__}")
        raise typer.Exit(0)


@app.callback()
def _begin(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    pass


def _gather_commands(into: typer.Typer, folder: ModuleType) -> None:
    """Add a command for each file of a folder, and a group of commands for each folder in it."""
    for found in iter_modules(folder.__path__):
        module = import_module(f"{folder.__name__}.{found.name}")
        if found.ispkg:
            group = typer.Typer(help=module.__doc__, no_args_is_help=True, rich_markup_mode="markdown")
            _gather_commands(group, module)
            into.add_typer(group, name=found.name)
        else:
            into.command(found.name, epilog=module.EXAMPLES)(getattr(module, found.name))


_gather_commands(app, commands)


def main() -> None:
    """Run the command that was typed, and end the process with its exit code."""
    # A scheduler's stop is told like an interruption, so that temporary files go.
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command; tell an error in its five lines on standard error. Return the exit code."""
    try:
        app(list(arguments), prog_name="stillwatch")
    except StillwatchError as error:
        typer.echo(str(error), err=True)
        return 2
    except OSError as error:
        # Every file that is written is told with its own place: what is left is the standard output.
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        typer.echo(str(CannotWrite("the standard output", os.strerror(error.errno))), err=True)
        return 2
    except SystemExit as ended:
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":  # Typer leaves it at a closed pipe, and ends with 1
            return 128 + signal.SIGPIPE
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _drop_output() -> None:
    # What still waits to be written would fail again when the process ends.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt("stopped by a signal")
