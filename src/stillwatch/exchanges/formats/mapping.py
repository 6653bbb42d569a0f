"""Any other JSON, CSV or Parquet, through a mapping that the operator writes."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from stillwatch.exchanges.conversation import opened_talk, tell_conversation
from stillwatch.exchanges.decoded import follow, layered, strays
from stillwatch.exchanges.mapping_file import INSTANTS, MESSAGES, Mapping
from stillwatch.exchanges.reader import IDENTITY, Reader
from stillwatch.tables import EXCHANGES


class Mapped(Reader):
    """Any other log, whose columns or JSON paths a TOML file maps to the neutral columns."""

    name = "mapping"
    description = "any other columns or nested JSON, by a TOML file (`--mapping`): JSON Lines, CSV, Parquet, Arrow IPC"
    fills = EXCHANGES.names
    advice = "correct the paths of these columns in the mapping"

    def __init__(self, mapping: Mapping | None = None, path: Path | None = None) -> None:
        self.mapping, self.path = mapping, path

    def recognises(self, record: dict[str, Any]) -> float:
        """Return 1 when the paths of all required columns lead somewhere; 0 without a mapping."""
        if self.mapping is None:
            return 0.0
        return 1.0 if all(_value(record, name, self.mapping) is not None for name in IDENTITY) else 0.0

    def astray(self, record: dict[str, Any]) -> list[str]:
        """Return the required columns whose paths lead nowhere in a record, with these paths."""
        mapping = self.mapping
        if mapping is None:
            return []
        lost = [name for name in IDENTITY if _value(record, name, mapping) is None]
        return [_astray(name, mapping) for name in lost]

    def unheard(self, records: Sequence[dict[str, Any]]) -> list[str]:
        """Return the messages with their path, where it leads nowhere in all records; nothing where none are mapped."""
        mapping = self.mapping
        if mapping is None or mapping.messages is None or not all(strays(one, mapping.messages) for one in records):
            return []
        return [_astray(MESSAGES, mapping)]

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the exchange of one record."""
        if self.mapping is None:
            return
        messages = follow(record, self.mapping.messages) if self.mapping.messages else None
        yield layered(tell_conversation(opened_talk(messages), key), _columns(record, self.mapping))


def _astray(name: str, mapping: Mapping) -> str:
    return f"the path `{mapping.written.get(name, '')}` of `{name}` leads nowhere"


def _columns(record: dict[str, Any], mapping: Mapping) -> dict[str, Any]:
    told = {name: _value(record, name, mapping) for name in (*mapping.constants, *mapping.columns)}
    return {name: mapping.instant(value) if name in INSTANTS else value for name, value in told.items()}


def _value(record: dict[str, Any], column: str, mapping: Mapping) -> Any:
    written = mapping.written.get(column)
    # A column whose name has dots in it is found before a path is.
    found = record.get(written) if written in record else follow(record, mapping.columns.get(column, ()))
    return mapping.constants.get(column) if found is None or written is None else found
