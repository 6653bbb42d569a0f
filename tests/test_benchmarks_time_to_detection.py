"""What benchmarks/time_to_detection.py measures, and that its page and picture say what its tables say."""

import importlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.scanning import scan
from stillwatch.settings import Settings
from stillwatch.worlds import make_world

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
AGAIN = "run python benchmarks/time_to_detection.py"
SVG = "{http://www.w3.org/2000/svg}"
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def watch():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("time_to_detection")


@pytest.fixture(scope="module")
def pages():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("detection_page")


@pytest.fixture(scope="module")
def relay(watch):
    return watch.marked(watch.find_story("relay"), 101)


def page():
    return (DOCS / "time-to-detection.md").read_text(encoding="utf-8")


def asked_by(watch, *accounts):
    """A world in which these accounts ask for extraction, one a minute."""
    asked_at = pa.array([BEGAN + timedelta(minutes=at) for at in range(len(accounts))], pa.timestamp("us", "UTC"))
    columns = {"account_id": pa.array(accounts), "asked_at": asked_at, "campaign": pa.array(["elm"] * len(accounts))}
    return watch.Marked("by hand", 1, pa.table({}), dict.fromkeys(accounts, "elm"), pa.table(columns), ())


@pytest.mark.parametrize(
    ("accounts", "minute"),
    [
        ([f"a{at % 5}" for at in range(100)], 19),  # twenty exchanges
        ([f"a{at % 5}" for at in range(4_000)], 39),  # one in a hundred
        (["a0"] * 60 + ["a1", "a2", "a3", "a4"] * 9, 63),  # the fifth account
        (["a0"] * 60, 19),  # there is no fifth
        (["a0", "a1"] * 4, 7),  # there are no twenty
    ],
)
def test_a_campaign_begins_in_earnest_when_enough_was_asked_by_enough(watch, accounts, minute):
    begun = watch.begun(asked_by(watch, *accounts), "elm")
    assert begun.at == BEGAN + timedelta(minutes=minute)
    assert begun.asked(begun.at) == pytest.approx(minute / len(accounts))
    assert begun.asked(BEGAN) == 0
    assert begun.asked(BEGAN + timedelta(days=9)) == 1


def test_honest_days_come_before_and_nothing_else_changes(watch):
    for name in ("retreat", "regrowth", "february"):
        told = watch.find_story(name)
        later = watch.after_honest_days(told, 7)
        assert later.calendar.first + timedelta(days=7) == told.calendar.first
        assert later.calendar.days == told.calendar.days + 7
        assert later.calendar.releases == told.calendar.releases
        for one, then in zip(told.campaigns, later.campaigns, strict=True):
            assert then.pace.from_day == one.pace.from_day + 7
            assert (then.accounts, then.exchanges, then.cover) == (one.accounts, one.exchanges, one.cover)
    assert later.name == "february"
    assert watch.after_honest_days(told, 0) == told


def test_a_scan_sees_what_was_asked_until_then(watch, relay):
    early, late = (watch.begun(relay, "gorse").at + timedelta(hours=hours) for hours in (1, 24))
    counts = []
    for until in (early, late):
        with watch.case_of(relay, until) as case:
            row = case.engine.sql("SELECT count(*) AS n, max(asked) AS last FROM exchange").to_pylist()[0]
            assert row["last"].replace(tzinfo=UTC) < until
            counts.append(row["n"])
    assert 0 < counts[0] < counts[1] < len(relay.marks)


def test_the_stages_find_what_a_scan_finds(watch, relay, tmp_path):
    made = make_world("relay", seed=101)
    pq.write_table(made.exchanges, tmp_path / "exchanges.parquet")
    logs, into = [str(tmp_path / "exchanges.parquet")], tmp_path / "findings"
    scanned = scan(logs, into=into, settings=Settings(), releases=relay.releases)
    with watch.case_of(relay) as case:
        staged = watch.state_findings(case).findings
    assert [one.campaign_id for one in staged] == [one.campaign_id for one in scanned.findings]
    assert [one.false_alarm_rate for one in staged] == [one.false_alarm_rate for one in scanned.findings]
    assert staged


def test_the_whole_of_a_relay_is_found_and_seen(watch, relay):
    with watch.case_of(relay) as case:
        here = relay.campaign_of(case.shown.accounts)
        stated = watch._stated(case, here, "gorse")
        seen = watch._seen(case, np.flatnonzero(here == "gorse"), here, 24, (*stated, *stated))
    assert stated == (True, 0)
    assert (seen.asked, seen.judged, seen.found) == (30, 1.0, True)
    assert seen.linked > 0.9
    assert seen.gathered > 0.9
    assert seen.known < watch.FALSE_DISCOVERY_RATE


def test_a_share_of_harvest_is_ranked_among_honest_accounts_that_asked_enough(watch):
    exchanges = np.array([100, 100, 5, 40, 40, 40])
    harvest = np.array([0, 30, 5, 10, 12, 0])
    honest = np.array([True, True, True, False, False, True])
    # members hold 22 of 80; of three honest accounts with twenty exchanges one has as much
    assert watch.pooled(harvest, exchanges, np.array([3, 4]), honest) == pytest.approx(2 / 4)
    assert watch.pooled(harvest, exchanges, np.array([1]), honest & (harvest < 30)) == pytest.approx(1 / 3)


@pytest.fixture
def tables(pages):
    found = [
        pages.Found(7, "relay", "gorse", 101, 30, 2_933, 2.9, 1, 0.0133, 0.0034),
        pages.Found(7, "ghost", "ivy", 101, 40, 3_200, 5.0, 24, 0.1, 0.09),
        pages.Found(7, "solo", "juniper", 102, 1, 12_000, 5.0, None, 0.0, 0.0),
        pages.Found(0, "relay", "gorse", 101, 30, 2_931, 2.9, 1_008, 0.5, 0.005),
    ]
    hours = [pages.Hour(before, at, 3, 17.5, 2.3, 0.0, 0.71, 0.5, 1, 0, 2, 1, 1, 0)
             for before in (7, 0) for at in pages.HOURS]  # fmt: skip
    return found, hours


def test_in_time_is_within_an_hour_or_half_a_per_cent(tables):
    assert [one.in_time for one in tables[0]] == [True, False, False, True]


def test_tables_come_back_from_a_page_and_give_the_same_again(pages, tables):
    written = pages.page_of(*tables, "101,102", "## Where it falls short\n")
    assert pages.found_rows(written) == tables[0]
    assert pages.hour_rows(written) == tables[1]
    assert "1 of 3 campaigns are found in time: the bar is not met" in written.replace("\n", " ")
    assert "1 of 1 campaigns are found in time: the bar is met" in written.replace("\n", " ")
    assert pages.draw(tables[0]) != pages.draw(tables[0][1:])


def test_what_is_measured_is_written_and_what_is_said_by_hand_stays(watch, pages, tables, tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "DOCS", tmp_path)
    (tmp_path / "time-to-detection.md").write_text("old\n## Where it falls short\nhere\n", encoding="utf-8")
    watch.write(*([one.line for one in some] for some in tables), "101,102")
    written = (tmp_path / "time-to-detection.md").read_text(encoding="utf-8")
    assert written == pages.page_of(*tables, "101,102", "## Where it falls short\nhere\n")
    assert (tmp_path / "time-to-detection.svg").read_text(encoding="utf-8") == pages.draw(tables[0])


def test_the_page_follows_from_its_tables(watch, pages):
    seeds = re.search(r"^\$ python benchmarks/time_to_detection\.py --seeds ([\d,]+)", page(), re.M)[1]
    tables = pages.found_rows(page()), pages.hour_rows(page())
    assert pages.page_of(*tables, seeds, watch.kept(page())) == page(), AGAIN
    attacked = {name for name in watch.shipped_stories() if watch.find_story(name).campaigns}
    assert {one.story for one in tables[0]} == attacked


def test_the_page_says_where_it_falls_short(watch):
    assert len(watch.kept(page()).split()) > 50


def test_the_picture_is_drawn_the_same_again_and_is_small(pages):
    picture = (DOCS / "time-to-detection.svg").read_text(encoding="utf-8")
    assert pages.draw(pages.found_rows(page())) == picture, AGAIN
    assert len(picture.encode()) < 15_000
    assert ET.fromstring(picture).find(f"{SVG}title").text
