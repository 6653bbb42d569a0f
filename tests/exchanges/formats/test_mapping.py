from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.exchanges.formats.mapping import Mapped
from stillwatch.log_errors import BadMapping


def test_the_sample(rows_of, samples):
    first, second = rows_of(samples / "mapping.jsonl", mapping=samples / "mapping.toml")
    assert first["asked_at"] == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (first["account_id"], first["ip"], first["provider"]) == ("acct_17", "203.0.113.7", "acme")
    assert (first["prompt_text"], first["system_text"], first["turn"]) == ("And times 3?", "You are terse.", 1)
    assert (first["input_tokens"], first["output_tokens"], second["prompt_text"]) == (40, 9, "Hello")


@pytest.mark.parametrize("said", ["Hello", '{"task": "grade", "a": "..."}', '["a", "b"]'])
def test_messages_may_be_one_plain_text(said, rows_of, written, samples):
    record = {"req": {"id": "m", "ts": "20/11/2026 11:00:00", "auth": {"account": "a"}}, "payload": {"messages": said}}
    (row,) = rows_of(written("a.jsonl", record), mapping=samples / "mapping.toml")
    assert row["prompt_text"] == said


def test_parquet_with_dots_in_its_names(rows_of, tmp_path):
    table = pa.table({"req.id": ["r"], "when": pa.array([1795168800], pa.int64()), "who": [{"id": 5}]})
    pq.write_table(table, tmp_path / "a.parquet")
    columns = '[columns]\nexchange_id = "req.id"\nasked_at = "when"\naccount_id = "who.id"\n'
    (tmp_path / "m.toml").write_text(f'{columns}[constants]\nn = 1\n[time]\nunit = "s"\n')
    (row,) = rows_of(tmp_path / "a.parquet", mapping=tmp_path / "m.toml")
    assert row == {"exchange_id": "r", "asked_at": datetime(2026, 11, 20, 10, tzinfo=UTC), "account_id": "5", "n": 1}


def test_a_mapping_leaves_known_formats_to_their_readers(opened, samples):
    logs = opened(samples / "mapping.jsonl", samples / "openai.jsonl", mapping=samples / "mapping.toml")
    assert [file.format for file in logs.files] == ["mapping", "openai"]


def test_a_path_that_leads_nowhere_is_named(opened, written, tmp_path):
    log = written("a.jsonl", {"id": "r", "when": 1, "who": "a"})
    (tmp_path / "m.toml").write_text('[columns]\nexchange_id = "id"\nasked_at = "wen"\naccount_id = "who"\n')
    with pytest.raises(BadMapping) as told:
        opened(log, mapping=tmp_path / "m.toml")
    assert told.value.where == str(tmp_path / "m.toml")
    found = f"1. the path `wen` of `asked_at` leads nowhere in rows of {log} with `id`, `when`, `who`"
    assert told.value.found == found


REQUIRED = '[columns]\nexchange_id = "id"\nasked_at = "when"\naccount_id = "who"\n'
ASKED = {"id": "r", "when": "2026-11-20T10:00:00Z", "who": "a"}


@pytest.fixture
def listened(opened, written, tmp_path):
    """Open files of one record each by a mapping whose messages stand under `body.said`."""

    def open_each(*records, required=REQUIRED):
        (tmp_path / "m.toml").write_text(f'{required}[conversation]\nmessages = "body.said"\n')
        logs = [written(f"{number}.jsonl", *records) for number, records in enumerate(records)]
        return opened(*logs, mapping=tmp_path / "m.toml")

    return open_each


def test_messages_that_no_record_has_are_named(listened, stored, tmp_path):
    with pytest.raises(BadMapping) as told:
        listened([ASKED, ASKED | {"body": {"text": "Hello"}}], [ASKED])
    stored("messages_astray.txt", str(told.value).replace(str(tmp_path), "logs") + "\n")


@pytest.mark.parametrize("body", [{"said": "Hello"}, {"said": None}, None, '{"said": "Hello"}'])
def test_one_record_of_one_file_that_may_have_messages_vouches_for_the_path(body, listened):
    assert len(listened([ASKED], [ASKED, ASKED | {"body": body}], [ASKED]).files) == 3


def test_a_mapping_is_told_all_that_leads_nowhere_at_once(listened):
    with pytest.raises(
        BadMapping, match=r"2 faults(.|\n)*1\. the path `wen` of `asked_at`.*; 2\. .*`body\.said` of `con"
    ):
        listened([ASKED], required=REQUIRED.replace("when", "wen"))


def test_columns_that_no_row_fills_are_told(opened, written, row, tmp_path):
    paths = '[columns]\nexchange_id = "id"\nasked_at = "when"\naccount_id = "who"\nip = "addres"\nturn = "n"\n'
    (tmp_path / "m.toml").write_text(f'{paths}[constants]\nmodel = "m"\n')
    records = [ASKED, ASKED | {"id": "s", "n": 1}]
    logs = opened(written("a.jsonl", *records), written("b.jsonl", row(ip="203.0.113.7")), mapping=tmp_path / "m.toml")
    assert (logs.mapped, logs.unfilled) == ((), ())
    list(logs.batches())
    assert logs.mapped == ("exchange_id", "asked_at", "account_id", "ip", "turn")
    assert logs.unfilled == ("ip",)
    few = opened(tmp_path / "a.jsonl", mapping=tmp_path / "m.toml", columns=["exchange_id", "asked_at", "account_id"])
    list(few.batches())
    assert (few.mapped, few.unfilled) == (("exchange_id", "asked_at", "account_id"), ())


def test_logs_without_a_mapping_have_no_mapped_column(opened, written, row):
    logs = opened(written("a.jsonl", row()))
    list(logs.batches())
    assert (logs.mapped, logs.unfilled) == ((), ())


def test_times_that_are_written_otherwise_are_set_aside(opened, written, samples):
    record = {"req": {"id": "m", "ts": "20/11/2026 11:00:00", "auth": {"account": "a"}}, "payload": None}
    rows = [record] * 30 + [record | {"req": record["req"] | {"ts": "tomorrow"}}]
    logs = opened(written("a.jsonl", *rows), mapping=samples / "mapping.toml")
    assert sum(batch.num_rows for batch in logs.batches()) == 30
    assert logs.ledger.reasons == {"a time is not written as the mapping says": 1}


def test_nothing_is_read_without_a_mapping():
    assert list(Mapped().tell({"a": 1}, b"k")) == []
