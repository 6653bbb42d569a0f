"""Marks from a stream, each exchange once, whatever is killed and started again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from stillwatch.engine.spark import struct_of
from stillwatch.engine.spread import EachBatch, Ready
from stillwatch.tables import Declared

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.streaming.query import StreamingQuery


def map_stream(  # noqa: PLR0913 - what is read, what is done, and where it is kept
    rows: "DataFrame",
    function: Callable[[pa.RecordBatch], pa.RecordBatch],
    ready: Ready,
    gives: Declared,
    *,
    into: str,
    every_s: float | None = None,
) -> "StreamingQuery":
    """Apply a function to each batch of a stream on the workers, and keep what it gives under `into`.

    Spark records in `into/checkpoint` which rows make a batch before it works on them, and that the batch is done after
    they are written. What is killed between the two is done again, under the same number and into the same folder,
    whose rows it replaces: no row is lost, and none is there twice.

    Parameters
    ----------
    rows
        A stream.
    into
        A folder or URL that the driver and all workers reach alike.
    every_s
        Seconds from batch to batch. None: one pass over what is there now, after which the query ends.
    """
    each = EachBatch(function, ready, gives)
    schema = struct_of(each.schema)

    def keep(batch: "DataFrame", number: int) -> None:
        marked = batch.mapInArrow(each, schema)
        marked.write.mode("overwrite").parquet(f"{into}/{gives.name}/batch={number}")

    trigger: dict[str, Any] = {"availableNow": True} if every_s is None else {"processingTime": f"{every_s} seconds"}
    started = rows.writeStream.foreachBatch(keep).option("checkpointLocation", f"{into}/checkpoint").trigger(**trigger)
    return started.start()
