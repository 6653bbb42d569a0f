"""Any columns or values, cast leniently into the table `exchanges`; what cannot be cast says why, row by row."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from stillwatch.columns import ASKED_AT, EMAIL_DOMAIN, INSTANT, IP, Column
from stillwatch.exchanges.address import one_spelling
from stillwatch.exchanges.fit_value import Unfit, fit_value, is_list
from stillwatch.exchanges.mail_domain import domain_alone
from stillwatch.tables import EXCHANGES

ABSENT, FUTURE, PAST = "is absent", "is in the future", "is before 2015"
# Rows dated further ahead of now have a wrong clock or unit; a day leaves room for zones that were mistaken.
AHEAD = timedelta(days=1)
# No language model was asked by API before it. Logs write 0, or the year 1, for a time that they do not know.
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
Faults = dict[int, str]
Given: TypeAlias = pa.Array | Sequence[Any]

_SPELLINGS: dict[Column, tuple[Callable[[pa.Array], pa.Array], str]] = {
    IP: (one_spelling, "is not an address"),
    EMAIL_DOMAIN: (domain_alone, "is not a domain"),
}
_REFUSALS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeError)


class Conformed(NamedTuple):
    """Rows of `exchanges`, and what could not be made one.

    Attributes
    ----------
    rows
        The good rows, in the order given; columns that were not given are null.
    faults
        What is wrong with each other row, by its position.
    left_out
        Values of columns that may be null which could not be cast, by reason; their rows stay, without them.
    """

    rows: pa.RecordBatch
    faults: Faults
    left_out: Counter[str]


def conform(given: Mapping[str, Given], count: int, latest: datetime) -> Conformed:
    """Cast columns into rows of `exchanges`; set aside the rows whose required columns cannot be cast.

    Whoever makes a request writes most of the other columns: a value there that cannot be cast is left out, and never
    hides the row.

    Parameters
    ----------
    given
        Arrow arrays or lists of decoded values, by name of a column of `exchanges`; other names are ignored.
    count
        Rows in each of them.
    latest
        Rows that were asked after this are set aside, and those before `EARLIEST`.
    """
    faults: Faults = {}
    left_out: Counter[str] = Counter()
    arrays = []
    for column in EXCHANGES.columns:
        if column.name not in given:
            array = pa.nulls(count, column.type)
        else:
            array, unfit = _fit(given[column.name], column)
            if column.required:
                faults = unfit | faults
            else:
                left_out.update(unfit.values())
        if column.required and array.null_count:
            _blame(faults, pc.is_null(array), f"`{column.name}` {ABSENT}")
        if column is ASKED_AT:
            _blame(faults, pc.greater(array, pa.scalar(latest, array.type)), f"`{column.name}` {FUTURE}")
            _blame(faults, pc.less(array, pa.scalar(EARLIEST, array.type)), f"`{column.name}` {PAST}")
        arrays.append(_spelled(array, column, left_out))
    if faults:
        good = pa.array([row not in faults for row in range(count)], pa.bool_())
        arrays = [array.filter(good) for array in arrays]
    return Conformed(pa.RecordBatch.from_arrays(arrays, schema=EXCHANGES.schema), faults, left_out)


def _spelled(array: pa.Array, column: Column, left_out: Counter[str]) -> pa.Array:
    if column not in _SPELLINGS:
        return array
    spell, fault = _SPELLINGS[column]
    spelled = spell(array)
    if lost := spelled.null_count - array.null_count:
        left_out[f"`{column.name}` {fault}"] += lost
    return spelled


def _blame(faults: Faults, wrong: pa.Array, reason: str) -> None:
    for row in pc.indices_nonzero(wrong).to_pylist():
        faults.setdefault(row, reason)


def _fit(given: Given, column: Column) -> tuple[pa.Array, Faults]:
    unfit: Faults = {}
    try:
        if column.type == INSTANT and not isinstance(given, pa.Array) and any(map(_lacks_zone, given)):
            raise pa.ArrowInvalid("beside times with a zone it would be taken for UTC")
        array = _cast(given if isinstance(given, pa.Array) else pa.array(given), column.type)
    except _REFUSALS:
        array = _fit_each(plain_values(given), column, unfit)
    return _unspeaking_to_null(array), unfit


def _lacks_zone(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is None


def _fit_each(values: Sequence[Any], column: Column, unfit: Faults) -> pa.Array:
    fitted: list[Any] = []
    for row, value in enumerate(values):
        try:
            fitted.append(fit_value(value, column.type))
        except Unfit as reason:
            unfit[row] = f"`{column.name}` {reason}"
            fitted.append(None)
    return pa.array(fitted, column.type)


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
    if is_list(kind) and array.flatten().null_count:
        raise pa.ArrowInvalid("nulls in lists are dropped value by value")
    if _holds_text(kind):
        array.validate(full=True)
    return array


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _holds_text(kind: pa.DataType) -> bool:
    return _is_text(kind) or (is_list(kind) and _is_text(kind.value_type))


_NUMBERS = (kinds.is_null, kinds.is_integer, kinds.is_floating, kinds.is_decimal)
_TEXTS = (kinds.is_null, _is_text, kinds.is_integer)
_WHOLE: dict[int, tuple[Callable[[pa.DataType], bool], ...]] = {
    **{kind.id: _TEXTS for kind in (pa.string(), pa.large_string())},
    **{kind.id: _NUMBERS for kind in (pa.int16(), pa.int32(), pa.int64(), pa.uint32(), pa.float32())},
    pa.bool_().id: (kinds.is_null, kinds.is_boolean),
    pa.list_(pa.null()).id: (kinds.is_null, is_list),
}


def _instants(array: pa.Array) -> pa.Array:
    if kinds.is_timestamp(array.type) and array.type.tz:
        return array.cast(INSTANT, safe=array.type.unit != "ns")
    if _is_text(array.type):
        try:
            return array.cast(INSTANT)
        except pa.ArrowInvalid:
            return array.cast(pa.timestamp("ns", "UTC")).cast(INSTANT, safe=False)
    if kinds.is_null(array.type):
        return array.cast(INSTANT)
    raise pa.ArrowInvalid(f"{array.type} is looked at value by value")


def _unspeaking_to_null(array: pa.Array) -> pa.Array:
    kind, null = array.type, pa.scalar(None, array.type)
    if _is_text(kind) and pc.min(pc.binary_length(array)).as_py() == 0:
        return pc.if_else(pc.equal(pc.binary_length(array), 0), null, array)
    if kinds.is_signed_integer(kind) and (pc.min(array).as_py() or 0) < 0:
        return pc.if_else(pc.less(array, 0), null, array)
    return array


def plain_values(given: Given) -> Sequence[Any]:
    """Return the values of a column as plain Python, odd times as text; what is no Unicode is replaced in its text."""
    if not isinstance(given, pa.Array):
        return given
    try:
        return list(given.to_pylist())
    except (ValueError, OverflowError):
        return [_plain(value) for value in given]


def _plain(value: pa.Scalar) -> Any:
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return _plain_within(value, value.type)


def _plain_within(value: pa.Scalar, kind: pa.DataType) -> Any:
    if kinds.is_dictionary(kind):
        return _plain(value.value)
    if _is_text(kind):
        return value.as_buffer().to_pybytes().decode("utf-8", "replace")
    if kinds.is_struct(kind):
        return {kind.field(place).name: _plain(value[place]) for place in range(kind.num_fields)}
    if kinds.is_map(kind):
        return [(_plain(entry[0]), _plain(entry[1])) for entry in value.values]
    if kinds.is_nested(kind):
        return [_plain(item) for item in value.values]
    return value.cast(pa.string()).as_py()
