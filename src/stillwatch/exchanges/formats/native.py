"""Logs that already have the columns of `exchanges`."""

from collections.abc import Iterable
from typing import Any

from stillwatch.exchanges.envelope import pair
from stillwatch.exchanges.reader import IDENTITY, Reader
from stillwatch.tables import EXCHANGES


class Native(Reader):
    """The neutral columns, in Parquet, Arrow IPC, JSON Lines or CSV; no mapping is needed."""

    name = "native"
    description = "the columns of `exchanges` under their own names: Parquet, Arrow IPC, JSON Lines, CSV"
    fills = EXCHANGES.names
    advice = "give every row these columns, or read the file through a mapping (`--mapping`)"
    reads_columns = True

    def recognises(self, record: dict[str, Any]) -> float:
        """Return the share of the required columns that are there, less a little for a missing one.

        The required columns beside a request or response may as well be the envelope of another format.
        """
        known = sum(name in record for name in EXCHANGES.names)
        required = sum(name in record for name in IDENTITY)
        if required < len(IDENTITY):
            return 0.6 if required and known > len(IDENTITY) - 1 else 0.0
        around = "prompt_text" not in record and any(isinstance(side, dict) for side in pair(record))
        return 0.65 if around else 1.0

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the record as it is."""
        del key
        return (record,)
