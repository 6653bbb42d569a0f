"""Says how far a scan is: on the terminal, or to nobody."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text


class Progress(Protocol):
    """What a scan tells of its way. A stage begins where the one before it ends."""

    def stage(self, name: str, total: float | None, unit: str) -> None:
        """Begin a stage; `total` is in `unit`, None where it is not known; without a unit nothing is counted."""
        ...

    def advance(self, amount: float) -> None:
        """Say that so much more of the stage is done. Any thread may."""
        ...

    def note(self, text: str) -> None:
        """Say what else the line of the stage shall tell when it has ended."""
        ...

    def done(self) -> None:
        """End the last stage."""
        ...


class Silent:
    """Tells nobody."""

    def stage(self, name: str, total: float | None, unit: str) -> None:
        """Do nothing."""

    def advance(self, amount: float) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def done(self) -> None:
        """Do nothing."""


SILENT = Silent()


class LiveProgress:
    """One live line for the stage that runs, and a line that stays, with its duration, for each that has ended.

    Where the console is no terminal, only the lines that stay are written.

    Parameters
    ----------
    console
        Where to write, usually the standard error.
    clock
        Seconds from any beginning.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console, self._clock = console, clock
        self._bars = Bars(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), _Counted(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=False),
            console=console, transient=True, get_time=clock, disable=not console.is_terminal,
        )  # fmt: skip
        self._task: Task | None = None
        self._begun, self._note = 0.0, ""

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.done()
        self._bars.stop()

    def stage(self, name: str, total: float | None, unit: str) -> None:
        """Begin a stage, and end the one before it."""
        self.done()
        number = self._bars.add_task(name, total=total, unit=unit)
        self._begun, self._note = self._clock(), ""
        self._task = next(task for task in self._bars.tasks if task.id == number)

    def advance(self, amount: float) -> None:
        """Say that so much more of the stage is done."""
        if self._task is not None:
            self._bars.advance(self._task.id, amount)

    def note(self, text: str) -> None:
        """Put a text in the line that stays."""
        self._note = f", {text}"

    def done(self) -> None:
        """End the stage that runs, if any: its line stays."""
        if self._task is None:
            return
        task, self._task = self._task, None
        self._bars.remove_task(task.id)
        seconds = self._clock() - self._begun
        counted = f", {counted_as(task.completed, task.fields['unit'])}" if task.completed else ""
        self._console.print(Text(f"{task.description}{self._note}{counted} in {seconds:.1f} s", style="dim"))


class _Counted(ProgressColumn):
    """How much is done, and how fast."""

    def render(self, task: Task) -> Text:
        unit = task.fields["unit"]
        if not task.completed:
            return Text("")
        rate = f" ({counted_as(task.speed, unit)}/s)" if task.speed and task.total is None else ""
        whole = f" of {counted_as(task.total, unit)}" if task.total else ""
        return Text(f"{counted_as(task.completed, unit)}{whole}{rate}")


def counted_as(amount: float, unit: str) -> str:
    """Write an amount with its unit.

    Examples
    --------
    >>> counted_as(190_218, "exchanges"), counted_as(14_805_494, "bytes")
    ('190,218 exchanges', '14.8 MB')
    """
    return (
        decimal(int(amount)) if unit == "bytes" else f"{amount:,.0f} {unit.removesuffix('s') if amount == 1 else unit}"
    )
