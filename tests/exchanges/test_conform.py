from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from stillwatch.exchanges.conform import conform, instant
from stillwatch.tables import EXCHANGES

LATEST = datetime(2026, 11, 24, tzinfo=UTC)
ASKED = datetime(2026, 11, 20, 10, tzinfo=UTC)
BAD_UTF8 = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb")])
BAD_LIST = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), BAD_UTF8)


def conformed(**changed):
    given = {"exchange_id": ["x"], "asked_at": ["2026-11-20T10:00:00Z"], "account_id": ["a"]} | changed
    batch, faults = conform(given, 1, LATEST)
    assert batch.schema == EXCHANGES.schema
    batch.validate(full=True)
    return batch.to_pylist()[0] if batch.num_rows else faults[0]


@pytest.mark.parametrize(
    "given",
    [
        ["2026-11-20T10:00:00Z"],
        ["2026-11-20 12:00:00+02:00"],
        ["2026-11-20T10:00:00.000000000Z"],
        ["20261120T100000Z"],
        [1795168800],
        [1795168800.0],
        [1795168800_000],
        [1795168800_000_000],
        [1795168800_000_000_000],
        ["1795168800"],
        ["1795168800.000"],
        ["2026-11-20 10:00:00.000 UTC"],
        [ASKED],
        [ASKED.astimezone(timezone(timedelta(hours=3)))],
        *(
            pa.array([ASKED], pa.timestamp(unit, zone))
            for unit in ("s", "ms", "us", "ns")
            for zone in ("UTC", "Asia/Tokyo")
        ),
        pa.array(["2026-11-20T10:00:00Z"], pa.large_string()),
        pa.array([1795168800_000]),
        pa.array(["2026-11-20T10:00:00Z"]).dictionary_encode(),
        pa.array([b"2026-11-20T10:00:00Z"]),
    ],
)
def test_times(given):
    assert conformed(asked_at=given)["asked_at"] == ASKED


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (["2026-11-20T10:00:00"], "has no time zone"),
        ([datetime(2026, 11, 20)], "has no time zone"),
        (["2026-11-20"], "has no time zone"),
        (pa.array([ASKED.replace(tzinfo=None)]), "has no time zone"),
        (pa.array([1795168800_000_000_001], pa.timestamp("ns")), "has no time zone"),
        (["soon"], "is not a time"),
        ([True], "is not a time"),
        ([{"a": 1}], "is not a time"),
        ([1e40], "is not a time"),
        ([None], "is absent"),
        (pa.array([2**61], pa.timestamp("s", "UTC")), "is not a time"),
        (["2026-11-24T00:00:01Z"], "is in the future"),
        ([float("nan")], "is not a time"),
        ([10**30], "is not a time"),
    ],
)
def test_bad_times(given, fault):
    assert conformed(asked_at=given) == f"`asked_at` {fault}"


@pytest.mark.parametrize(
    ("column", "given", "found"),
    [
        ("account_id", [19], "19"),
        ("ip", [""], None),
        ("prompt_text", [""], None),
        ("model", pa.array(["a"]).dictionary_encode(), "a"),
        ("prompt_text", ["a\ud800b"], "a?b"),
        ("prompt_text", BAD_UTF8, "a\ufffdb"),
        ("prompt_text", pa.array([b"a\xff"]), "a\ufffd"),
        ("model", pa.array(["a"], pa.string_view()), "a"),
        ("turn", [-1], None),
        ("turn", [2.0], 2),
        ("turn", ["3"], 3),
        ("turn", pa.array([float("nan")]), None),
        ("turn", pa.array([4], pa.decimal128(5, 0)), 4),
        ("asn", [4294967295], 4294967295),
        ("asn", [-1], None),
        ("status_code", pa.array([200], pa.int64()), 200),
        ("temperature", [1], 1.0),
        ("temperature", ["0.5"], 0.5),
        ("temperature", pa.array([0.5], pa.float64()), 0.5),
        ("stream", ["true"], True),
        ("stream", [0], False),
        ("tools_called", [[]], []),
        ("tools_called", [["a", 2, None]], ["a", "2"]),
        ("tools_called", BAD_LIST, ["a\ufffdb"]),
        ("tools_called", pa.array([["a"]], pa.large_list(pa.large_string())), ["a"]),
        ("history_digests", [[-(2**63), 1]], [-(2**63), 1]),
        ("history_digests", pa.array([[1]], pa.list_(pa.int32())), [1]),
        ("country", pa.nulls(1), None),
    ],
)
def test_values_are_cast_leniently(column, given, found):
    assert conformed(**{column: given})[column] == found


@pytest.mark.parametrize(
    ("column", "given", "fault"),
    [
        ("ip", [{"a": 1}], "is not text"),
        ("ip", [True], "is not text"),
        ("turn", [1.5], "is not a whole number"),
        ("turn", ["x"], "is not a number"),
        ("turn", [True], "is not a number"),
        ("turn", [2**31], "is out of range"),
        ("turn", [float("inf")], "is out of range"),
        ("asn", [2**32], "is out of range"),
        ("stream", ["maybe"], "is not true or false"),
        ("stream", [2], "is not true or false"),
        ("tools_called", ["ab"], "is not a list"),
        ("tools_called", [[{}]], "is not text"),
        ("history_digests", [[1.5]], "is not a whole number"),
        ("account_id", [None], "is absent"),
        ("account_id", [""], "is absent"),
        ("turn", [[1]], "is not a number"),
        ("status_code", [10**40], "is out of range"),
    ],
)
def test_values_that_cannot_be_cast_say_why(column, given, fault):
    assert conformed(**{column: given}) == f"`{column}` {fault}"


def test_only_the_bad_rows_are_left_out():
    given = {"exchange_id": ["x", "y", "z"], "asked_at": [ASKED, "soon", ASKED], "account_id": ["a", "b", "c"]}
    batch, faults = conform(given | {"turn": [1, 2, "no"]}, 3, LATEST)
    assert batch.column("exchange_id").to_pylist() == ["x"]
    assert faults == {1: "`asked_at` is not a time", 2: "`turn` is not a number"}


def test_an_instant_has_its_zone():
    assert instant("2026-11-20T12:00:00+02:00") == ASKED
    with pytest.raises(ValueError, match="has no time zone"):
        instant("2026-11-20T12:00:00")
