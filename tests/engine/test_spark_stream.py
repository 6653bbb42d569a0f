import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import columns as c
from stillwatch.log_errors import NoSuchLogs
from stillwatch.tables import Declared

NAMED = Declared("named", (c.EXCHANGE_ID, c.ACCOUNT_ID), key=(c.EXCHANGE_ID,))


def functions():
    """Functions that travel to the workers by value, as those cannot import this file."""

    def ready(batch):
        names = batch.column("account_id").to_pylist()
        bad = {row: "`account_id` is absent" for row, one in enumerate(names) if one is None}
        return batch.filter(pa.array([row not in bad for row in range(len(batch))], pa.bool_())), bad

    def same(batch):
        return pa.RecordBatch.from_arrays(batch.columns, schema=NAMED.schema)

    return same, ready


def write(path, *names):
    path.parent.mkdir(exist_ok=True)
    pq.write_table(
        pa.table({"exchange_id": list(names), "account_id": [None if n == "c" else "x" for n in names]}), path
    )


def test_a_stream_goes_on_where_it_was_and_counts_only_whole_batches(spark, spark_engine, tmp_path):
    from stillwatch.engine.spark_stream import map_stream  # noqa: PLC0415 - Spark may be absent

    into = str(tmp_path / "kept")
    with pytest.raises(NoSuchLogs):
        spark_engine.show_kept(NAMED, f"{into}/named")
    seen = []
    for name, ids in (("0", "abc"), ("1", "d"), ("2", "")):
        if ids:
            write(tmp_path / "logs" / f"{name}.parquet", *ids)
        rows = spark.readStream.schema("exchange_id string, account_id string").parquet(str(tmp_path / "logs"))
        map_stream(rows, *functions(), NAMED, into=into).awaitTermination()
        spark_engine.show_kept(NAMED, f"{into}/named")
        seen.append("".join(spark_engine.sql("FROM named ORDER BY exchange_id")["exchange_id"].to_pylist()))
        assert spark_engine.sql("FROM set_aside")["fault"].to_pylist() == ["`account_id` is absent"]
    assert seen == ["ab", "abd", "abd"]
    (tmp_path / "kept" / "named" / "batch=1" / "_SUCCESS").unlink()
    spark_engine.show_kept(NAMED, f"{into}/named")
    assert spark_engine.sql("SELECT count(*) AS n FROM named")["n"].to_pylist() == [2]
