"""Rows of JSON files: JSON Lines, lists of objects, or objects one after another."""

import codecs
import json
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from stillwatch.exchanges.shallow import cut_text, cut_value, end_of
from stillwatch.exchanges.unpacked import Followed, unpacked

_CHUNK = 1 << 20
LONGEST_ROW = 1 << 28
TOO_LONG = f"a row of more than {LONGEST_ROW >> 20} MB"
_MOST_DIGITS = 400
_DECODER = msgspec.json.Decoder()
# what CloudWatch's exports and the logs of containers write before the object of a line
_STAMP = re.compile(rb"\d{4}-\d\d-\d\d[T ][^{\[]{4,80}(?=\{)")
_TOO_DEEP = object()
_BETWEEN = re.compile(r"[\s,]*")
# Python refuses whole numbers of more digits than it is set to, though they are JSON.
_LENIENT = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) <= _MOST_DIGITS else float(digits))


DEEP = "JSON is nested too deeply"


class BadRow(Exception):
    """A row that cannot be used, and why: one clause that names no value of the row."""


class Row(NamedTuple):
    """One row of a file: its line or number from 1, its object or what is wrong with it, and its size in bytes."""

    number: int
    value: dict[str, Any] | None
    fault: str | None
    size: int


def json_rows(path: Path, advanced: Callable[[int], None] = lambda _bytes: None) -> Generator[Row, None, None]:
    """Yield the rows of a JSON file in order, holding a few megabytes or one row, whichever is more.

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
        head = _head(stream)
        if _is_documents(head):
            yield from _documents(head, stream)
        else:
            yield from _lines(head, stream)


def decode_object(line: bytes) -> dict[str, Any]:
    """Decode one JSON object, replacing bytes and escapes that are no Unicode text.

    Raises
    ------
    BadRow
        It is not JSON, or not an object.
    """
    value = decode(line)
    if not isinstance(value, dict):
        raise BadRow("not a JSON object")
    return value


def decode(line: bytes) -> Any:
    """Decode one JSON value, replacing bytes and escapes that are no Unicode text, and what lies too deep by None.

    Raises
    ------
    BadRow
        It is not JSON.
    """
    try:
        return _decoded(line)
    except RecursionError:
        cut = cut_text(line.decode("utf-8", "replace"))
    try:
        if cut is not None:
            return _decoded(cut.encode())
    except RecursionError:
        pass
    raise BadRow(DEEP)


def _decoded(line: bytes) -> Any:
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return _scrubbed(_LENIENT.decode(line.decode("utf-8", "replace")))
    except ValueError:
        raise BadRow("not JSON, or cut off") from None


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(item) for key, item in value.items()}
    return value


def _head(stream: Followed) -> bytes:
    head = stream.read(_CHUNK)
    while b"\n" not in head and not head.lstrip().startswith(b"[") and (more := stream.read(len(head))):
        head = _bounded(head + more)
    return head.removeprefix(b"\xef\xbb\xbf")


def _bounded(data: Any) -> Any:
    if len(data) > LONGEST_ROW:
        raise OSError(TOO_LONG)
    return data


def _is_documents(head: bytes) -> bool:
    opening = head.lstrip()
    line = opening.split(b"\n", 1)[0].strip()
    if not line or line == b"{" or opening.startswith(b"["):
        return bool(line)
    try:
        decode(_unstamped(line))
    except BadRow:
        # An object that begins with its first key and goes on in the next lines is whole only over several lines.
        return opening[:1] == b"{" and _document(_LENIENT, opening.decode("utf-8", "replace"), 0)[1] > 0
    return False


def _lines(head: bytes, stream: Followed) -> Generator[Row, None, None]:
    number, held, chunk = 0, b"", head
    while chunk:
        lines = (held + chunk).split(b"\n")
        held = lines.pop()
        for number, line in enumerate(lines, number + 1):  # noqa: B020 - the count goes on
            if line and not line.isspace():
                yield _row(number, line)
        # As much again as is held, so that one long line is not copied over and over.
        chunk = stream.read(max(_CHUNK, len(_bounded(held))))
    if held.strip():
        yield _row(number + 1, held)


def _unstamped(line: bytes) -> bytes:
    stamp = _STAMP.match(line)
    return line[stamp.end() :] if stamp else line


def _row(number: int, line: bytes) -> Row:
    try:
        return Row(number, decode_object(_unstamped(line)), None, len(line))
    except BadRow as bad:
        return Row(number, None, str(bad), len(line))


def _documents(head: bytes, stream: Followed) -> Generator[Row, None, None]:
    decoder, characters = _LENIENT, codecs.getincrementaldecoder("utf-8")("replace")
    text = characters.decode(head).lstrip()
    is_list, text = text.startswith("["), text.removeprefix("[")
    number, position, ended = 0, 0, False
    while True:
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]
        value, end = _document(decoder, text, position)
        if end:
            number += 1
            yield _object(number, value, end - position)
            position = end
        elif ended:
            if text[position:].strip() != "]" * is_list:
                raise OSError(f"the text after object {number} is not JSON, or is cut off")
            return
        else:
            chunk = stream.read(max(_CHUNK, len(text) - position))
            ended = not chunk
            text, position = _bounded(text[position:]) + characters.decode(chunk, final=ended), 0


def _document(decoder: json.JSONDecoder, text: str, position: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, position)
    except ValueError:
        return None, 0
    except RecursionError:
        end = end_of(text, position)
        return _cut(text[position:end]) if end else None, end


def _cut(text: str) -> Any:
    try:
        return decode(text.encode())
    except BadRow:
        return _TOO_DEEP


def _object(number: int, value: Any, size: int) -> Row:
    if value is _TOO_DEEP:
        return Row(number, None, DEEP, size)
    if not isinstance(value, dict):
        return Row(number, None, "not a JSON object", size)
    try:
        return Row(number, _scrubbed(value), None, size)
    except RecursionError:
        return Row(number, _scrubbed(cut_value(value)), None, size)
