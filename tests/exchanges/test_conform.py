from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pyarrow as pa
import pytest

from stillwatch.exchanges.conform import EARLIEST, conform, plain_values
from stillwatch.tables import EXCHANGES

LATEST = datetime(2026, 11, 24, tzinfo=UTC)
ASKED = datetime(2026, 11, 20, 10, tzinfo=UTC)
BAD_UTF8 = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb")])
NAMED = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
BAD_LIST = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), BAD_UTF8)


def conformed(**changed):
    given = {"exchange_id": ["x"], "asked_at": ["2026-11-20T10:00:00Z"], "account_id": ["a"]} | changed
    batch, faults, _ = conform(given, 1, LATEST)
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
        ([0], "is before 2015"),
        (["0001-01-01T00:00:00Z"], "is before 2015"),
        ([EARLIEST - timedelta(microseconds=1)], "is before 2015"),
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
        ("tools_called", pa.array([["a", None]]), ["a"]),
        ("country", pa.nulls(1), None),
        ("account_id", [NAMED], str(NAMED)),
        ("project_id", pa.array([NAMED.bytes], pa.uuid()), str(NAMED)),
        ("ip", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("ip", pa.array(["2001:DB8:0::1"]), "2001:db8::1"),
        ("ip", ["93.254.213.206, 10.0.0.216"], "93.254.213.206"),
        ("email_domain", ["ann@acme.example"], "acme.example"),
    ],
)
def test_values_are_cast_leniently(column, given, found):
    assert conformed(**{column: given})[column] == found


@pytest.mark.parametrize(
    ("column", "given", "fault"),
    [
        ("ip", [{"a": 1}], "is not text"),
        ("ip", [True], "is not text"),
        ("ip", ["not known"], "is not an address"),
        ("ip", pa.array(["unknown, 10.0.0.1"]), "is not an address"),
        ("email_domain", ["ann@"], "is not a domain"),
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
        ("turn", [[1]], "is not a number"),
        ("status_code", [10**40], "is out of range"),
    ],
)
def test_a_value_that_cannot_be_cast_is_left_out_and_hides_no_row(column, given, fault):
    rows, faults, left_out = conform(
        {"exchange_id": ["x"], "asked_at": [ASKED], "account_id": ["a"], column: given}, 1, LATEST
    )
    assert (rows.to_pylist()[0][column], faults) == (None, {})
    assert left_out == {f"`{column}` {fault}": 1}


@pytest.mark.parametrize(("given", "fault"), [([None], "is absent"), ([""], "is absent"), ([{"a": 1}], "is not text")])
def test_a_row_without_its_account_is_set_aside(given, fault):
    assert conformed(account_id=given) == f"`account_id` {fault}"


def test_a_time_without_a_zone_is_refused_whatever_stands_beside_it():
    naive = ASKED.replace(tzinfo=None)
    given = {"exchange_id": ["x", "y"], "asked_at": [ASKED, naive], "account_id": ["a", "a"]}
    batch, faults, _ = conform(given, 2, LATEST)
    assert batch["exchange_id"].to_pylist() == ["x"]
    assert faults == {1: "`asked_at` has no time zone"}


def test_only_the_bad_rows_are_set_aside():
    given = {"exchange_id": ["x", "y", "z"], "asked_at": [ASKED, "soon", ASKED], "account_id": ["a", "b", "c"]}
    batch, faults, left_out = conform(given | {"turn": [1, 2, "no"]}, 3, LATEST)
    assert batch.select(["exchange_id", "turn"]).to_pylist() == [
        {"exchange_id": "x", "turn": 1}, {"exchange_id": "z", "turn": None}]  # fmt: skip
    assert faults == {1: "`asked_at` is not a time"}
    assert left_out == {"`turn` is not a number": 1}


@pytest.mark.parametrize("beside", [["b"], [5]])
def test_what_else_is_in_a_batch_changes_no_value(beside):
    given = {"exchange_id": ["x", "y"], "asked_at": [ASKED, ASKED], "account_id": ["a", "b"]}
    rows = conform(given | {"tools_offered": [["a", None], beside]}, 2, LATEST).rows
    assert rows.column("tools_offered").to_pylist()[0] == ["a"]


ODD_TIME = pa.array([2**61], pa.timestamp("s", "UTC"))
BAD_STRUCT = pa.StructArray.from_arrays([BAD_UTF8, pa.array([1])], ["a", "n"])


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (pa.concat_arrays([BAD_UTF8, pa.array(["c", None])]), ["a\ufffdb", "c", None]),
        (pa.DictionaryArray.from_arrays(pa.array([0, None]), BAD_UTF8), ["a\ufffdb", None]),
        (BAD_LIST, [["a\ufffdb"]]),
        (BAD_STRUCT, [{"a": "a\ufffdb", "n": 1}]),
        (pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), BAD_STRUCT), [[{"a": "a\ufffdb", "n": 1}]]),
        (pa.MapArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["k"]), BAD_UTF8), [[("k", "a\ufffdb")]]),
        (pa.StructArray.from_arrays([BAD_UTF8, pa.array(["c"])], ["a", "a"]), [{"a": "c"}]),
        (ODD_TIME, ODD_TIME.cast(pa.string()).to_pylist()),
    ],
)
def test_what_is_no_unicode_is_replaced_where_it_stands(given, found):
    assert plain_values(given) == found
