import filecmp
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from stillwatch import orders
from stillwatch.errors import FindingsAmongLogs, FolderOccupied, InputsChanged
from stillwatch.marks import portions
from stillwatch.orders import order_scan, repeat_scan, run_order
from stillwatch.state_errors import StateAmongLogs


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def test_files_that_options_name_are_read(scanned):
    order = order_scan(
        [str(scanned.logs)], scanned.settings, releases=scanned.folder / "world" / "releases.json", show_text=True
    )
    assert order.releases == scanned.scan.summary.releases
    assert order.settings.judging.false_discovery_rate == 1.0
    assert order.show_text


def test_a_repeated_scan_gives_the_same_bytes_on_another_number_of_threads(scanned, tmp_path, console):
    again = repeat_scan(scanned.findings / "scan.json", tmp_path / "again", console, threads=1, memory_bytes=10**9)
    assert again.findings == scanned.scan.findings
    names = sorted(path.name for path in scanned.findings.iterdir())
    same, different, missing = filecmp.cmpfiles(scanned.findings, tmp_path / "again", names, shallow=False)
    assert (sorted(same), different, missing) == (names, [], [])
    assert "stating findings" in console.file.getvalue()


def test_a_scan_of_changed_logs_is_not_repeated(scanned, tmp_path, console):
    table = json.loads((scanned.findings / "scan.json").read_text())
    table["summary"]["inputs"][0]["sha256"] = "0" * 64
    (tmp_path / "scan.json").write_text(json.dumps(table))
    with pytest.raises(InputsChanged):
        repeat_scan(tmp_path / "scan.json", tmp_path / "again", console)
    assert not (tmp_path / "again").exists()


def test_another_version_is_told_before_the_scan(scanned, tmp_path, console, monkeypatch):
    table = json.loads((scanned.findings / "scan.json").read_text())
    table["packages"]["duckdb"] = "1.0"
    (tmp_path / "scan.json").write_text(json.dumps(table))
    monkeypatch.setattr(orders, "run_order", lambda order, *_, **__: order)
    order = repeat_scan(tmp_path / "scan.json", tmp_path / "again", console)
    assert order.sources == (str(scanned.logs),)
    assert "recorded with duckdb 1.0, here is 2." in console.file.getvalue()


def test_a_scan_whose_wordings_hang_on_memory_is_repeated_with_as_much(scanned, tmp_path, console, monkeypatch):
    monkeypatch.setattr(portions, "PROMPT_BYTES", 10**9)
    order = order_scan([str(scanned.logs)], scanned.settings)
    run_order(order, tmp_path / "found", console, memory_bytes=6 * 10**8)
    ordered = []
    monkeypatch.setattr(orders, "run_order", lambda order, *_, **given: ordered.append((order, given)))
    for memory_bytes in (None, 10**9):
        repeat_scan(tmp_path / "found", tmp_path / "again", console, memory_bytes=memory_bytes)
    assert [given["memory_bytes"] for _, given in ordered] == [None, 10**9]
    assert {order.settings.memory_bytes for order, _ in ordered} == {6 * 10**8}
    assert console.file.getvalue().count("recorded with 600,000,000 bytes of memory") == 1


@pytest.mark.parametrize("into", ["logs/findings", "logs"])
def test_findings_do_not_lie_among_the_logs(tmp_path, console, monkeypatch, into):
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    with pytest.raises(FindingsAmongLogs):
        run_order(order_scan(["logs"]), Path(into), console)


def test_a_state_does_not_lie_among_the_logs_and_its_scan_is_not_repeated(scanned, tmp_path, console, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    with pytest.raises(StateAmongLogs):
        run_order(order_scan(["logs"], state=Path("logs/kept")), Path("found"), console)
    run_order(order_scan([str(scanned.logs)], scanned.settings, state=Path("kept")), Path("found"), console)
    with pytest.raises(InputsChanged) as caught:
        repeat_scan(Path("found"), Path("again"), console)
    assert "`kept`" in caught.value.found


def test_a_folder_with_something_else_is_left_alone(scanned, tmp_path, console):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(FolderOccupied):
        run_order(order_scan([str(scanned.logs)]), tmp_path, console)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_interrupted_scan_says_so_and_leaves_nothing(scanned, tmp_path, console, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("stillwatch.scanning.state_findings", interrupted)
    order = order_scan([str(scanned.logs)])
    order = replace(order, settings=replace(order.settings, temporary_folder=tmp_path))
    with pytest.raises(KeyboardInterrupt):
        run_order(order, tmp_path / "new" / "findings", console)
    assert "no findings were written" in console.file.getvalue()
    assert [path.name for path in tmp_path.rglob("*") if path.name != "new"] == []
