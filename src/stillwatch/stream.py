"""Marks from a stream of exchanges on a cluster; `scan` finds campaigns in them."""

from functools import partial
from typing import Any

from stillwatch.engine.spark_stream import map_stream
from stillwatch.exchanges.spread import ready_now
from stillwatch.marks.mark import READ, mark_exchanges
from stillwatch.settings import Settings, read_key
from stillwatch.tables import MARKS


def mark_stream(rows: Any, *, into: str, settings: Settings, every_s: float | None = None) -> Any:
    """Mark the exchanges of a stream as they come, and keep the marks under `into`, each exchange once.

    Started again with the same `into`, it goes on where it was, also when it was killed. The marks hold no text;
    `scan("marks:INTO/marks", engine=...)` finds campaigns in all that are there. A key must not change under way.

    Parameters
    ----------
    rows
        A streaming data frame with the columns of `exchanges`, or some of them, from any source of Spark.
    into
        A folder or URL that the driver and all workers reach alike.
    every_s
        Seconds from batch to batch. None: one pass over what is there now, after which the query ends.

    Returns
    -------
    Any
        Spark's `StreamingQuery`, which runs.

    Raises
    ------
    KeyUnreadable
        The key file that the settings name cannot be read.

    Notes
    -----
    Rows that cannot be used are set aside with their reason; the scan counts and judges them. A source that delivers an
    exchange twice, as Kafka may, has it marked twice; the scan counts it once, as it does in files.
    """
    key, _ = read_key(settings)
    wanted = rows.select([name for name in rows.columns if name in READ.names])
    return map_stream(wanted, partial(mark_exchanges, key=key), ready_now, MARKS, into=into, every_s=every_s)
