"""The operator's mapping: a TOML file that says where each column of `exchanges` stands in a record."""

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stillwatch.columns import INSTANT
from stillwatch.exchanges.decoded import path_steps
from stillwatch.exchanges.reader import IDENTITY
from stillwatch.exchanges.rows import BadRow
from stillwatch.log_errors import BadMapping
from stillwatch.tables import EXCHANGES

_UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 0.001}
INSTANTS = frozenset(column.name for column in EXCHANGES.columns if column.type == INSTANT)
MESSAGES = "conversation.messages"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TABLES = {"columns": dict, "constants": dict, "conversation": dict, "time": dict}


@dataclass(frozen=True)
class Mapping:
    """Where each column stands: paths in steps, the paths as written, constants, and how times are written."""

    columns: Table[str, tuple[str | int, ...]]
    written: Table[str, str]
    constants: Table[str, Any]
    messages: tuple[str | int, ...] | None = None
    unit: str | None = None
    zone: tzinfo | None = None
    format: str | None = None

    def instant(self, value: Any) -> Any:
        """Return a time as the mapping says it is written; a value that needs no help is returned as it is.

        Raises
        ------
        BadRow
            The text is not in the format, or the number is out of range.
        """
        try:
            if isinstance(value, str) and self.format is not None:
                value = datetime.strptime(value, self.format)
            elif isinstance(value, str) and self.zone is not None:
                value = datetime.fromisoformat(value)
            elif isinstance(value, int | float) and not isinstance(value, bool) and self.unit is not None:
                value = _EPOCH + timedelta(microseconds=round(value * _UNITS[self.unit]))
        except (ValueError, OverflowError):
            raise BadRow("a time is not written as the mapping says") from None
        if isinstance(value, datetime) and value.tzinfo is None and self.zone is not None:
            return value.replace(tzinfo=self.zone)
        return value


def load_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises
    ------
    BadMapping
        The file cannot be read as TOML, or does not say where the required columns stand; all faults together.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadMapping(str(path), [error.strerror or str(error)]) from error
    except ValueError as error:
        raise BadMapping(str(path), [str(error)]) from error
    faults = [f"`{name}` is not a table of a mapping" for name in table if name not in _TABLES]
    faults += [f"`{name}` is not a table" for name in _TABLES if not isinstance(table.get(name, {}), dict)]
    if faults:
        raise BadMapping(str(path), faults)
    columns, constants = table.get("columns", {}), table.get("constants", {})
    time, conversation = table.get("time", {}), table.get("conversation", {})
    faults += _column_faults(columns, constants) + _other_faults(time, conversation)
    zone = _zone(time.get("zone"), faults)
    if faults:
        raise BadMapping(str(path), faults)
    return Mapping(
        {name: path_steps(written) or () for name, written in columns.items()},
        {**columns, MESSAGES: conversation["messages"]} if conversation else columns,
        constants,
        path_steps(conversation["messages"]) if conversation else None,
        time.get("unit"),
        zone,
        time.get("format"),
    )


def _column_faults(columns: dict[str, Any], constants: dict[str, Any]) -> list[str]:
    faults = [
        f"`{name}` is not a column of `exchanges`" for name in (*columns, *constants) if name not in EXCHANGES.names
    ]
    faults += [
        f"`{name}` is required and has no path" for name in IDENTITY if name not in columns and name not in constants
    ]
    faults += [f"`{name}` has no path that can be followed" for name, written in columns.items()
               if not isinstance(written, str) or path_steps(written) is None]  # fmt: skip
    return faults + [f"`{name}` is no constant" for name, value in constants.items() if isinstance(value, dict)]


def _other_faults(time: dict[str, Any], conversation: dict[str, Any]) -> list[str]:
    faults = [f"`time.{name}` is not known" for name in time if name not in ("unit", "zone", "format")]
    faults += [f"`conversation.{name}` is not known" for name in conversation if name != "messages"]
    if str(time.get("unit", "s")) not in _UNITS:
        faults.append("`time.unit` is not one of s, ms, us, ns")
    if not _can_be_read(time.get("format", "%Y")):
        faults.append("`time.format` is not a form of time that can be read, such as %d/%m/%Y %H:%M:%S")
    messages = conversation.get("messages", "messages")
    if not isinstance(messages, str) or path_steps(messages) is None:
        faults.append(f"`{MESSAGES}` has no path that can be followed")
    return faults


def _can_be_read(form: Any) -> bool:
    try:
        return isinstance(form, str) and bool(datetime.strptime(_EPOCH.strftime(form), form))
    except ValueError:
        return False


def _zone(name: Any, faults: list[str]) -> tzinfo | None:
    if name is None:
        return None
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError, TypeError):
        faults.append("`time.zone` is not a time zone such as UTC or Europe/Berlin")
    except KeyError:
        faults.append("`time.zone` is not a known time zone")
    return None
