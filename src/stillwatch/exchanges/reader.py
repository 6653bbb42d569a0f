"""What a reader of one log format is, and how the readers are found: the folder `formats` is the registry."""

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, ClassVar

from stillwatch.exchanges import formats
from stillwatch.tables import EXCHANGES

IDENTITY = tuple(column.name for column in EXCHANGES.columns if column.required)
CONVERSATION = ("system_text", "prompt_text", "history_digests", "reasoning_signatures", "has_image", "turn")
ANSWER = ("response_text", "reasoning_text", "tools_called", "finish_reason")
TOKENS = ("input_tokens", "output_tokens", "reasoning_tokens", "cached_input_tokens")
LEAST_SURE = 0.4
"""How surely (0-1) records must be of a format to be taken for it."""


class Reader(ABC):
    """A reader of one log format: declared facts, how to recognise it, and how to tell its records.

    Attributes
    ----------
    name, description
        As `stillwatch readers` lists them; the description is one line.
    fills
        The columns of `exchanges` that this format can ever fill.
    advice
        What to do when rows lack their id, time or account.
    reads_columns
        Whether the format's columns are the table's own, so that column files need no work for each row.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    fills: ClassVar[Sequence[str]]
    advice: ClassVar[str]
    reads_columns: ClassVar[bool] = False

    @abstractmethod
    def recognises(self, record: dict[str, Any]) -> float:
        """Return how surely (0-1) this record is of this format."""

    @abstractmethod
    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return rows of `exchanges` as values by column; none when the record is no exchange.

        Raises
        ------
        BadRow
            The record is of this format, and broken.
        """


def how_surely(reader: Reader, record: dict[str, Any]) -> float:
    """Return how surely (0-1) a record is of a reader's format; 0 where it is too deep to be gone through."""
    try:
        return reader.recognises(record)
    except RecursionError:  # whoever made the request may nest it so deeply that not even its text can be made
        return 0.0


@cache
def readers() -> tuple[Reader, ...]:
    """Return one reader for each log format, by name."""
    for module in pkgutil.iter_modules(formats.__path__):
        importlib.import_module(f"{formats.__name__}.{module.name}")
    return tuple(sorted((kind() for kind in _kinds(Reader)), key=lambda reader: reader.name))


def _kinds(kind: type[Any]) -> Iterator[type[Reader]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(formats.__name__) and not inspect.isabstract(child):
            yield child
        yield from _kinds(child)
