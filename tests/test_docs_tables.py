"""The page of tables is what benchmarks/table_pages.py prints, and its tables are those that a scan writes."""

import importlib.util
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stillwatch.folder import WRITTEN
from stillwatch.tables import EXCHANGES

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("table_pages", ROOT / "benchmarks/table_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(pages):
    told = "run python benchmarks/table_pages.py > docs/tables.md"
    assert (ROOT / "docs/tables.md").read_text(encoding="utf-8") == pages.page(), told


def test_every_column_has_its_row(pages):
    [read, *written] = pages.page().split("\n## ")[1:]
    for text, table in zip([read, *written], [EXCHANGES, *(table for table, _ in pages.WRITTEN.values())], strict=True):
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        assert [line.split("`")[1] for line in rows] == list(table.names)
        assert all(line.count(" | ") == 3 for line in rows), "a meaning with a bar would break the table"


def test_the_tables_are_those_that_a_scan_writes(pages, scanned):
    assert set(pages.WRITTEN) == {name for name in WRITTEN if name.endswith(".parquet")}
    for name, (table, _) in pages.WRITTEN.items():
        assert pq.read_schema(scanned.findings / name).remove_metadata() == table.schema
