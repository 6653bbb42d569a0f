import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import columns as c
from stillwatch.engine.written import GROUP_ROWS, Written
from stillwatch.errors import TableMismatch
from stillwatch.tables import Declared

SKETCHED = Declared("sketched", (c.EXCHANGE_ID, c.HISTORY_DIGESTS, c.MEANING_VECTOR, c.MODEL), key=(c.EXCHANGE_ID,))


def batch_of(first, count):
    ids = pa.array([f"e{first + place}" for place in range(count)])
    digests = pa.array([[1, place] for place in range(count)], c.DIGESTS)
    models = pa.array(["m", "n"] * count)[:count]
    return pa.RecordBatch.from_arrays([pa.array([bytes(64)] * count, pa.binary(64)), digests, ids, models],
                                      ["meaning_vector", "history_digests", "exchange_id", "model"])  # fmt: skip


def test_rows_come_back_in_their_order_in_few_groups(tmp_path):
    with Written(tmp_path / "a.parquet", SKETCHED) as written:
        for place in range(10):
            written.add(batch_of(place * GROUP_ROWS // 4, GROUP_ROWS // 4))
    file = pq.ParquetFile(tmp_path / "a.parquet")
    assert file.num_row_groups == 3
    found = file.read()
    assert found.column_names == list(SKETCHED.names)
    assert found["exchange_id"].to_pylist() == [f"e{place}" for place in range(10 * (GROUP_ROWS // 4))]


def test_what_repeats_is_folded_and_wide_values_are_not(tmp_path):
    with Written(tmp_path / "a.parquet", SKETCHED) as written:
        written.add(batch_of(0, 100))
    group = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0)
    about = {group.column(place).path_in_schema: group.column(place) for place in range(group.num_columns)}
    for name in ("exchange_id", "history_digests.list.element", "meaning_vector"):
        assert about[name].compression == "UNCOMPRESSED"
        assert not about[name].has_dictionary_page
    assert about["model"].compression == "ZSTD"
    assert about["model"].has_dictionary_page
    assert not any(one.is_stats_set for one in about.values())


def test_a_wrong_batch_is_refused_and_nothing_more_is_written(tmp_path):
    def write(*batches):
        with Written(tmp_path / "a.parquet", SKETCHED) as written:
            for one in batches:
                written.add(one)

    with pytest.raises(TableMismatch):
        write(batch_of(0, 3), batch_of(3, 3).drop_columns(["exchange_id"]))
    assert pq.read_metadata(tmp_path / "a.parquet").num_rows == 0


def test_no_batches_give_an_empty_table(tmp_path):
    with Written(tmp_path / "a.parquet", SKETCHED):
        pass
    assert pq.read_table(tmp_path / "a.parquet").schema.equals(SKETCHED.schema)
