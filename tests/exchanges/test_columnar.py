import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.exchanges.columnar import column_batches, column_names
from stillwatch.exchanges.files import kind_of
from stillwatch.exchanges.reading import Reading
from stillwatch.log_errors import UnreadableLog

TABLE = pa.table({"a": range(1_000), "b": [str(i) for i in range(1_000)], "c": [None] * 1_000})


def stream(table, path):
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, 300)


def file(table, path):
    with pa.ipc.new_file(path, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table, 300)


WRITERS = {
    "parquet": lambda table, path: pq.write_table(table, path, row_group_size=300),
    "arrow": file,
    "arrow stream": stream,
}


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    WRITERS[request.param](TABLE, tmp_path / "log")
    assert kind_of(tmp_path / "log") == request.param
    return tmp_path / "log", request.param


def test_the_wanted_columns_come_in_bounded_batches(written):
    batches = list(column_batches(*written, lambda name: name in ("b", "a"), Reading(batch_rows=128)))
    assert max(batch.num_rows for batch in batches) <= 128
    assert pa.Table.from_batches(batches).equals(TABLE.select(["a", "b"]))
    assert column_names(*written) == ["a", "b", "c"]


def test_progress_is_told_before_each_batch(written):
    steps, counts = [], []
    for batch in column_batches(*written, bool, Reading(batch_rows=100), steps.append):
        counts.append(batch.num_rows)
        assert len(steps) == len(counts)
    size = written[0].stat().st_size
    assert 0.9 * size - len(steps) <= sum(steps) <= size
    assert max(steps) < size / 4


def test_large_rows_make_small_batches(written):
    batches = list(column_batches(*written, lambda name: name == "b", Reading(batch_bytes=100)))
    assert max(batch.nbytes for batch in batches) <= 100
    assert sum(batch.num_rows for batch in batches) == 1_000


def test_a_row_larger_than_a_batch_comes_alone(tmp_path):
    table = pa.table({"a": ["x" * 5_000_000, "y", "z"]})
    pq.write_table(table, tmp_path / "log")
    assert [
        batch.num_rows for batch in column_batches(tmp_path / "log", "parquet", bool, Reading(batch_bytes=1_000))
    ] == [1, 1, 1]


def test_a_file_cut_off_anywhere_is_an_error(written, tmp_path):
    path, kind = written
    whole = path.read_bytes()
    for cut in range(8, len(whole), max(1, len(whole) // 60)):
        (tmp_path / "cut").write_bytes(whole[:cut])
        with pytest.raises(UnreadableLog):
            list(column_batches(tmp_path / "cut", kind, bool, Reading()))


def test_a_file_without_columns_to_name_is_an_error(tmp_path):
    (tmp_path / "log").write_bytes(b"PAR1")
    with pytest.raises(UnreadableLog):
        column_names(tmp_path / "log", "parquet")


@pytest.mark.parametrize("kind", WRITERS)
def test_of_a_column_given_twice_the_first_is_read(kind, tmp_path):
    WRITERS[kind](pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "log")
    assert [batch.to_pydict() for batch in column_batches(tmp_path / "log", kind, bool, Reading())] == [{"a": [1]}]
