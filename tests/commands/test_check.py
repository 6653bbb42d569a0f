import json


def test_logs_are_checked_and_nothing_is_written(command, scanned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("check", scanned.logs, "--releases", scanned.folder / "world" / "releases.json")
    assert code == 0
    assert "early adoption" not in out
    assert "hosting range" in out
    assert "reading" in err
    assert list(tmp_path.iterdir()) == []


def test_json_is_one_document(command, scanned):
    code, out, err = command("check", scanned.logs, "--json", "--quiet")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["survey"]["rows_count"] == scanned.scan.summary.rows_count
    assert {one["name"] for one in told["outlook"]["blind"]} >= {"early adoption", "hosting range"}


def test_logs_that_no_scan_could_read_end_with_2(command, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"colour": "red"}\n')
    code, out, err = command("check", tmp_path, "--quiet")
    assert (code, out) == (2, "")
    assert "`colour`" in err
