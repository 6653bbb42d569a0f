"""One value, made to fit its column leniently, or a reason why it cannot."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.types as kinds

from stillwatch.columns import INSTANT
from stillwatch.exchanges.decoded import opened

NO_ZONE = "has no time zone"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS, _MILLISECONDS, _MICROSECONDS = 10**11, 10**14, 10**17


class Unfit(ValueError):
    """A value that its column cannot hold; the text completes `the column ...`."""


def fit_value(value: Any, kind: pa.DataType) -> Any:
    """Return a value as one of an Arrow type of `exchanges`; None where it says nothing.

    Raises
    ------
    Unfit
        It is no such value.
    """
    if value is None:
        return None
    if not is_list(kind):
        return _in_range(_FITS[kind.id](value), kind)
    value = opened(value)  # CSV, and some tables, hold lists as texts
    if not isinstance(value, list):
        raise Unfit("is not a list")
    inner = kind.value_type
    return [_in_range(_FITS[inner.id](item), inner) for item in value if item is not None]


def is_list(kind: pa.DataType) -> bool:
    """Return whether a type is one of lists."""
    return bool(kinds.is_list(kind) or kinds.is_large_list(kind))


def _in_range(value: Any, kind: pa.DataType) -> Any:
    if value is None or not kinds.is_integer(kind):
        return value
    signed = kinds.is_signed_integer(kind)
    if value < 0 and not signed:
        return None
    if -(2 ** (kind.bit_width - 1)) <= value < 2 ** (kind.bit_width - signed):
        return value
    raise Unfit("is out of range")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int | UUID) and not isinstance(value, bool):
        return str(value)
    raise Unfit("is not text")


def _integer(value: Any) -> int | None:
    number = _number(value)
    if number is None or number == int(number):
        return None if number is None else int(number)
    raise Unfit("is not a whole number")


def _number(value: Any) -> float | None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            number = value if isinstance(value, int) else int(value) if _is_digits(value) else float(value)
        except ValueError:
            raise Unfit("is not a number") from None
        if number != number:  # noqa: PLR0124 - NaN is how some libraries write null
            return None
        if abs(number) < 2**70:
            return number
        raise Unfit("is out of range")
    raise Unfit("is not a number")


def _real(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else float(number)


def _is_digits(value: str | float) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20


def _truth(value: Any) -> bool:
    # `t` and `f` are how some databases export it, `1` and `0` how others do
    known = {True: True, False: False, "true": True, "false": False, "t": True, "f": False, "1": True, "0": False}
    key = value.lower() if isinstance(value, str) else value
    if isinstance(key, str | bool | int) and key in known:
        return known[key]
    raise Unfit("is not true or false")


def instant(value: Any) -> datetime:
    """Return a time with its zone, from a time, an ISO 8601 text or a number of seconds to nanoseconds since 1970.

    Raises
    ------
    Unfit
        It is no time, or has no zone; the text completes `the column ...`.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    try:
        if isinstance(value, str):
            value = _since_or_date(value.strip())
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise Unfit(NO_ZONE)
            return value.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _since_epoch(value)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, Unfit) else Unfit("is not a time") from None
    raise Unfit("is not a time")


def _since_or_date(value: str) -> float | datetime:
    if _is_digits(value):
        return int(value)
    if _is_digits(value.replace(".", "", 1)):
        return float(value)
    # as Presto, Athena and BigQuery write a time
    return datetime.fromisoformat(value.removesuffix(" UTC") + "Z" if value.endswith(" UTC") else value)


def _since_epoch(value: float) -> datetime:
    size = abs(value)  # tells seconds, milli-, micro- and nanoseconds apart
    if size < _SECONDS:
        return _EPOCH + timedelta(microseconds=round(value * 1_000_000))
    if size < _MILLISECONDS:
        return _EPOCH + timedelta(microseconds=round(value * 1_000))
    return _EPOCH + timedelta(microseconds=value if size < _MICROSECONDS else value // 1_000)


_FITS: dict[int, Callable[[Any], Any]] = {
    pa.string().id: _text,
    pa.large_string().id: _text,
    **{kind.id: _integer for kind in (pa.int16(), pa.int32(), pa.int64(), pa.uint32())},
    pa.float32().id: _real,
    pa.bool_().id: _truth,
    INSTANT.id: instant,
}
