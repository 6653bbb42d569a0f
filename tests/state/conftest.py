"""A small world in which a queue works among honest accounts, its logs, and scans of it into a state."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch.findings.statement import Release
from stillwatch.scanning import Scan, scan
from stillwatch.settings import Settings, read_settings
from stillwatch.worlds import make_world

NOW = datetime(2026, 11, 23, tzinfo=UTC)
END = datetime(2026, 2, 6, tzinfo=UTC)  # four days of the story: one more than keep their folds
RELEASES = (
    Release("lantern-3", datetime(2026, 2, 3, 12, tzinfo=UTC)),
)  # within them, so that the findings depend on it
TABLES = ("campaigns", "accounts", "exchanges", "evidence", "links")
LOOSE = "[judging]\nfalse_discovery_rate = 1.0\nleast_evidence_bits = 0.0\nfewest_families = 1\n"


@dataclass(frozen=True)
class Traffic:
    """Exchanges of some days, the releases in them, and settings so loose that the queue is always told."""

    exchanges: pa.Table
    releases: tuple[Release, ...]
    settings: Settings

    def days(self) -> list[pa.Table]:
        """The exchanges of each day."""
        days = self.exchanges["asked_at"].cast(pa.date32())
        return [self.exchanges.filter(pc.equal(days, day)) for day in sorted(days.unique().to_pylist())]


@pytest.fixture(scope="session")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    path = tmp_path_factory.mktemp("loose") / "stillwatch.toml"
    path.write_text(LOOSE)
    exchanges = make_world("hydra", seed=1, scale=0.15).exchanges
    first = exchanges.filter(pc.less(exchanges["asked_at"], pa.scalar(END, exchanges["asked_at"].type)))
    return Traffic(first, RELEASES, read_settings(path))


@dataclass(frozen=True)
class Desk:
    """A folder with logs, states, and the findings of the last scan into each state."""

    folder: Path
    traffic: Traffic

    def log(self, name: str, *days: pa.Table) -> Path:
        """Write exchanges as a log."""
        path = self.folder / "logs" / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pa.concat_tables(days), path)
        return path

    def add(self, state: str, *logs: Path, **given: Any) -> Scan:
        """Scan logs into a state."""
        whole = {"settings": self.traffic.settings, "releases": self.traffic.releases, "threads": 2, "now": NOW} | given
        return scan([str(one) for one in logs], into=self.folder / f"of-{state}", state=self.folder / state, **whole)

    def found(self, state: str) -> dict[str, pa.Table]:
        """The tables of the findings."""
        return {name: pq.read_table(self.folder / f"of-{state}" / f"{name}.parquet") for name in TABLES}

    def summary(self, state: str) -> dict[str, Any]:
        """The summary of the findings, without what depends on how rows were divided among files."""
        told = json.loads((self.folder / f"of-{state}" / "scan.json").read_text())["summary"]
        return {name: value for name, value in told.items() if name not in {"inputs", "rows_count", "repeated_count"}}


@pytest.fixture
def desk(traffic: Traffic, tmp_path: Path) -> Desk:
    return Desk(tmp_path, traffic)


@pytest.fixture(scope="session")
def once(traffic: Traffic, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the state `once`, to which all days were added at once."""
    desk = Desk(tmp_path_factory.mktemp("once"), traffic)
    desk.add("once", desk.log("all", traffic.exchanges))
    return desk


@pytest.fixture(scope="session")
def half(traffic: Traffic, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the state `half`, to which the first two days were added."""
    desk = Desk(tmp_path_factory.mktemp("half"), traffic)
    assert desk.add("half", desk.log("half", *traffic.days()[:2])).skipped == ()
    return desk


@pytest.fixture
def begun(half: Desk, desk: Desk) -> Path:
    """The log of the first two days, which the state `kept` of this test's desk holds."""
    shutil.copytree(half.folder / "half", desk.folder / "kept")
    return half.folder / "logs" / "half.parquet"


@pytest.fixture
def mixed() -> Callable[[pa.Table, int, int], Iterator[pa.Table]]:
    """Divide rows at random, whatever their days."""

    def divide(rows: pa.Table, parts: int, seed: int) -> Iterator[pa.Table]:
        numbers = random.Random(seed).sample(range(rows.num_rows), rows.num_rows)
        for part in range(parts):
            yield rows.take(pa.array(numbers[part::parts]))

    return divide
