from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from stillwatch.engine.duck import DuckEngine
from stillwatch.exchanges import open_logs
from stillwatch.exchanges.spread import SpreadLogs
from stillwatch.findings.describe import Indicator
from stillwatch.findings.settings import Declared, Price
from stillwatch.findings.statement import Release, Unmet
from stillwatch.named_lists import name_releases
from stillwatch.unmet import find_unmet, met_releases, unfilled_columns

RELEASED = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = [("m", 0), ("m", 30), ("late", 24), ("early", -1), (None, 1)]


@pytest.fixture
def engine(tmp_path):
    with DuckEngine(threads=1, folder=tmp_path) as opened:
        times = pa.array([(RELEASED + timedelta(hours=hours)).replace(tzinfo=None) for _, hours in ASKED])
        models = [model for model, _ in ASKED]
        opened.name("marked", pa.table({"model": models, "asked": times, "released": times}))
        opened.name("profiles", pa.table({"account_id": ["a", "b", "a"]}))
        opened.name("organisations", pa.table({"account_id": ["a"], "org_id": ["acme"]}))
        opened.name("traits", pa.table({"trait": ["address"] * 2, "value": ["192.0.2.9"] * 2}))
        yield opened


def met(engine, *models):
    releases = tuple(Release(model, RELEASED) for model in models)
    name_releases(engine, releases)
    return [one.model for one in met_releases(engine, releases)]


def test_a_release_is_met_where_it_is_asked_for_within_a_day(engine):
    assert met(engine, "early", "late", "m", "unknown") == ["m"]
    assert met(engine) == []


def test_names_that_no_log_shows_are_counted_by_where_they_were_given(engine):
    declared = Declared(
        organisations={"own": ("b", "gone")},
        excused_organisations=("own", "acme", "other"),
        excused_accounts=("a", "b"),
        authorised_distillation=("z", "y", "x", "w", "w"),
        prices={"unknown": Price(1, 1)},
    )
    releases = (Release("m", RELEASED), Release("lost", RELEASED))
    assert find_unmet(engine, declared, releases, releases[:1]) == (
        Unmet("`declared.authorised_distillation`", 4, 4, ("w", "x", "y")),
        Unmet("`declared.excused_organisations`", 1, 3, ("other",)),
        Unmet("`declared.organisations`", 1, 2, ("gone",)),
        Unmet("releases", 1, 2, ("lost",)),
    )


def test_columns_of_a_mapping_that_no_row_fills_are_unmet(tmp_path):
    paths = {"exchange_id": "id", "asked_at": "when", "account_id": "who", "ip": "addres", "ja4": "j", "asn": "n"}
    (tmp_path / "m.toml").write_text("[columns]\n" + "".join(f'{name} = "{path}"\n' for name, path in paths.items()))
    (tmp_path / "a.jsonl").write_text('{"id": "r", "when": "2026-03-02T12:00:00Z", "who": "a", "n": 1}\n')
    logs = open_logs([str(tmp_path / "a.jsonl")], key=b"k", now=RELEASED, mapping=tmp_path / "m.toml")
    assert unfilled_columns(logs) == ()
    list(logs.batches())
    assert unfilled_columns(logs) == (Unmet("the mapping", 2, 6, ("ip", "ja4")),)
    assert unfilled_columns(SpreadLogs(None, (), None, RELEASED, None)) == ()


def test_where_nothing_is_declared_nothing_is_unmet(engine):
    assert find_unmet(engine, Declared(), (), ()) == ()


def test_indicators_that_no_account_shows_are_counted(engine):
    known = [("address", "192.0.2.9"), ("address", "192.0.2.0/24"), ("payment card", "192.0.2.9")]
    indicators = [Indicator("HAZEL", *one, "our list") for one in known]
    assert find_unmet(engine, Declared(), (), (), indicators) == (
        Unmet("indicators", 2, 3, ("address: 192.0.2.0/24", "payment card: 192.0.2.9")),
    )
    assert find_unmet(engine, Declared(), (), (), indicators[:1]) == ()
