import errno
import io
from dataclasses import replace

import pytest
from rich.console import Console

from stillwatch import demo
from stillwatch.demo import Comparison, TrueCampaign, compare, run_demo, show_comparison
from stillwatch.errors import CannotWrite, FolderOccupied
from stillwatch.worlds import make_world


def named(finding, name, accounts):
    member = finding.members[0]
    return replace(finding, campaign_id=name, members=tuple(replace(member, account_id=one) for one in accounts))


def test_findings_are_held_against_the_truth(scanned):
    first = scanned.scan.findings[0]
    truth = {"a1": "ash", "a2": "ash", "b1": "birch", "h1": None, "h2": None, "h3": None}
    findings = (named(first, "c-1", ["a1", "h1"]), named(first, "c-2", ["h2"]))
    assert compare(findings, truth) == Comparison(
        (TrueCampaign("ash", 2, 1, "c-1"), TrueCampaign("birch", 1, 0, None)), 3, 2, ("c-2",)
    )


def test_a_comparison_reads_as_lines():
    console = Console(file=io.StringIO(), width=80, color_system=None)
    for part in show_comparison(Comparison((TrueCampaign("ash", 12, 6, "campaign-1"),), 1_000, 1, ())):
        console.print(part)
    told = console.file.getvalue()
    assert "ash" in told
    assert "50%" in told
    assert "1 of 1,000 accounts flagged; 0 false campaigns" in told


def test_the_demonstration_scans_a_world_and_compares(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "make_world", lambda story, seed: make_world(story, seed=seed, scale=0.1))
    console = Console(file=io.StringIO(), width=200)
    for _ in range(2):  # an earlier demonstration is replaced
        done = run_demo(tmp_path / "demo", console, seed=3)
    assert (done.findings_folder / "report.html").is_file()
    assert {one.name for one in done.comparison.campaigns} == {"ash", "birch", "cedar"}
    assert done.scan.summary.releases
    assert "making a world" in console.file.getvalue()


def test_a_world_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def full(_world, _folder):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(demo, "make_world", lambda story, seed: make_world(story, seed=seed, scale=0.1))
    monkeypatch.setattr(demo, "write_world", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        run_demo(tmp_path / "demo", Console(file=io.StringIO()))


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(FolderOccupied):
        run_demo(tmp_path, Console(file=io.StringIO()))
