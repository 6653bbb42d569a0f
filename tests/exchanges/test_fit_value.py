from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa
import pytest

from stillwatch.exchanges.fit_value import Unfit, fit_value, instant, is_list


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        (None, pa.string(), None),
        (UUID(int=5), pa.large_string(), "00000000-0000-0000-0000-000000000005"),
        (b"a\xff", pa.string(), "a\ufffd"),
        ("5.0", pa.int16(), 5),
        (-1, pa.uint32(), None),
        ("TRUE", pa.bool_(), True),
        ("f", pa.bool_(), False),
        ("1", pa.bool_(), True),
        (["a", None, 2], pa.list_(pa.string()), ["a", "2"]),
        ('["a", null, 2]', pa.list_(pa.string()), ["a", "2"]),
    ],
)
def test_values_that_fit(value, kind, found):
    assert fit_value(value, kind) == found


@pytest.mark.parametrize(
    ("value", "kind", "why"),
    [
        ([1], pa.string(), "is not text"),
        (2**15, pa.int16(), "is out of range"),
        ("a", pa.list_(pa.string()), "is not a list"),
        ([[]], pa.list_(pa.string()), "is not text"),
        ([], pa.bool_(), "is not true or false"),
    ],
)
def test_values_that_do_not(value, kind, why):
    with pytest.raises(Unfit, match=why):
        fit_value(value, kind)


@pytest.mark.parametrize("value", [2**24 + 1, 2**31, 2**69, str(2**24 + 1), "0.5"])
def test_a_real_number_is_one_whatever_it_was_written_as(value):
    found = fit_value(value, pa.float32())
    assert isinstance(found, float)
    assert pa.array([found], pa.float32())[0].as_py() == pytest.approx(float(value))


def test_lists_are_told_from_the_rest():
    assert [is_list(kind) for kind in (pa.list_(pa.int8()), pa.large_list(pa.int8()), pa.int8())] == [True, True, False]


def test_an_instant_has_its_zone():
    assert instant("2026-11-20T12:00:00+02:00") == datetime(2026, 11, 20, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no time zone"):
        instant("2026-11-20T12:00:00")
