"""What a format of logs is, and how the formats are found: this folder is the registry."""

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from stillwatch.tables import EXCHANGES
from stillwatch.worlds.conversations import Turn

# one transparent pixel: what stands for every picture of a world
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PIXEL_TYPE = "image/png"
_BEFORE_TEXTS = EXCHANGES.names[: EXCHANGES.names.index("system_text")]
_EPOCH = datetime(1970, 1, 1)  # UTC, written with its Z
_INSTANTS = ("asked_at", "account_created_at")


class LogFormat(ABC):
    """A format in which a world can be written: declared facts, and how one exchange becomes one line.

    Attributes
    ----------
    name, description
        The name is the one of the reader that takes it back; the description is one line.
    suffix
        How a file of this format ends.
    native
        Columns of who and how - those before the texts - that fields of the format's own carry exactly. The operator
        writes the others beside them under their own names.
    ends
        How the format says why an answer ended, where its words are not the world's.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    suffix: ClassVar[str] = ".jsonl.zst"
    native: ClassVar[frozenset[str]]
    ends: ClassVar[Mapping[str, str]]

    @abstractmethod
    def line(self, row: dict[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """Return one exchange as an object of the log.

        Parameters
        ----------
        row
            Columns of `exchanges` as plain values; instants are microseconds since 1970.
        history
            The conversation's earlier turns, oldest first.
        """

    def envelope(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the operator writes beside the format's own fields."""
        told = {name: row[name] for name in self._beside() if row[name] is not None}
        return told | {name: instant(told[name]) for name in _INSTANTS if name in told}

    def ended(self, row: Mapping[str, Any]) -> str | None:
        """Return why the answer ended, in the format's words."""
        reason: str | None = row["finish_reason"]
        return None if reason is None else self.ends.get(reason, reason)

    @classmethod
    @cache
    def _beside(cls) -> tuple[str, ...]:
        return tuple(name for name in _BEFORE_TEXTS if name not in cls.native)


@cache
def formats() -> dict[str, LogFormat]:
    """Return one of each format, by name."""
    folder = importlib.import_module(__name__.rpartition(".")[0])
    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{folder.__name__}.{module.name}")
    found = sorted((kind() for kind in _kinds(LogFormat)), key=lambda form: form.name)
    return {form.name: form for form in found}


def _kinds(kind: type[Any]) -> Iterator[type[LogFormat]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(__name__.rpartition(".")[0]) and not inspect.isabstract(child):
            yield child
        yield from _kinds(child)


def instant(at_us: int) -> str:
    """Write an instant (microseconds since 1970) as ISO 8601, to the microsecond.

    Examples
    --------
    >>> instant(1_770_000_000_000_001)
    '2026-02-02T02:40:00.000001Z'
    """
    return f"{(_EPOCH + timedelta(microseconds=at_us)).isoformat(timespec='microseconds')}Z"


def failed(row: Mapping[str, Any]) -> bool:
    """Tell whether the call was refused or broke off."""
    return row["status_code"] not in (None, 200)


def said(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def with_signatures(history: Sequence[Turn], signatures: Sequence[str] | None) -> Iterator[tuple[Turn, str | None]]:
    """Yield the turns, each with the signed reasoning that the request carries of it: of the last turns, if any."""
    kept = list(signatures or ())[-len(history) :] if history else []
    carried = [*[None] * (len(history) - len(kept)), *kept]
    yield from zip(history, carried, strict=True)
