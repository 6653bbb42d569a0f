"""Exports that wrap their records: one JSON object with a list of them, such as `{"records": [...]}`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from stillwatch.exchanges.rows import Row
from stillwatch.tables import EXCHANGES

_WRAPS = frozenset({"records", "data", "value", "results", "items"})
# What stands in a record itself, beside whatever list it may have.
_OF_RECORDS = frozenset({
    *EXCHANGES.names, "id", "request_id", "custom_id", "timestamp", "messages", "prompt", "input", "request",
    "request_body", "body", "params", "choices", "completion", "output", "response", "response_body", "result",
    "attributes", "metadata",
})  # fmt: skip


def unwrapped_rows(rows: Iterable[Row], known: Callable[[dict[str, Any]], bool]) -> Iterator[Row]:
    """Yield rows, and in place of one that wraps records in a list these records, under its number.

    Parameters
    ----------
    known
        Whether an object is read as it is; then it stays whole.
    """
    for row in rows:
        records = _records(row.value) if row.value else None
        if records is None or known(row.value or {}):
            yield row
            continue
        size = row.size // len(records)
        yield from (Row(row.number, record, None, size) for record in records)


def _records(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    names = _WRAPS & value.keys()
    if len(names) != 1 or _OF_RECORDS & value.keys():
        return None
    held = value[min(names)]
    return held if isinstance(held, list) and held and all(isinstance(one, dict) for one in held) else None
