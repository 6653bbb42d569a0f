import csv
import json

import pytest

from stillwatch.exchanges import readers
from stillwatch.exchanges.reader import LEAST_SURE, how_surely
from stillwatch.exchanges.rows import Row
from stillwatch.exchanges.wrapped import unwrapped_rows

TWO = [{"a": 1}, {"a": 2}]


def told(value, known=lambda _record: False):
    return [row.value for row in unwrapped_rows([Row(7, value, None, 90)], known)]


@pytest.mark.parametrize("name", ["records", "data", "value", "results", "items"])
@pytest.mark.parametrize("beside", [{}, {"meta": {"page": 1}}, {"object": "list", "has_more": False, "count": 2}])
def test_wrapped_records_are_rows_with_the_number_of_their_object(name, beside):
    rows = [*unwrapped_rows([Row(7, beside | {name: TWO}, None, 90)], lambda _record: False)]
    assert rows == [Row(7, {"a": 1}, None, 45), Row(7, {"a": 2}, None, 45)]


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": 1},
        {"records": []},
        {"records": {"a": 1}},
        {"records": [{"a": 1}, 2]},
        {"records": "[]"},
        {"rows": TWO},
        {"records": TWO, "items": TWO},
        {"resourceSpans": TWO},
        *[{"data": TWO, name: None} for name in ("messages", "request", "response", "choices", "prompt", "model",
                                                 "input", "output", "body", "id", "account_id", "asked_at")],
    ],
)  # fmt: skip
def test_any_other_object_stays_as_it_is(value):
    assert told(value) == [value]


def test_what_is_read_as_it_is_stays_whole():
    assert told({"data": TWO}, lambda record: "data" in record) == [{"data": TWO}]


def test_a_row_with_a_fault_stays():
    assert [*unwrapped_rows([Row(1, None, "not JSON", 3)], lambda _record: False)] == [Row(1, None, "not JSON", 3)]


@pytest.mark.parametrize("indent", [None, 1])
def test_the_samples_of_all_formats_say_the_same_when_they_are_wrapped(indent, samples, rows_of, tmp_path):
    for sample in samples.glob("*.jsonl"):
        records = [json.loads(line) for line in sample.read_text().splitlines()]
        assert told({"records": records}) == records
        (tmp_path / "wrapped.json").write_text(json.dumps({"records": records, "nextLink": None}, indent=indent))
        given = {"mapping": samples / "mapping.toml"}
        assert rows_of(tmp_path / "wrapped.json", **given) == rows_of(sample, **given)


def test_each_line_may_wrap_records(written, row, rows_of):
    lines = [{"data": [row(exchange_id="x"), row(exchange_id="y")], "meta": {}}, {"data": [row(exchange_id="z")]}]
    assert [one["exchange_id"] for one in rows_of(written("a.jsonl", *lines))] == ["x", "y", "z"]


def test_a_record_that_a_mapping_reads_as_it_is_has_its_list(written, rows_of, tmp_path):
    paths = '[columns]\nexchange_id = "key"\nasked_at = "when"\naccount_id = "items[0].who"\nn = "items[1].n"\n'
    (tmp_path / "m.toml").write_text(paths)
    record = {"key": "r", "when": "2026-11-20T10:00:00Z", "items": [{"who": "a"}, {"n": 3}]}
    (row,) = rows_of(written("a.jsonl", record), mapping=tmp_path / "m.toml")
    assert (row["exchange_id"], row["account_id"], row["n"]) == ("r", "a", 3)


def test_csv_is_never_unwrapped(tmp_path, row, rows_of):
    with (tmp_path / "a.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*row(), "data"])
        writer.writeheader()
        writer.writerow(row(data=json.dumps(TWO)))
    assert len(rows_of(tmp_path / "a.csv")) == 1


def test_a_record_with_a_list_beside_what_every_row_needs_is_known(row):
    assert any(how_surely(reader, row(data=TWO)) >= LEAST_SURE for reader in readers())
