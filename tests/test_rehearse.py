import io
import re

import pytest
from rich.console import Console

from stillwatch import rehearse as rehearsals
from stillwatch.errors import FolderOccupied, RecordUnreadable
from stillwatch.operator_lists import read_releases
from stillwatch.record import read_record
from stillwatch.rehearse import (
    Rehearsed,
    Scored,
    heading,
    order_rehearsals,
    rehearse,
    row_of,
    score_findings,
    show_detections,
    show_score,
)
from stillwatch.world_errors import StoryUnknown
from stillwatch.worlds import Making, shipped_stories
from stillwatch.worlds.score import Counted, Detection, Rates, Score, TrueCampaign

CAMPAIGNS = (TrueCampaign("ash", 12, 6, "campaign-1"), TrueCampaign("birch", 3, 0, None))
FOUND = Score(Counted(6, 2, 9), 998, {"office": 2}, Rates(0.75, 0.2), CAMPAIGNS, 2, ("c-2",), Counted(30, 0, 70))
PEACEFUL = Score(Counted(0, 0, 0), 1_000, {}, Rates(0.0, 0.0), (), 0, (), None)


def shown(*parts, width=120):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for part in parts:
        console.print(part)
    return console.file.getvalue()


def silent():
    return Console(file=io.StringIO())


def test_a_score_reads_as_lines(stored):
    stored("rehearse/score.txt", re.sub(r" +\n", "\n", shown(*show_score(FOUND), "", *show_score(PEACEFUL), width=80)))


def test_the_table_of_rehearsals_is_as_wide_as_its_head(scanned, stored):
    first = scanned.scan.summary.first_asked_at
    at = (
        Detection("ash", first, first, 36.4, 0.25), Detection("birch", first, None, None, None),
        Detection("cedar", None, first, None, None),
    )  # fmt: skip
    rows = [
        Rehearsed("framework_developers", 1, 1_190_218, Scored(scanned.findings, FOUND, at), 61.25),
        Rehearsed("peace", 1, 90_218, Scored(scanned.findings, PEACEFUL, ()), 8.0),
    ]
    told = shown(heading(), *map(row_of, rows))
    assert {len(line) for line in told.splitlines()} == {120}
    stored("rehearse/table.txt", re.sub(r" +\n", "\n", told))
    assert rows[0].as_data()["score"] == FOUND.as_data()
    times = shown(show_detections(at))
    assert "36.4 h" in times
    assert "25%" in times
    assert "not found" in times


def test_stories_are_ordered_once_each_or_all():
    assert order_rehearsals(["ghost", "one_office", "ghost"], seed=3, days=2) == [
        Making(shipped_stories()[name], 3, None, 2) for name in ("ghost", "one_office")
    ]
    assert [one.story.name for one in order_rehearsals(())] == list(shipped_stories())
    with pytest.raises(StoryUnknown):
        order_rehearsals(["ghost", "gost"])


def test_findings_of_successive_days_are_scored(scanned, tmp_path):
    alone = score_findings(scanned.logs.parent, [scanned.findings], silent())
    assert (alone.findings, alone.detections) == (scanned.findings, ())
    assert alone.score.accounts.tp > 0
    several = score_findings(scanned.logs.parent, [scanned.findings, scanned.findings], silent())
    assert several.score == alone.score
    (found,) = several.detections
    assert found.detected_at == scanned.scan.summary.last_asked_at
    with pytest.raises(RecordUnreadable):
        score_findings(scanned.logs.parent, [scanned.findings, tmp_path], silent())


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(rehearsals, "SCANNED_DAYS", (1, 4, 99))


@pytest.mark.usefixtures("quick")
def test_worlds_are_made_scanned_as_their_days_pass_and_scored(tmp_path):
    console = silent()
    orders = order_rehearsals(["ghost", "one_office"], scale=0.1, days=10)
    ghost, office = rehearse(orders, tmp_path, console)
    assert (ghost.story, office.story) == ("ghost", "one_office")
    assert ghost.exchanges_count > 100
    assert [one.campaign for one in ghost.scored.detections] == [one.name for one in ghost.scored.score.campaigns] != []
    assert (office.scored.detections, office.scored.score.campaigns) == ((), ())
    kept = {name: sorted(one.name for one in (tmp_path / name).iterdir()) for name in ("ghost", "one_office")}
    assert kept == {
        "ghost": ["findings", "findings-day-01", "findings-day-04", "world"],
        "one_office": ["findings", "world"],
    }
    assert "ghost: scanning, 3 scans in" in console.file.getvalue()
    folders = [tmp_path / "ghost" / name for name in kept["ghost"][:-1]]
    assert score_findings(tmp_path / "ghost/world", folders, silent()) == ghost.scored
    released = read_releases(tmp_path / "ghost/world/releases.json")
    for record in map(read_record, folders):  # no scan knows of what is released after its last day
        last = record.summary.last_asked_at.date()
        assert record.releases == tuple(one for one in released if one.at.date() <= last)
    with pytest.raises(FolderOccupied, match="holds something else"):
        rehearse(orders, tmp_path, silent())


@pytest.mark.usefixtures("quick")
def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (one,) = rehearse(order_rehearsals(["one_office"], scale=0.1, days=2), None, silent())
    assert one.scored.score.honest_count > 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_left_alone(tmp_path):
    (tmp_path / "ghost").write_text("dear")
    with pytest.raises(FolderOccupied, match="holds something else"):
        rehearse(order_rehearsals(["one_office", "ghost"]), tmp_path, silent())
    assert [one.name for one in tmp_path.iterdir()] == ["ghost"]
