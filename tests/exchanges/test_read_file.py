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
    rows = [row(exchange_id=f"x{i}", prompt_text="p" * 1_000, turn=i if i % 10 else 1.5) for i in range(100)]
    path = written("log", *rows)
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    for reading in (Reading(batch_rows=32), Reading(batch_bytes=20_000)):
        batches, count = read(path, kind, reading)
        assert len(batches) > 3
        assert max(batch.nbytes for batch in batches) < 50_000
        assert (sum(batch.num_rows for batch in batches), count.rows_count, count.set_aside_count) == (90, 90, 10)
        assert [one.line for one in count.examples[:3]] == [1, 11, 21]
        assert count.reasons == {"`turn` is not a whole number": 10}


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
