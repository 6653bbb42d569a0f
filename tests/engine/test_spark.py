import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import stillwatch
from stillwatch import columns as c
from stillwatch.engine.duck import DuckEngine
from stillwatch.engine.spread import plain_schema
from stillwatch.findings.own_marks import sample_honest
from stillwatch.findings.statement import Release
from stillwatch.findings.tell_apart import tell_apart
from stillwatch.log_errors import SharedIds, TooManyBadRows
from stillwatch.progress import Silent
from stillwatch.scanning import scan
from stillwatch.settings import read_settings
from stillwatch.tables import FAMILIES, MARKS, PROFILES, SHOWN_TRAITS, Declared
from stillwatch.worlds import Making, find_story, make

LOOSE = "[judging]\nfalse_discovery_rate = 1.0\nleast_evidence_bits = 0.0\nfewest_families = 1\n"
PAIRS = Declared("pairs", (c.EXCHANGE_ID, c.EXCHANGES_COUNT), key=(c.EXCHANGE_ID,))
BETWEEN = (MARKS, FAMILIES, SHOWN_TRAITS, PROFILES)
WRITTEN = ("campaigns", "accounts", "exchanges", "evidence", "reasons", "links")


@dataclass(frozen=True)
class Compared:
    """A world with rows that cannot be used and rows that repeat, as the embedded engine scanned it."""

    logs: Path
    settings: Any
    releases: tuple[Release, ...]
    findings: Path
    engine: DuckEngine
    scan: Any


@pytest.fixture(scope="module")
def compared(tmp_path_factory: Any) -> Iterator[Compared]:
    folder = tmp_path_factory.mktemp("compared")
    story = find_story("hydra")
    make(Making(story, scale=0.05), folder / "world")
    logs = spoilt(folder / "world" / "exchanges.parquet", folder / "logs")
    (folder / "stillwatch.toml").write_text(LOOSE)
    settings = read_settings(folder / "stillwatch.toml")
    releases = tuple(Release(one.model, one.at) for one in story.calendar.releases)
    with DuckEngine(threads=2, folder=folder) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setattr("stillwatch.scanning.open_engine", lambda **_: nullcontext(engine))
        done = scan([str(logs)], into=folder / "findings", settings=settings, releases=releases)
        yield Compared(logs, settings, releases, folder / "findings", engine, done)


def spoilt(world: Path, into: Path) -> Path:
    """Write a world as two files: some rows without an account, some twice, and some twice with another model."""
    rows = pq.read_table(world)
    into.mkdir()
    accounts = [None if row % 499 == 0 else one for row, one in enumerate(rows["account_id"].to_pylist())]
    bad = rows.set_column(rows.schema.get_field_index("account_id"), "account_id", pa.array(accounts, pa.string()))
    again = rows.slice(20, 60)
    other = again.set_column(rows.schema.get_field_index("model"), "model", pa.array(["another"] * 60))
    pq.write_table(bad, into / "0.parquet", row_group_size=1_000)
    pq.write_table(pa.concat_tables([again, other.slice(30)]), into / "1.parquet")
    return into


def rows_of(engine: Any, table: Declared) -> list[dict[str, Any]]:
    """Return the rows of a table by its key, with times as the same kind and lists as lists."""
    found = engine.sql(f"SELECT {', '.join(table.names)} FROM {table.name}")
    by = [(column.name, "ascending") for column in table.key]
    return found.cast(plain_schema(table.schema)).sort_by(by).to_pylist()


def assert_alike(ours: Compared, theirs: Any, engine: Any, findings: Path) -> None:
    for table in BETWEEN:
        # A repeated exchange has two marks: their order by key alone is open.
        given = [sorted(map(repr, rows_of(one, table))) for one in (ours.engine, engine)]
        assert given[0] == given[1], table.name
        assert given[0], table.name
    for name in ("harvest_templates", "harvest_fillers"):
        given = [sorted(map(repr, one.sql(f"FROM {name}").to_pylist())) for one in (ours.engine, engine)]
        assert given[0] == given[1], name
    for name in WRITTEN:
        assert pq.read_table(findings / f"{name}.parquet").equals(pq.read_table(ours.findings / f"{name}.parquet")), (
            name
        )
    assert theirs.findings == ours.scan.findings
    assert theirs.findings
    for fact in ("rows_count", "set_aside", "repeated_count", "accounts_count", "exchanges_count", "blind_traits"):
        assert getattr(theirs.summary, fact) == getattr(ours.scan.summary, fact), fact
    assert theirs.summary.set_aside
    assert theirs.summary.repeated_count == 90


class Killing(Silent):
    """Loses a worker while the cluster works on the stages of that name."""

    def __init__(self, stages: set[str], cluster: Any, spark: Any) -> None:
        self.during, self.cluster, self.spark = stages, cluster, spark
        self.waiting: list[threading.Thread] = []
        self.lost_tasks: dict[str, int] = {}

    def stage(self, name: str, total: float | None, unit: str) -> None:
        if name in self.during:
            self.waiting.append(threading.Thread(target=self._kill, args=(name,)))
            self.waiting[-1].start()

    def _kill(self, name: str) -> None:
        told, never = self.spark.sparkContext.statusTracker(), threading.Event()
        while name not in self.lost_tasks:
            for stage in filter(None, map(told.getStageInfo, told.getActiveStageIds())):
                if stage.numActiveTasks:
                    self.lost_tasks[name] = stage.numActiveTasks
            never.wait(0.05)
        self.cluster.replace_worker()


def test_a_scan_that_loses_workers_gives_the_tables_of_the_embedded_engine(
    compared, cluster, spark, spark_engine, tmp_path
):
    progress = Killing({"reading and marking", "finding traits"}, cluster, spark)
    done = stillwatch.scan(
        str(compared.logs), engine=spark_engine, into=tmp_path / "findings", settings=compared.settings,
        releases=compared.releases, progress=progress,
    )  # fmt: skip
    for thread in progress.waiting:
        thread.join()
    assert progress.lost_tasks.keys() == progress.during
    assert_alike(compared, done, spark_engine, tmp_path / "findings")

    fillers = compared.engine.sql(
        "SELECT account_id FROM harvest_fillers GROUP BY account_id ORDER BY sum(n) DESC, account_id"
    )["account_id"]
    for engine in (compared.engine, spark_engine):  # a campaign of one is told apart by what it uses again
        engine.name("members", pa.table({"campaign": [0], "account_id": fillers[:1]}))
        sample_honest(engine)
        tell_apart(engine)
    query = "SELECT exchange_id FROM told_apart WHERE is_taken ORDER BY exchange_id"
    taken = [one.sql(query)["exchange_id"].to_pylist() for one in (compared.engine, spark_engine)]
    assert taken[0] == taken[1]
    assert taken[0]


def test_tables_are_named_kept_shown_and_asked_for(spark_engine):
    rows = pa.table({"exchange_id": ["a", "b", "c"], "exchanges_count": [1, 2, 3]})
    spark_engine.name("given", rows)
    assert spark_engine.sql("FROM given ORDER BY exchange_id").equals(rows)
    spark_engine.keep("some", "SELECT * FROM given WHERE exchanges_count > 1")
    spark_engine.keep("some", "SELECT * FROM some WHERE exchanges_count > 2")
    assert spark_engine.sql("FROM some").to_pylist() == [{"exchange_id": "c", "exchanges_count": 3}]
    spark_engine.hold("held", "FROM some")
    assert spark_engine.sql("FROM held").equals(spark_engine.sql("FROM some"))
    spark_engine.forget("held")
    assert not spark_engine._session.catalog.tableExists("held")
    spark_engine.keep_all("both", ["FROM given", "FROM some"])
    assert spark_engine.sql("SELECT count(*) AS n FROM both")["n"].to_pylist() == [4]
    spark_engine.show("few", "FROM given WHERE exchanges_count < 2")
    assert spark_engine.sql("FROM few")["exchange_id"].to_pylist() == ["a"]
    spark_engine.keep("none", "FROM given WHERE false")
    assert spark_engine.sql("FROM none").schema.names == rows.schema.names


def test_rows_come_in_batches_and_in_order(spark_engine):
    spark_engine.name("given", pa.table({"n": list(range(2_500))}))
    batches = list(spark_engine.batches("FROM given ORDER BY n DESC", rows=1_000))
    assert pa.Table.from_batches(batches)["n"].to_pylist() == list(range(2_500))[::-1]
    assert max(map(len, batches)) <= 1_000
    assert list(spark_engine.batches("FROM given WHERE n < 0")) == []


def test_parts_hold_what_is_equal_in_their_order(spark_engine):
    def counted(batches):  # one row for each part: its first id, and how many rows it has
        given = [row for batch in batches for row in batch.column("exchange_id").to_pylist()]
        if given:
            yield pa.RecordBatch.from_pydict({"exchange_id": given[:1], "exchanges_count": [len(given)]})

    spark_engine.name("given", pa.table({"exchange_id": list("cabcab"), "exchanges_count": [1] * 6}))
    spark_engine.map_parts(counted, "FROM given", PAIRS, by=(), order=("exchange_id",))
    assert spark_engine.sql("FROM pairs").to_pylist() == [{"exchange_id": "a", "exchanges_count": 6}]
    spark_engine.map_parts(counted, "FROM given", PAIRS, by=("exchange_id",), order=("exchange_id",), keep=False)
    assert spark_engine.sql("SELECT sum(exchanges_count) AS n FROM pairs")["n"].to_pylist() == [6]


def test_the_session_that_is_given_keeps_its_views_and_settings(spark, tmp_path):
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    with stillwatch_engine(spark, tmp_path) as engine:
        engine.name("hidden", pa.table({"n": [1]}))
        engine.keep("kept", "FROM hidden")
        folder = Path(engine.folder)
        assert folder.exists()
        assert "hidden" not in [row["tableName"] for row in spark.sql("SHOW TABLES").collect()]
    assert not folder.exists()
    assert spark.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    assert spark.range(3).count() == 3


def stillwatch_engine(spark: Any, folder: Path) -> Any:
    from stillwatch.engine.spark import SparkEngine  # noqa: PLC0415 - Spark may be absent

    return SparkEngine(spark, folder=str(folder))


def test_too_many_bad_rows_stop_the_scan(spark, spark_engine, tmp_path):
    given = spark.sql(
        "SELECT string(id) AS exchange_id, IF(id < 5, NULL, 'x') AS account_id, now() AS asked_at FROM range(9)"
    )
    with pytest.raises(TooManyBadRows):
        stillwatch.scan(given, engine=spark_engine, into=tmp_path / "findings", settings=read_settings(None))
    assert not (tmp_path / "findings").exists()


def test_ids_that_several_accounts_share_stop_the_scan(spark, spark_engine, tmp_path):
    given = spark.sql(
        "SELECT IF(id < 5, 'same', string(id)) AS exchange_id, string(id % 3) AS account_id, "
        "timestamp '2026-05-01 12:00:00' AS asked_at FROM range(50)"
    )
    with pytest.raises(SharedIds, match="3 of 50 rows repeat an id of another account, such as `same`"):
        stillwatch.scan(given, engine=spark_engine, into=tmp_path / "findings", settings=read_settings(None))
    assert not (tmp_path / "findings").exists()


TELL = """
import sys
from stillwatch.engine.spark import start_spark
from stillwatch.errors import NoSpark
try:
    with start_spark(sys.argv[1]):
        print("runs")
except NoSpark as told:
    print(told)
"""


@pytest.mark.parametrize(("master", "java"), [("no-such-scheme://nowhere", True), ("local[1]", False)])
def test_what_keeps_spark_from_starting_is_told(master, java, cluster, tmp_path):
    nowhere = {} if java else {"PATH": str(tmp_path), "JAVA_HOME": str(tmp_path)}
    command = [sys.executable, "-c", TELL, master]
    run = subprocess.run(command, env={**os.environ, **nowhere}, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("the Spark engine cannot start\n"), run.stderr
    assert f"Spark at {master}" in run.stdout


START = """
import subprocess, sys
subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
print("started", flush=True)
sys.stdin.read()
"""


def test_what_a_cluster_starts_ends_with_the_process_that_started_it(cluster):
    command = [sys.executable, "-c", START, *cluster.guarded, "sleep", "600"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "started\n"
        parent.kill()
        assert parent.communicate(timeout=60)[0] == ""  # ends only when nothing is left that could write there
