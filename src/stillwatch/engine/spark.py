"""The engine of a cluster: Apache Spark. The same SQL in its dialect, the same functions over Arrow batches."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from stillwatch.engine.dialect import spark_sql
from stillwatch.engine.spread import FAULT, AllBatches, EachBatch, Spread, packed, plain_schema, unpacked
from stillwatch.errors import NoSpark
from stillwatch.log_errors import NoSuchLogs
from stillwatch.tables import Declared

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",  # what cannot be cast is an error, as on the embedded engine
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(64_000_000),
}


class SparkEngine:
    """Runs SQL and functions over Arrow batches on a Spark cluster.

    Tables between stages are Parquet under `folder`; a worker that is lost costs its tasks, which others repeat.

    Parameters
    ----------
    spark
        A running session. Its views and settings are left alone: the engine works in a session of its own beside it.
    folder
        A folder or URL that the driver and all workers reach alike; what is put there is removed on exit. None: the
        system's for temporary files, which suits only a cluster on one machine.
    """

    def __init__(self, spark: "SparkSession", *, folder: str | None = None) -> None:
        self._session = spark.newSession()
        for name, value in {**spark.conf.getAll, **_SETTINGS}.items():
            if self._session.conf.isModifiable(name):
                self._session.conf.set(name, value)
        self._own_folder = tempfile.TemporaryDirectory(prefix="stillwatch-") if folder is None else None
        parent = self._own_folder.name if self._own_folder else folder
        self.folder = f"{parent}/stillwatch-{spark.sparkContext.applicationId}-{os.urandom(4).hex()}"
        self.threads = int(spark.sparkContext.defaultParallelism)
        self._numbers = count()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove every table that was kept; the session that was given goes on."""
        jvm: Any = self._session.sparkContext._jvm
        path = jvm.org.apache.hadoop.fs.Path(self.folder)
        self._files(path).delete(path, True)  # noqa: FBT003 - Java has no names for arguments
        if self._own_folder:
            self._own_folder.cleanup()

    def name(self, name: str, source: pa.Table) -> None:
        """Make a table known to SQL as `name`."""
        table = source.cast(plain_schema(source.schema))
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def sql(self, query: str) -> pa.Table:
        """Run a query; return its rows, which the driver must be able to hold."""
        return self._frame(query).toArrow()

    def batches(self, query: str, rows: int = 100_000, *, short_rows: bool = False) -> Iterator[pa.RecordBatch]:  # noqa: ARG002 - for the embedded engine
        """Run a query; yield its rows in batches of at most `rows`, one part of the rows at a time on the driver."""
        self._session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(min(rows, 10_000)))
        for row in self._frame(query).mapInArrow(packed, "batch binary").toLocalIterator():
            yield unpacked(bytes(row["batch"]))

    def show(self, name: str, query: str) -> None:
        """Make what a query gives known as `name`; it runs whenever that is read, and reads only what is asked for."""
        self._frame(query).createOrReplaceTempView(name)

    def keep(self, name: str, query: str) -> str:
        """Run a query into Parquet in the engine's folder, and make it known as `name`."""
        return self._keep(name, self._frame(query))

    def hold(self, name: str, query: str) -> None:
        """Run a query into Parquet, as `keep` does: what workers hold in memory is lost with them."""
        self.keep(name, query)

    def forget(self, name: str) -> None:
        """Let go of the rows held as `name`; their files go when the engine is closed."""
        self._session.catalog.dropTempView(name)

    def keep_all(self, name: str, queries: Iterable[str]) -> str:
        """Run queries as one job, and make the union of their rows known as `name`."""
        return self.keep(name, " UNION ALL ".join(f"({query})" for query in queries))

    def map_batches(
        self, function: Callable[[pa.RecordBatch], pa.RecordBatch], batches: Spread, gives: Declared
    ) -> str:
        """Apply a function to each batch on the workers; keep what it gives as `gives.name`.

        What is wrong with rows that were set aside is kept in the same files, and known as `set_aside` (fault): what a
        task that is repeated writes counts once.
        """
        if batches.kept is not None:
            self.show_kept(gives, batches.kept)
            return batches.kept
        each = EachBatch(function, batches.ready, gives)
        path = self._keep(f"{gives.name}_and_faults", batches.rows.mapInArrow(each, struct_of(each.schema)))
        self._show_apart(gives)
        return path

    def map_rows(self, function: Callable[[pa.RecordBatch], pa.RecordBatch], query: str, gives: Declared) -> None:
        """Apply a function to the rows of a query on the workers, a batch at a time; keep what it gives."""
        self.map_parts(partial(map, function), query, gives)

    def show_kept(self, gives: Declared, folder: str) -> None:
        """Make what a stream has kept in a folder known as `map_batches` does; only whole batches count.

        Raises
        ------
        NoSuchLogs
            No batch is there.
        """
        jvm: Any = self._session.sparkContext._jvm
        marks = jvm.org.apache.hadoop.fs.Path(f"{folder}/batch=*/_SUCCESS")
        found = self._files(marks).globStatus(marks) or ()
        whole = sorted(one.getPath().getParent().toString() for one in found)
        if not whole:
            raise NoSuchLogs([folder], ["the batches of a stream"])
        schema = struct_of(plain_schema(gives.schema).append(FAULT))
        self._session.read.schema(schema).parquet(*whole).createOrReplaceTempView(f"{gives.name}_and_faults")
        self._show_apart(gives)

    def _show_apart(self, gives: Declared) -> None:
        self.show(gives.name, f"SELECT {', '.join(gives.names)} FROM {gives.name}_and_faults WHERE fault IS NULL")
        self.show("set_aside", f"SELECT fault FROM {gives.name}_and_faults WHERE fault IS NOT NULL")

    def _files(self, path: Any) -> Any:
        return path.getFileSystem(self._session._jsparkSession.sessionState().newHadoopConf())

    def map_parts(  # noqa: PLR0913 - how rows are laid out, and what is done with them
        self,
        function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]],
        query: str,
        gives: Declared,
        *,
        by: tuple[str, ...] | None = None,
        order: tuple[str, ...] = (),
        keep: bool = True,
    ) -> None:
        """Apply a function to the rows of a query, part by part; make what it gives known as `gives.name`.

        Parameters
        ----------
        by
            Rows that are equal in these columns stand in one part; an empty tuple makes one part of all. None: as the
            rows come.
        order
            The order of rows within a part.
        keep
            Whether the rows are written, or made anew each time that they are asked for.
        """
        frame = self._frame(query)
        if by is not None:
            frame = frame.repartition(*by) if by else frame.repartition(1)
        if order:
            frame = frame.sortWithinPartitions(*order)
        frame = frame.mapInArrow(AllBatches(function, gives), struct_of(plain_schema(gives.schema)))
        if keep:
            self._keep(gives.name, frame)
        else:
            frame.createOrReplaceTempView(gives.name)

    def read(self, source: Any) -> Any:
        """Return the rows of a data frame as it is, of a table (`table:NAME`), or of Parquet under a path or glob.

        Raises
        ------
        NoSuchLogs
            There is no such table or path.
        """
        from pyspark.errors import AnalysisException  # noqa: PLC0415

        if not isinstance(source, str):
            return source
        try:
            if source.startswith("table:"):
                return self._session.table(source.removeprefix("table:"))
            return self._session.read.parquet(source)
        except AnalysisException as error:
            raise NoSuchLogs([source], [".parquet"]) from error

    def matching(self, rows: Any, column: str, values: Iterable[str], columns: Iterable[str]) -> pa.Table:
        """Return some columns of the rows that have one of a few values in a column."""
        return rows.where(rows[column].isin(list(values))).select(list(columns)).toArrow()

    def _frame(self, query: str) -> "DataFrame":
        frame: DataFrame = self._session.sql(spark_sql(query))
        return frame

    def _keep(self, name: str, frame: "DataFrame") -> str:
        path = f"{self.folder}/{name}-{next(self._numbers)}"
        frame.write.parquet(path)
        self._session.read.schema(frame.schema).parquet(path).createOrReplaceTempView(name)
        return path


def struct_of(schema: pa.Schema) -> Any:
    """Return a schema of plain types as Spark's."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    return from_arrow_schema(schema, prefer_timestamp_ntz=True)


@contextmanager
def start_spark(master: str | None, *, name: str = "stillwatch") -> Iterator["SparkSession"]:
    """Start a session on the cluster at `master` for as long as it is needed; workers run this Python unless told.

    A session that runs already in this process is used, and goes on afterwards.

    `PYSPARK_PYTHON`, `SPARK_CONF_DIR` and `PYSPARK_SUBMIT_ARGS` are heeded. None: the master that they name.

    Raises
    ------
    NoSpark
        The extra `spark` or Java is not installed, or the master does not answer.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise NoSpark(master, str(error)) from error
    running = SparkSession.getActiveSession()
    builder: Any = SparkSession.builder.appName(name).config("spark.ui.showConsoleProgress", "false")
    try:
        spark = (builder.master(master) if master else builder).getOrCreate()
    except (Py4JError, PySparkRuntimeError) as error:
        said = str(getattr(error, "java_exception", None) or error)
        raise NoSpark(master, said.strip().splitlines()[0]) from error
    try:
        spark.sparkContext.setLogLevel("ERROR")
        yield spark
    finally:
        if running is None:
            spark.stop()
