"""Any columns or values, cast leniently into the table `exchanges`; what cannot be cast says why, row by row."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from stillwatch.columns import ASKED_AT, Column
from stillwatch.tables import EXCHANGES

ABSENT, FUTURE, NO_ZONE = "is absent", "is in the future", "has no time zone"
Faults = dict[int, str]
Given: TypeAlias = pa.Array | Sequence[Any]

_REFUSALS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeError)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS, _MILLISECONDS, _MICROSECONDS = 10**11, 10**14, 10**17


class _Unfit(ValueError):
    """A value that its column cannot hold; the text completes `the column ...`."""


def conform(given: Mapping[str, Given], count: int, latest: datetime) -> tuple[pa.RecordBatch, Faults]:
    """Cast columns into rows of `exchanges`; set aside the rows that cannot be cast.

    Parameters
    ----------
    given
        Arrow arrays or lists of decoded values, by name of a column of `exchanges`; other names are ignored.
    count
        Rows in each of them.
    latest
        Rows that were asked after this are set aside.

    Returns
    -------
    pa.RecordBatch
        The good rows of `exchanges`, in the order given; columns that were not given are null.
    Faults
        What is wrong with each other row, by its position.
    """
    faults: Faults = {}
    arrays = []
    for column in EXCHANGES.columns:
        array = _fit(given[column.name], column, faults) if column.name in given else pa.nulls(count, column.type)
        if column.required and array.null_count:
            _blame(faults, pc.is_null(array), f"`{column.name}` {ABSENT}")
        if column is ASKED_AT:
            _blame(faults, pc.greater(array, pa.scalar(latest, array.type)), f"`{column.name}` {FUTURE}")
        arrays.append(array)
    if faults:
        good = pa.array([row not in faults for row in range(count)], pa.bool_())
        arrays = [array.filter(good) for array in arrays]
    return pa.RecordBatch.from_arrays(arrays, schema=EXCHANGES.schema), faults


def _blame(faults: Faults, wrong: pa.Array, reason: str) -> None:
    for row in pc.indices_nonzero(wrong).to_pylist():
        faults.setdefault(row, reason)


def _fit(given: Given, column: Column, faults: Faults) -> pa.Array:
    try:
        array = _cast(given if isinstance(given, pa.Array) else pa.array(given), column.type)
    except _REFUSALS:
        array = _fit_each(plain_values(given), column, faults)
    return _unspeaking_to_null(array)


def _cast(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if kinds.is_dictionary(array.type):
        array = array.dictionary_decode()
    if kinds.is_timestamp(kind):
        return _instants(array)
    if array.type != kind:
        if not any(fits(array.type) for fits in _WHOLE[kind.id]):
            raise pa.ArrowInvalid(f"{array.type} is looked at value by value")
        if kinds.is_floating(array.type):
            array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
        array = array.cast(kind)
    if _holds_text(kind):
        array.validate(full=True)
    return array


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _holds_text(kind: pa.DataType) -> bool:
    return _is_text(kind) or (_is_list(kind) and _is_text(kind.value_type))


def _is_list(kind: pa.DataType) -> bool:
    return bool(kinds.is_list(kind) or kinds.is_large_list(kind))


_NUMBERS = (kinds.is_null, kinds.is_integer, kinds.is_floating, kinds.is_decimal)
_TEXTS = (kinds.is_null, _is_text, kinds.is_integer)
_WHOLE: dict[int, tuple[Callable[[pa.DataType], bool], ...]] = {
    **{kind.id: _TEXTS for kind in (pa.string(), pa.large_string())},
    **{kind.id: _NUMBERS for kind in (pa.int16(), pa.int32(), pa.int64(), pa.uint32(), pa.float32())},
    pa.bool_().id: (kinds.is_null, kinds.is_boolean),
    pa.list_(pa.null()).id: (kinds.is_null, _is_list),
}


def _instants(array: pa.Array) -> pa.Array:
    instant = ASKED_AT.type
    if kinds.is_timestamp(array.type) and array.type.tz:
        return array.cast(instant, safe=array.type.unit != "ns")
    if _is_text(array.type):
        try:
            return array.cast(instant)
        except pa.ArrowInvalid:
            return array.cast(pa.timestamp("ns", "UTC")).cast(instant, safe=False)
    if kinds.is_null(array.type):
        return array.cast(instant)
    raise pa.ArrowInvalid(f"{array.type} is looked at value by value")


def _unspeaking_to_null(array: pa.Array) -> pa.Array:
    kind, null = array.type, pa.scalar(None, array.type)
    if _is_text(kind) and pc.min(pc.binary_length(array)).as_py() == 0:
        return pc.if_else(pc.equal(pc.binary_length(array), 0), null, array)
    if kinds.is_signed_integer(kind) and (pc.min(array).as_py() or 0) < 0:
        return pc.if_else(pc.less(array, 0), null, array)
    return array


def plain_values(given: Given) -> Sequence[Any]:
    """Return the values of a column as plain Python, texts that are no Unicode as bytes, odd times as text."""
    if not isinstance(given, pa.Array):
        return given
    try:
        return list(given.to_pylist())
    except UnicodeDecodeError:
        return list(given.cast(_as_bytes(given.type)).to_pylist())
    except (ValueError, OverflowError):
        return list(given.cast(pa.string()).to_pylist())


def _as_bytes(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.large_binary()) if _is_list(kind) else pa.large_binary()


def _fit_each(values: Sequence[Any], column: Column, faults: Faults) -> pa.Array:
    fit = _FITS[column.type.id]
    fitted: list[Any] = []
    for row, value in enumerate(values):
        try:
            fitted.append(None if value is None else _fit_one(fit, value, column.type))
        except _Unfit as unfit:
            faults.setdefault(row, f"`{column.name}` {unfit}")
            fitted.append(None)
    return pa.array(fitted, column.type)


def _fit_one(fit: Callable[[Any], Any], value: Any, kind: pa.DataType) -> Any:
    if not _is_list(kind):
        return _in_range(fit(value), kind)
    if not isinstance(value, list):
        raise _Unfit("is not a list")
    fit = _FITS[kind.value_type.id]
    return [_in_range(fit(item), kind.value_type) for item in value if item is not None]


def _in_range(value: Any, kind: pa.DataType) -> Any:
    if value is None or not kinds.is_integer(kind):
        return value
    signed = kinds.is_signed_integer(kind)
    if value < 0 and not signed:
        return None
    if -(2 ** (kind.bit_width - 1)) <= value < 2 ** (kind.bit_width - signed):
        return value
    raise _Unfit("is out of range")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _Unfit("is not text")


def _integer(value: Any) -> int | None:
    number = _number(value)
    if number is None or number == int(number):
        return None if number is None else int(number)
    raise _Unfit("is not a whole number")


def _number(value: Any) -> float | None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            number = value if isinstance(value, int) else int(value) if _is_digits(value) else float(value)
        except ValueError:
            raise _Unfit("is not a number") from None
        if number != number:  # noqa: PLR0124 - NaN is how some libraries write null
            return None
        if abs(number) < 2**70:
            return number
        raise _Unfit("is out of range")
    raise _Unfit("is not a number")


def _is_digits(value: str | float) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20


def _truth(value: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False}
    key = value.lower() if isinstance(value, str) else value
    if isinstance(key, str | bool | int) and key in known:
        return known[key]
    raise _Unfit("is not true or false")


def instant(value: Any) -> datetime:
    """Return a time with its zone, from a time, an ISO 8601 text or a number of seconds to nanoseconds since 1970.

    Raises
    ------
    ValueError
        It is no time, or has no zone; the text completes `the column ...`.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    try:
        if isinstance(value, str):
            value = _since_or_date(value.strip())
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise _Unfit(NO_ZONE)
            return value.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return since_epoch(value)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, _Unfit) else _Unfit("is not a time") from None
    raise _Unfit("is not a time")


def _since_or_date(value: str) -> float | datetime:
    if _is_digits(value):
        return int(value)
    if _is_digits(value.replace(".", "", 1)):
        return float(value)
    # as Presto, Athena and BigQuery write a time
    return datetime.fromisoformat(value.removesuffix(" UTC") + "Z" if value.endswith(" UTC") else value)


def since_epoch(value: float) -> datetime:
    """Return the time of a number since 1970, taking it for seconds, milli-, micro- or nanoseconds by its size."""
    size = abs(value)
    if size < _SECONDS:
        return _EPOCH + timedelta(microseconds=round(value * 1_000_000))
    if size < _MILLISECONDS:
        return _EPOCH + timedelta(microseconds=round(value * 1_000))
    return _EPOCH + timedelta(microseconds=value if size < _MICROSECONDS else value // 1_000)


_FITS: dict[int, Callable[[Any], Any]] = {
    pa.string().id: _text,
    pa.large_string().id: _text,
    **{kind.id: _integer for kind in (pa.int16(), pa.int32(), pa.int64(), pa.uint32())},
    pa.float32().id: _number,
    pa.bool_().id: _truth,
    ASKED_AT.type.id: instant,
    pa.list_(pa.null()).id: _text,
}
