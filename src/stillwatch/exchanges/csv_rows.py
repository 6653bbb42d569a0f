"""Rows of CSV files with a header."""

import codecs
import csv
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from stillwatch.exchanges.rows import LONGEST_ROW, TOO_LONG, Row
from stillwatch.exchanges.unpacked import Followed, unpacked

_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"
# The library refuses longer texts than 128 kB, for all who use it at once; a prompt may well be longer.
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_ROW))


def csv_rows(path: Path, advanced: Callable[[int], None] = lambda _bytes: None) -> Generator[Row, None, None]:
    """Yield the rows of a CSV file in order, as objects whose names are those of the first line.

    All values are texts; an empty one is absent. Columns stand between commas, or semicolons, tabs or bars, whichever
    are most in the first line. Texts in quotes may hold line breaks. A row with more or fewer values than there are
    names is told as a fault.

    Parameters
    ----------
    advanced
        As for `unpacked`.

    Raises
    ------
    UnreadableLog
        The file cannot be read, or its compressed data ends early or is damaged.
    """
    with unpacked(path, advanced) as stream:
        lines = _lines(stream)
        first = next(lines, "")
        rows = csv.reader(chain([first], lines), delimiter=max(_DELIMITERS, key=first.count), strict=True)
        names: list[str] = []
        while True:
            number = rows.line_num + 1
            try:
                values = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield Row(number, None, "not CSV, or cut off", 0)
                continue
            if names and values:
                yield _row(number, names, values)
            names = names or values


def _row(number: int, names: list[str], values: list[str]) -> Row:
    size = sum(map(len, values))
    if len(values) != len(names):
        return Row(number, None, "not as many values as the first line has names", size)
    told: dict[str, Any] = {name: value for name, value in zip(names, values, strict=True) if value}
    return Row(number, told, None, size)


def _lines(stream: Followed) -> Iterator[str]:
    """Yield lines with their ends, the mark of the encoding taken off, bytes that are no text replaced."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    held: list[str] = []
    while chunk := stream.read(_CHUNK):
        *whole, rest = decoder.decode(chunk).split("\n")
        if whole:
            yield "".join([*held, whole[0], "\n"])
            yield from (f"{line}\n" for line in whole[1:])
            held = []
        held.append(rest)
        if sum(map(len, held)) > LONGEST_ROW:
            raise OSError(TOO_LONG)
    if last := "".join([*held, decoder.decode(b"", final=True)]):
        yield last
