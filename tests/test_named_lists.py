from datetime import UTC, datetime

import pyarrow as pa
import pytest

from stillwatch.engine.duck import DuckEngine
from stillwatch.errors import ListUnreadable
from stillwatch.findings.statement import Release
from stillwatch.named_lists import name_lists, name_releases, open_lists
from stillwatch.settings import Context


@pytest.fixture
def engine(tmp_path):
    with DuckEngine(threads=1, folder=tmp_path) as opened:
        opened.name("marks", pa.table({"ip": ["192.0.2.1", None, "198.51.100.7", "192.0.2.1"]}))
        yield opened


def test_a_list_that_cannot_be_read_is_told_when_lists_are_opened(tmp_path):
    for name in ("address_ranges", "disposable_domains", "indicators"):
        with pytest.raises(ListUnreadable):
            open_lists(Context(**{name: tmp_path / "absent.csv"}))
    (tmp_path / "known.csv").write_text("actor,kind,value,source\na,payment card,c1,us\n")
    assert [one.actor for one in open_lists(Context(indicators=tmp_path / "known.csv"))] == ["a"]
    assert open_lists(Context()) == ()


def test_releases_are_named_in_utc(engine):
    name_releases(engine, [Release("m", datetime(2026, 3, 2, 12, tzinfo=UTC))])
    assert engine.sql("FROM releases").to_pylist() == [{"model": "m", "released": datetime(2026, 3, 2, 12)}]


def test_lists_say_nothing_where_there_are_none(engine):
    name_releases(engine, [])
    name_lists(engine, Context())
    assert [engine.sql(f"FROM {one}").num_rows for one in ("releases", "address_ranges", "disposable_domains")] == [
        0
    ] * 3


def test_addresses_of_the_logs_are_labelled(engine, tmp_path):
    ranges, domains = tmp_path / "ranges.csv", tmp_path / "domains.txt"
    ranges.write_text("prefix,kind\n192.0.2.0/24,vpn\n203.0.113.0/24,cloud\n")
    domains.write_text("Throwaway.Example\n")
    name_lists(engine, Context(address_ranges=ranges, disposable_domains=domains))
    assert [row["ip"] for row in engine.sql("FROM address_ranges").to_pylist()] == ["192.0.2.1"]
    assert engine.sql("FROM disposable_domains")["domain"].to_pylist() == ["throwaway.example"]
