import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import columns as c
from stillwatch.engine import duck
from stillwatch.engine.duck import DuckEngine
from stillwatch.errors import CannotWrite, MemoryExhausted, TableMismatch
from stillwatch.tables import Declared

NUMBERS = Declared("numbers", (c.EXCHANGE_ID, c.INPUT_TOKENS), key=(c.EXCHANGE_ID,))
LATE = datetime(2026, 2, 3, 23, 30, tzinfo=UTC)


def counted(rows: int) -> str:
    return f"SELECT 'e' || i AS exchange_id, i AS input_tokens FROM range({rows}) AS r(i)"


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    twice = pc.multiply(batch["input_tokens"], 2)
    return pa.RecordBatch.from_arrays([twice, batch["exchange_id"]], ["input_tokens", "exchange_id"])


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


@pytest.mark.parametrize("source", ["table", "file", "folder", "kept"])
def test_a_name_reads_the_same_whatever_it_stands_for(engine, tmp_path, source):
    table = pa.table({"exchange_id": ["a", "b"], "input_tokens": [1, None]})
    (tmp_path / "given").mkdir()
    pq.write_table(table.slice(0, 1), tmp_path / "given/0.parquet")
    pq.write_table(table.slice(1), tmp_path / "given/1.parquet")
    pq.write_table(table, tmp_path / "one.parquet")
    engine.name("kept", table)
    given = {"table": table, "file": tmp_path / "one.parquet", "folder": tmp_path / "given"}
    engine.name("numbers", engine.keep("again", "FROM kept") if source == "kept" else given[source])
    assert engine.sql("FROM numbers ORDER BY exchange_id").equals(table)


def test_the_last_meaning_of_a_name_counts(engine, tmp_path):
    pq.write_table(pa.table({"n": [1]}), tmp_path / "one.parquet")
    for n, source in [(1, tmp_path / "one.parquet"), (2, pa.table({"n": [2]})), (1, tmp_path / "one.parquet")]:
        engine.name("named", source)
        assert engine.sql("FROM named")["n"].to_pylist() == [n]


def test_what_is_kept_may_be_kept_again_out_of_itself(engine):
    engine.keep("numbers", counted(3))
    engine.keep("numbers", "FROM numbers UNION ALL FROM numbers")
    assert engine.sql("FROM numbers").num_rows == 6


def test_what_is_held_may_be_held_again_and_shown(engine):
    engine.hold("held_numbers", counted(3))
    engine.hold("held_numbers", "FROM held_numbers UNION ALL FROM held_numbers")
    engine.show("shown_numbers", "FROM held_numbers WHERE input_tokens = 2")
    assert engine.sql("FROM shown_numbers").num_rows == 2
    engine.forget("held_numbers")
    engine.name("held_numbers", pa.table({"n": [1]}))
    assert engine.sql("FROM held_numbers").to_pylist() == [{"n": 1}]


def test_more_is_held_than_fits_in_memory(tmp_path):
    with DuckEngine(threads=1, memory_bytes=60_000_000, folder=tmp_path) as engine:
        engine.hold("digests", "SELECT md5(i::VARCHAR) AS digest, i FROM range(3_000_000) AS t(i)")
        rows = engine.sql("SELECT count(*) AS n, count(DISTINCT i % 1000) AS kinds, sum(i)::BIGINT AS i FROM digests")
    assert rows.to_pylist() == [{"n": 3_000_000, "kinds": 1000, "i": sum(range(3_000_000))}]


def test_several_queries_are_kept_as_one(engine):
    engine.keep_all("numbers", [counted(3), counted(2)])
    engine.keep_all("numbers", ["FROM numbers", counted(1)])
    assert sorted(engine.sql("FROM numbers")["input_tokens"].to_pylist()) == [0, 0, 0, 1, 1, 2]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_days_are_utc_wherever_the_machine_stands(engine, zone, monkeypatch, tmp_path):
    monkeypatch.setenv("TZ", zone)
    with DuckEngine(threads=1, folder=tmp_path) as there:
        for one in (engine, there):
            one.name("exchanges", pa.table({"asked_at": pa.array([LATE], c.INSTANT)}))
        query = (
            "SELECT asked_at, asked_at::DATE AS day, hour(asked_at) AS hour, asked_at::VARCHAR AS text FROM exchanges"
        )
        assert there.sql(query).equals(engine.sql(query))
        assert there.sql(query).schema.field("asked_at").type == c.INSTANT
        assert there.sql(query).to_pylist()[0]["day"] == date(2026, 2, 3)


def test_nothing_is_fetched_to_run_a_query(engine):
    with pytest.raises(Exception, match=r"requires the extension httpfs to be loaded"):
        engine.sql("FROM read_parquet('https://localhost:1/a.parquet')")


def test_batches_hold_every_row_once_and_no_more_than_asked(engine):
    sizes = [(batch.num_rows, pc.sum(batch["input_tokens"]).as_py()) for batch in engine.batches(counted(5_000), 1_000)]
    assert sum(rows for rows, _ in sizes) == 5_000
    assert sum(total for _, total in sizes) == sum(range(5_000))
    assert 500 < max(rows for rows, _ in sizes) <= 1_000
    assert [batch.num_rows for batch in engine.batches(counted(3), 1)] == [1, 1, 1]
    assert list(engine.batches(counted(0))) == []


def test_batches_of_long_text_hold_fewer_rows(engine, monkeypatch):
    monkeypatch.setattr(duck, "LARGEST_BATCH_BYTES", 3_000_000)
    batches = list(engine.batches("SELECT repeat('x', 5_000) AS prompt_text FROM range(2_000)"))
    assert sum(batch.num_rows for batch in batches) == 2_000
    assert 1_500_000 < max(batch.nbytes for batch in batches) <= 3_000_000


def test_other_queries_run_while_batches_are_taken(engine):
    engine.name("numbers", pa.table({"n": range(1_000)}))
    for one, other in zip(engine.batches("FROM numbers", 500), engine.batches("FROM numbers", 500), strict=True):
        assert one.num_rows == other.num_rows
        assert engine.sql("FROM numbers").num_rows == 1_000


def test_a_query_beyond_the_memory_spills_and_ends_right(tmp_path):
    query = "SELECT hash(i // 2) AS h, count(*) AS n FROM range(6_000_000) AS r(i) GROUP BY h"
    with DuckEngine(memory_bytes=100_000_000, threads=2, folder=tmp_path) as engine:
        engine.keep("groups", query)
        assert engine.sql("SELECT count(*) AS groups, min(n) AS n FROM groups").to_pylist() == [
            {"groups": 3_000_000, "n": 2}
        ]
        assert (engine.folder / "spill").exists()
    assert files(tmp_path) == []


def test_the_memory_bound_is_kept_to_the_byte(tmp_path):
    with DuckEngine(memory_bytes=64 * 2**20, threads=1, folder=tmp_path) as engine:
        assert engine.sql("SELECT current_setting('memory_limit') AS m")["m"][0].as_py() == "64.0 MiB"


@pytest.mark.parametrize(
    ("allowed", "bound"), [("max\n", None), ("2000000\n", 1_000_000), (str(2**62), None), (None, None)]
)
def test_half_of_the_memory_is_half_of_what_the_container_allows(allowed, bound, tmp_path):
    limit = tmp_path / "memory.max"
    if allowed is not None:
        limit.write_text(allowed)
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert duck.half_of_memory(limit) == (bound or machine // 2)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("rows", [7, 100_000])
def test_mapped_rows_are_the_same_for_any_threads_and_batches(threads, rows, tmp_path):
    with DuckEngine(threads=threads, folder=tmp_path) as engine:
        path = engine.map_batches(doubled, engine.batches(counted(600), rows), NUMBERS)
        assert pq.ParquetFile(path / "0.parquet").schema_arrow.equals(NUMBERS.schema)
        table = engine.sql("FROM numbers ORDER BY input_tokens")
    assert table["input_tokens"].to_pylist() == [2 * i for i in range(600)]
    assert table["exchange_id"].to_pylist() == [f"e{i}" for i in range(600)]


WRITING = {
    "name": lambda engine: engine.name("numbers", pa.table({"n": [1]})),
    "keep": lambda engine: engine.keep("numbers", counted(3)),
    "keep_all": lambda engine: engine.keep_all("numbers", [counted(3)]),
    "map_batches": lambda engine: engine.map_batches(doubled, engine.batches(counted(3)), NUMBERS),
}


@pytest.mark.parametrize("how", WRITING)
def test_temporary_files_that_cannot_be_written_are_told(how, engine):
    shutil.rmtree(engine.folder)
    with pytest.raises(CannotWrite, match=re.escape(str(engine.folder))):
        WRITING[how](engine)


def test_a_table_that_is_gone_is_told(engine, tmp_path):
    with pytest.raises(CannotWrite, match=r"gone\.parquet"):
        engine.name("gone", tmp_path / "gone.parquet")


def test_a_folder_for_temporary_files_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CannotWrite, match="No such file or directory"):
        DuckEngine(folder=tmp_path / "gone")


def test_a_writer_that_fails_twice_on_a_full_disk_is_told_once(engine, monkeypatch):
    def full(writer, *_given):
        writer.is_open = False
        raise OSError(errno.ENOSPC, "Error writing bytes to file")

    monkeypatch.setattr(duck.pq.ParquetWriter, "write_batch", full)
    monkeypatch.setattr(duck.pq.ParquetWriter, "close", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        engine.map_batches(doubled, engine.batches(counted(3)), NUMBERS)


def test_too_little_memory_and_no_room_to_spill_is_told(tmp_path):
    with DuckEngine(memory_bytes=20_000_000, threads=1, folder=tmp_path) as engine:
        engine._connection.execute("SET max_temp_directory_size = '0B'")
        with pytest.raises(MemoryExhausted, match="Out of Memory"):
            engine.sql("SELECT count(*) FROM (SELECT md5(i::VARCHAR) AS m FROM range(2_000_000) AS r(i) ORDER BY m)")


def test_batches_are_kept_in_the_order_they_came(engine):
    given = (pa.record_batch({"exchange_id": [str(i)], "input_tokens": [i]}) for i in range(40))
    path = engine.map_batches(doubled, given, NUMBERS)
    assert pq.read_table(path / "0.parquet")["input_tokens"].to_pylist() == list(range(0, 80, 2))


def test_nothing_mapped_is_an_empty_table(engine):
    engine.map_batches(doubled, [], NUMBERS)
    assert engine.sql("FROM numbers").schema.names == list(NUMBERS.names)


def test_what_was_mapped_may_be_mapped_again(engine):
    engine.map_batches(doubled, engine.batches(counted(3)), NUMBERS)
    engine.map_batches(doubled, engine.batches("FROM numbers"), NUMBERS)
    assert sorted(engine.sql("FROM numbers")["input_tokens"].to_pylist()) == [0, 4, 8]


def test_few_batches_are_in_flight(tmp_path, monkeypatch):
    taken, done = [], []
    monkeypatch.setattr(duck.Written, "add", lambda _written, batch: done.append(batch))

    def given():
        for i in range(50):
            taken.append(i)
            assert len(taken) - len(done) <= 9  # four a thread and this one
            yield pa.record_batch({"exchange_id": [str(i)], "input_tokens": [i]})

    with DuckEngine(threads=2, folder=tmp_path) as engine:
        engine.map_batches(doubled, given(), NUMBERS)
    assert len(taken) == len(done) == 50


def test_a_batch_that_breaks_its_declaration_is_refused(engine):
    with pytest.raises(TableMismatch, match="does not keep the declaration"):
        engine.map_batches(lambda batch: batch.drop_columns(["input_tokens"]), engine.batches(counted(3)), NUMBERS)


def test_an_error_in_a_thread_comes_out_whole(engine):
    def fails(_batch: pa.RecordBatch) -> pa.RecordBatch:
        raise ZeroDivisionError("at row 2")

    with pytest.raises(ZeroDivisionError, match="at row 2"):
        engine.map_batches(fails, engine.batches(counted(3)), NUMBERS)
    assert engine.sql(counted(3)).num_rows == 3


def test_files_stay_in_one_folder_that_goes_with_the_engine(tmp_path):
    odd = tmp_path / "it's [1] *?"
    odd.mkdir()
    with DuckEngine(threads=1, folder=odd) as engine:
        engine.keep("numbers", counted(3))
        engine.map_batches(doubled, engine.batches("FROM numbers"), NUMBERS)
        assert engine.sql("FROM numbers").num_rows == 3
        assert len(list(odd.iterdir())) == 1
    engine.close()
    assert files(odd) == []
    with pytest.raises(ZeroDivisionError), DuckEngine(threads=1, folder=odd) as engine:
        engine.keep("numbers", f"{counted(3 // engine.sql('FROM range(0)').num_rows)}")
    assert files(odd) == []


INTERRUPTED = """
    import signal, sys
    from pathlib import Path
    from stillwatch.engine.duck import DuckEngine
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    with DuckEngine(threads=2, folder=Path(sys.argv[1])) as engine:
        engine.keep("numbers", "SELECT 1 AS a")
        print("ready", flush=True)
        {work}
"""


def interrupted(run):
    # Python drops an interrupt that arrives within a destructor; a person would press Ctrl-C again, and so do we.
    for _ in range(20):
        run.send_signal(signal.SIGINT)
        try:
            return run.communicate(timeout=3)[1]
        except subprocess.TimeoutExpired:
            continue
    pytest.fail("twenty interrupts did not end the work")


@pytest.mark.parametrize("work", [
    'engine.sql("SELECT max(hash(range)) FROM range(1_000_000_000_000)")',
    'engine.keep("numbers", "SELECT max(hash(range)) AS a FROM range(1_000_000_000_000)")',
    'list(engine.batches("SELECT max(hash(range)) FROM range(1_000_000_000_000)"))',
    'for batch in engine.batches("FROM range(1_000_000_000_000)"): pass',
])  # fmt: skip
def test_an_interrupt_ends_the_work_and_removes_the_files(work, tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(INTERRUPTED).format(work=work), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "ready\n"
        try:
            told = interrupted(run)
        finally:
            run.kill()
    assert run.returncode != 0
    assert "interrupt" in told.lower()
    assert files(tmp_path) == []
