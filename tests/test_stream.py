import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.marks.mark import mark_exchanges
from stillwatch.settings import PUBLIC_KEY
from stillwatch.tables import EXCHANGES, MARKS
from stillwatch.worlds import Making, find_story, make

FILES = 6
QUICK = """--conf spark.ui.enabled=false --conf spark.sql.codegen.wholeStage=false --conf spark.sql.shuffle.partitions=1
--conf spark.sql.codegen.factoryMode=NO_CODEGEN
--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"""
LOOSE = "[judging]\nfalse_discovery_rate = 1.0\nleast_evidence_bits = 0.0\nfewest_families = 1\n"
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


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a Spark of its own, for few rows."""
    local = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(folder / "local")}
    return {**os.environ, **local, "PYSPARK_SUBMIT_ARGS": QUICK}


def live(source: Path, into: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", LIVE, str(source), str(into)]
    environment = surroundings(into.parent)
    with (into.parent / "live.log").open("ab") as log:  # ends with its batches, even where pytest is killed
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def whole(into: Path) -> list[Path]:
    return sorted(one.parent for one in into.glob("marks/batch=*/_SUCCESS"))


def marked(source: Path) -> list[str]:
    """The marks of all files, as one machine makes them."""
    rows = pq.read_table(source).select(EXCHANGES.names).cast(EXCHANGES.schema).combine_chunks()
    return sorted(
        map(repr, pa.Table.from_batches([mark_exchanges(one, key=PUBLIC_KEY) for one in rows.to_batches()]).to_pylist())
    )


def test_a_stream_that_is_killed_and_started_again_marks_each_exchange_once_and_is_scanned_by_command(
    spark_engine, source, tmp_path
):
    into, never = tmp_path / "live", threading.Event()
    process = live(source, into)
    try:
        while len(whole(into)) < 2 and process.poll() is None:
            never.wait(0.02)
    finally:
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

    found = {}
    (tmp_path / "loose.toml").write_text(LOOSE)
    for name, logs, options in (
        ("stream", f"marks:{into}/marks", ("--engine", "spark", "--master", "local[1]")), ("logs", source, ())
    ):  # fmt: skip
        command = ["scan", logs, "--settings", tmp_path / "loose.toml", "--into", tmp_path / name, *options]
        run = subprocess.run(
            [sys.executable, "-m", "stillwatch", *command], env=surroundings(tmp_path), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert run.returncode == 10, run.stderr
        found[name] = [(tmp_path / name / f"{table}.parquet").read_bytes() for table in ("campaigns", "exchanges")]
    assert found["stream"] == found["logs"]
