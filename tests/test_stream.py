import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import stillwatch
from stillwatch.marks.mark import mark_exchanges
from stillwatch.settings import PUBLIC_KEY, read_settings
from stillwatch.tables import EXCHANGES, MARKS
from stillwatch.worlds import Making, find_story, make

FILES = 6
LIVE = """
import sys
from stillwatch.engine.spark import start_spark
from stillwatch.settings import read_settings
from stillwatch.stream import mark_stream

with start_spark("local[1]") as spark:
    rows = spark.readStream.schema(spark.read.parquet(sys.argv[1]).schema).option("maxFilesPerTrigger", 1)
    mark_stream(rows.parquet(sys.argv[1]), into=sys.argv[2], settings=read_settings(None)).awaitTermination()
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A small world as six files, one a batch."""
    folder = tmp_path_factory.mktemp("stream")
    make(Making(find_story("hydra"), scale=0.02), folder / "world")
    rows = pq.read_table(folder / "world" / "exchanges.parquet")
    (folder / "logs").mkdir()
    size = rows.num_rows // FILES + 1
    for number in range(FILES):
        pq.write_table(rows.slice(number * size, size), folder / "logs" / f"{number}.parquet")
    return folder / "logs"


def live(source: Path, into: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", LIVE, str(source), str(into)]
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": "--conf spark.ui.enabled=false pyspark-shell",
    }
    with (into.parent / "live.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def whole(into: Path) -> list[Path]:
    return sorted(one.parent for one in into.glob("marks/batch=*/_SUCCESS"))


def marked(source: Path) -> list[str]:
    """The marks of all files, as one machine makes them."""
    rows = pq.read_table(source).select(EXCHANGES.names).cast(EXCHANGES.schema).combine_chunks()
    return sorted(
        map(repr, pa.Table.from_batches([mark_exchanges(one, key=PUBLIC_KEY) for one in rows.to_batches()]).to_pylist())
    )


def test_a_stream_that_is_killed_and_started_again_marks_each_exchange_once(spark_engine, source, tmp_path):
    into, never = tmp_path / "live", threading.Event()
    process = live(source, into)
    while len(whole(into)) < 2 and process.poll() is None:
        never.wait(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = {one.name for one in whole(into)}
    assert 2 <= len(before) < FILES

    # If it was not killed between the writing of a batch and its note, be it now: the last batch is done again.
    last = max(int(one.name) for one in (into / "checkpoint" / "offsets").glob("[0-9]*"))
    for note in (into / "checkpoint" / "commits").glob(f"*{last}*"):
        note.unlink()
    again = into / "marks" / f"batch={last}"
    written = {one.name for one in again.glob("*.parquet")}

    assert live(source, into).wait() == 0, (tmp_path / "live.log").read_text()
    assert written.isdisjoint(one.name for one in again.glob("*.parquet"))
    assert len(whole(into)) == FILES
    spark_engine.show_kept(MARKS, str(into / "marks"))
    kept = spark_engine.sql(f"SELECT {', '.join(MARKS.names)} FROM marks").cast(MARKS.schema)
    assert sorted(map(repr, kept.to_pylist())) == marked(source)

    loose = tmp_path / "loose.toml"
    loose.write_text("[judging]\nfalse_discovery_rate = 1.0\nleast_evidence_bits = 0.0\nfewest_families = 1\n")
    found = [
        stillwatch.scan(given, into=tmp_path / name, settings=read_settings(loose), engine=engine)
        for name, given, engine in (("stream", f"marks:{into}/marks", spark_engine), ("logs", str(source), None))
    ]
    assert found[0].findings == found[1].findings
    assert found[0].summary.exchanges_count == found[1].summary.exchanges_count
