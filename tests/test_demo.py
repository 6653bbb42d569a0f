import io
from dataclasses import replace

import pytest
from rich.console import Console

from stillwatch import demo
from stillwatch.demo import run_demo
from stillwatch.errors import FolderOccupied
from stillwatch.rehearse import show_score
from stillwatch.worlds import make


def test_the_demonstration_scans_a_world_and_compares(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "make", lambda making, *given: make(replace(making, scale=0.0005, honest=150), *given))
    console = Console(file=io.StringIO(), width=200)
    for _ in range(2):  # an earlier demonstration is replaced
        done = run_demo(tmp_path / "demo", console, seed=3)
    assert (done.findings_folder / "report.html").is_file()
    assert {one.name for one in done.comparison.campaigns} == {"ash", "birch", "cedar"}
    members = {member.account_id for finding in done.scan.findings for member in finding.members}
    assert done.comparison.accounts.tp + done.comparison.accounts.fp == len(members)
    told = io.StringIO()
    for part in show_score(done.comparison):
        Console(file=told, width=80).print(part)
    assert "true campaign" in told.getvalue()
    assert f"of {done.comparison.honest_count:,} accounts flagged" in told.getvalue()
    assert done.scan.summary.releases
    assert "writing, " in console.file.getvalue()


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(FolderOccupied):
        run_demo(tmp_path, Console(file=io.StringIO()))
