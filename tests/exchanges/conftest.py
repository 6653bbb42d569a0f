"""What tests of reading may ask for: the samples, logs written for one test, and logs opened at one fixed time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stillwatch.exchanges import Logs, Reading, open_logs

KEY = b"the operator's key"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LENIENT = Reading(largest_bad_share=1.0)


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).parent / "samples"


@pytest.fixture(scope="session")
def opened() -> Callable[..., Logs]:
    """Open logs at the fixed time, with the fixed key."""
    return lambda *sources, **options: open_logs([str(source) for source in sources], key=KEY, now=NOW, **options)


@pytest.fixture(scope="session")
def rows_of(opened: Callable[..., Logs]) -> Callable[..., list[dict[str, Any]]]:
    """Read logs into rows, without the columns that say nothing."""

    def read(*sources: Any, **options: Any) -> list[dict[str, Any]]:
        found = [row for batch in opened(*sources, **options).batches() for row in batch.to_pylist()]
        return [{name: value for name, value in row.items() if value is not None} for row in found]

    return read


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write JSON Lines: objects as JSON, bytes as they are."""

    def write(name: str, *lines: Any) -> Path:
        path = tmp_path / name
        path.write_bytes(b"".join(x if isinstance(x, bytes) else json.dumps(x).encode() + b"\n" for x in lines))
        return path

    return write


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """A row of the neutral columns, with what a test changes in it."""
    return lambda **changed: {"exchange_id": "x", "asked_at": "2026-11-20T10:00:00Z", "account_id": "a"} | changed
