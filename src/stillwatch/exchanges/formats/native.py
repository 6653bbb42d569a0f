"""Logs that already have the columns of `exchanges`."""

from collections.abc import Iterable
from typing import Any

from stillwatch.exchanges.reader import IDENTITY, Reader
from stillwatch.tables import EXCHANGES


class Native(Reader):
    """The neutral columns, in Parquet, JSON Lines or Arrow IPC; no mapping is needed."""

    name = "native"
    description = "the columns of `exchanges` under their own names: Parquet, Arrow IPC, JSON Lines"
    fills = EXCHANGES.names
    advice = "give every row these columns, or read the file through a mapping (`--mapping`)"
    reads_columns = True

    def recognises(self, record: dict[str, Any]) -> float:
        """Return the share of the required columns that are there, less a little for a missing one."""
        known = sum(name in record for name in EXCHANGES.names)
        required = sum(name in record for name in IDENTITY)
        return 1.0 if required == len(IDENTITY) else 0.6 if required and known > len(IDENTITY) - 1 else 0.0

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the record as it is."""
        del key
        return (record,)
