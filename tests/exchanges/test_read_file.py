import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.exchanges import readers
from stillwatch.exchanges.ledger import FileCount
from stillwatch.exchanges.read_file import LogFile, OneFile, Terms, all_rows
from stillwatch.exchanges.reading import Reading
from stillwatch.tables import EXCHANGES

LATEST = datetime(2026, 11, 24, tzinfo=UTC)
NATIVE = next(reader for reader in readers() if reader.name == "native")


def read(path, kind, reading, reader=NATIVE):
    one = OneFile(LogFile(str(path), reader.name, kind, 0), reader, Terms(b"k", LATEST, reading), FileCount())
    batches = list(one.batches())
    for batch in batches:
        EXCHANGES.check(batch, "a test")
    return batches, one.count


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_batches_are_bounded_and_rows_are_counted(kind, written, row, tmp_path):
    rows = [row(exchange_id=f"x{i}", prompt_text="p" * 1_000, asked_at="2026-11-20T10:00:00Z" if i % 10 else "soon")
            for i in range(100)]  # fmt: skip
    path = written("log", *rows)
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    for reading in (Reading(batch_rows=32), Reading(batch_bytes=20_000)):
        batches, count = read(path, kind, reading)
        assert len(batches) > 3
        assert max(batch.nbytes for batch in batches) < 50_000
        assert (sum(batch.num_rows for batch in batches), count.rows_count, count.set_aside_count) == (90, 90, 10)
        assert [one.line for one in count.examples[:3]] == [1, 11, 21]
        assert count.reasons == {"`asked_at` is not a time": 10}


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_what_a_caller_writes_badly_is_left_out_and_counted(kind, written, row, tmp_path):
    rows = [row(max_tokens=3_000_000_000, n=1.5), row(max_tokens=300, n=1.0)]
    path = written("log", *rows)
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    batches, count = read(path, kind, Reading())
    assert batches[0].select(["max_tokens", "n"]).to_pylist() == [
        {"max_tokens": None, "n": None}, {"max_tokens": 300, "n": 1}]  # fmt: skip
    assert count.left_out == {"`max_tokens` is out of range": 1, "`n` is not a whole number": 1}
    assert count.set_aside_count == 0


def test_the_columns_that_any_row_fills_are_known(written, row):
    given = [row(turn=1), row(ip="203.0.113.7"), row(ip="not known", asked_at="soon", country="DE")]
    for reading in (Reading(), Reading(batch_rows=1)):
        _, count = read(written("log", *given), "json", reading)
        assert count.filled == {"exchange_id", "asked_at", "account_id", "turn", "ip"}


def test_a_caller_cannot_hide_by_what_it_sends(written):
    openai = next(reader for reader in readers() if reader.name == "openai")
    asked = {"model": [1], "messages": [{"role": "user", "content": "a"}], "user": {}, "safety_identifier": [1],
             "temperature": "hot", "top_p": [], "max_tokens": 3_000_000_000, "n": "n", "stream": 5,
             "reasoning_effort": {"a": 1}}  # fmt: skip
    path = written("log", {"request": asked, "asked_at": "2026-11-20T10:00:00Z", "account_id": "a"})
    batches, count = read(path, "json", Reading(), openai)
    assert batches[0].column("prompt_text").to_pylist() == ["a"]
    assert sorted(reason.split()[0] for reason in count.left_out) == [
        "`end_user_id`", "`max_tokens`", "`model`", "`n`", "`reasoning_effort`", "`stream`", "`temperature`", "`top_p`",
    ]  # fmt: skip


DEEP = '{"content": [' * 450 + "]}" * 450
ASKED = '{"asked_at": "2026-11-20T10:00:00Z", "account_id": "%s", "request": {"model": "m", "messages": %s}}'


def test_a_message_that_is_nested_deeply_ends_no_reading(written):
    openai = next(reader for reader in readers() if reader.name == "openai")
    deep = f'[{{"role": "user", "content": ["a", {DEEP}]}}]'
    path = written("log", "\n".join([ASKED % ("a", deep), ASKED % ("b", '[{"role": "user"}]')]).encode())
    batches, count = read(path, "json", Reading(), openai)
    assert batches[0].column("account_id").to_pylist() == ["a", "b"]
    assert batches[0].column("prompt_text").to_pylist() == ["a", None]
    assert count.set_aside_count == 0


@pytest.mark.parametrize("depth", [100, 450, 900, 930, 960, 990, 5_000])
def test_nesting_hides_no_row(depth, written):
    openai = next(reader for reader in readers() if reader.name == "openai")
    result = {"type": "tool_result", "content": [{"json": "HERE"}]}
    said = json.dumps([{"role": "user", "content": ["a", result]}]).replace('"HERE"', "[" * depth + "]" * depth)
    batches, count = read(written("log", (ASKED % ("a", said)).encode()), "json", Reading(), openai)
    assert batches[0].column("prompt_text").to_pylist()[0].startswith("a\n")
    assert count.set_aside_count == 0


def test_a_row_too_deep_to_be_told_is_set_aside(written):
    class Climber(type(NATIVE)):
        def tell(self, record, key):
            return self.tell(record, key)

    batches, count = read(written("log", {"a": 1}), "json", Reading(), Climber())
    assert (batches[0].num_rows, count.reasons) == (0, {"JSON is nested too deeply": 1})


def test_a_text_that_is_no_unicode_costs_no_other_row_its_messages(tmp_path):
    said = '[{"role": "user", "content": "ab"}]'
    row = {"request_id": "r", "call_type": "acompletion", "startTime": "2026-11-20T10:00:00", "prompt_tokens": 1,
           "user": "u", "messages": said.replace("a", "b"), "metadata": "{}"}  # fmt: skip
    table = pa.Table.from_pylist([row | {"messages": said}, row])
    bad = (
        table["messages"].combine_chunks().chunk(0) if table["messages"].num_chunks > 1 else table["messages"].chunk(0)
    )
    buffers = bad.buffers()
    buffers[2] = pa.py_buffer(buffers[2].to_pybytes().replace(b"ab", b"a\xff"))
    broken = pa.Array.from_buffers(pa.string(), 2, buffers)
    pq.write_table(table.set_column(table.schema.get_field_index("messages"), "messages", broken), tmp_path / "log")
    litellm = next(reader for reader in readers() if reader.name == "litellm")
    batches, _ = read(tmp_path / "log", "parquet", Reading(), litellm)
    assert batches[0].column("prompt_text").to_pylist() == ["a\ufffd", "bb"]


def test_a_row_of_five_megabytes(written, row):
    batches, _ = read(written("log", row(prompt_text="é" * 2_500_000), row()), "json", Reading())
    assert batches[0].column("prompt_text").to_pylist() == ["é" * 2_500_000, None]


def test_rows_without_a_name_of_their_own_get_the_same_name_again(written):
    openai = next(reader for reader in readers() if reader.name == "openai")
    asked = {"request": {"model": "m", "messages": []}, "asked_at": "2026-11-20T10:00:00Z", "account_id": "a"}
    batches, _ = read(
        written("log", asked, dict(reversed(asked.items())), asked | {"account_id": "b"}), "json", Reading(), openai
    )
    first, second, third = batches[0].column("exchange_id").to_pylist()
    assert first == second != third
    assert first.startswith("unnamed-")


def test_rows_of_column_files_are_objects(tmp_path):
    table = pa.table({"a": [1, 2], "b": [{"c": "x"}, None]})
    pq.write_table(table, tmp_path / "log")
    assert [(row.number, row.value) for row in all_rows(tmp_path / "log", "parquet", Reading())] == [
        (1, {"a": 1, "b": {"c": "x"}}), (2, {"a": 2, "b": None})]  # fmt: skip
