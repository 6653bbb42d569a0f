from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import NotForEngine
from stillwatch.exchanges.reading import Reading
from stillwatch.exchanges.spread import name_sources, open_spread_logs, ready, ready_now
from stillwatch.log_errors import MissingColumn, NoSuchLogs
from stillwatch.tables import EXCHANGES

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = pa.table({
    "exchange_id": ["a", "b", "c", None],
    "account_id": ["x", "x", None, "y"],
    "asked_at": pa.array([NOW, NOW + timedelta(days=9), NOW, NOW], pa.timestamp("us", "UTC")),
    "prompt_text": ["what is this", None, "", "and this"],
})  # fmt: skip


@pytest.fixture
def opened(spark_engine, tmp_path):
    def open_(*names, **files):
        for name, rows in files.items():
            pq.write_table(rows, tmp_path / f"{name}.parquet")
        sources = [name if ":" in name else str(tmp_path / f"{name}.parquet") for name in names]
        return open_spread_logs(sources, engine=spark_engine, now=NOW, reading=Reading(), columns=EXCHANGES.names)

    return open_


def test_rows_are_made_ready_as_a_reader_does():
    (batch,) = ROWS.to_batches()
    rows, faults = ready(batch, latest=NOW + timedelta(days=1))
    EXCHANGES.check(rows, "the test")
    assert rows.column("exchange_id").to_pylist() == ["a"]
    assert faults == {1: "`asked_at` is in the future", 2: "`account_id` is absent", 3: "`exchange_id` is absent"}


def test_a_stream_takes_now_for_now():
    later = pa.array([datetime.now(UTC) + timedelta(days=2)] * 4, pa.timestamp("us", "UTC"))
    (batch,) = ROWS.set_column(2, "asked_at", later).to_batches()
    assert ready_now(batch)[0].num_rows == 0


def test_texts_are_read_where_the_rows_are(opened):
    logs = opened("one", one=ROWS)
    assert logs.texts(["a", "b", "z"]) == {"a": "what is this"}
    assert opened("two", two=ROWS.drop_columns(["prompt_text"])).texts(["a"]) == {}
    assert opened("marks:anywhere").texts(["a"]) == {}


def test_several_sources_are_one(opened):
    logs = opened("one", "two", one=ROWS, two=ROWS.drop_columns(["prompt_text"]))
    assert [file.path.rsplit("/", 1)[-1] for file in logs.files] == ["one.parquet", "two.parquet"]
    assert logs.batches().rows.count() == 8


def test_rows_of_several_data_frames_count_once(spark, spark_engine):
    frames = [spark.createDataFrame(ROWS), spark.createDataFrame(ROWS)]
    logs = open_spread_logs(frames, engine=spark_engine, now=NOW, reading=Reading(), columns=EXCHANGES.names)
    assert [file.path for file in logs.files] == ["data frame 1", "data frame 2"]
    spark_engine.name("marks", ROWS.slice(0, 1))
    spark_engine.name("set_aside", pa.table({"fault": pa.array([], pa.string())}))
    assert sum(logs.ledger.files[file.path].rows_count for file in logs.files) == 1


def test_sources_that_lead_nowhere_or_lack_a_column_are_told(opened):
    for gone in ("gone", "table:nowhere"):
        with pytest.raises(NoSuchLogs):
            opened(gone)
    with pytest.raises(MissingColumn, match="account_id"):
        opened("less", less=ROWS.drop_columns(["account_id"]))


def test_a_table_that_the_catalogue_knows_is_read(opened, spark):
    spark.sql("CREATE OR REPLACE TEMP VIEW unseen AS SELECT 1 AS n")
    spark.sql("DROP TABLE IF EXISTS asked")
    spark.createDataFrame(ROWS).write.saveAsTable("asked")
    try:
        assert opened("table:asked").batches().rows.count() == 4
    finally:
        spark.sql("DROP TABLE asked")


def test_data_frames_have_names_of_their_own_in_records():
    assert name_sources(["logs/*.parquet", ROWS]) == ("logs/*.parquet", "a data frame")
    assert name_sources([ROWS, "table:asked", ROWS]) == ("data frame 1", "table:asked", "data frame 2")


@pytest.mark.parametrize("sources", [("marks:a", "marks:b"), ("logs/*.parquet", "marks:a"), ("marks:a", ROWS)])
def test_the_marks_of_a_stream_are_read_alone(sources):
    with pytest.raises(NotForEngine) as caught:
        open_spread_logs(sources, engine=object(), now=NOW, reading=Reading(), columns=EXCHANGES.names)
    assert caught.value.found.startswith("`marks:a` beside `")
