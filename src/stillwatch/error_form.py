"""The one shape of all errors: what went wrong in five lines."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar


class StillwatchError(Exception):
    """What went wrong, where, what was found, what was needed, and what to do about it.

    Parameters
    ----------
    problem
        One lower-case clause without a full stop, names in backticks.
    where, found, needed
        One line each.
    try_
        An action, not advice.
    """

    def __init__(self, problem: str, *, where: str, found: str, needed: str, try_: str) -> None:
        super().__init__(problem)
        self.problem, self.where, self.found, self.needed, self.try_ = problem, where, found, needed, try_

    def __str__(self) -> str:
        return "\n".join(
            (
                self.problem,
                f"  where:  {self.where}",
                f"  found:  {self.found}",
                f"  needed: {self.needed}",
                f"  try:    {self.try_}",
            )
        )


class Fault(StillwatchError):
    """An error of which only the place and what was found differ; several faults are told together, numbered."""

    told: ClassVar[str]
    wanted: ClassVar[str]
    advice: ClassVar[str]

    def __init__(self, where: object, found: str | Sequence[str]) -> None:
        text = found if isinstance(found, str) else "; ".join(f"{i}. {fault}" for i, fault in enumerate(found, 1))
        super().__init__(self.told, where=str(where), found=text, needed=self.wanted, try_=self.advice)

    @classmethod
    @contextmanager
    def told_of(cls, where: object) -> Iterator[None]:
        """Tell what the system says of a file or folder as this error."""
        try:
            yield
        except OSError as error:
            raise cls(where, os.strerror(error.errno) if error.errno else str(error)) from error


class Unknown(StillwatchError):
    """A name that nothing bears, with those that something does."""

    told: ClassVar[str]
    place: ClassVar[str]
    advice: ClassVar[str]

    def __init__(self, name: str, known: Sequence[str]) -> None:
        needed = f"one of {', '.join(known)}"
        super().__init__(f"{self.told} `{name}`", where=self.place, found=f"`{name}`", needed=needed, try_=self.advice)
