from stillwatch.cli import run


def test_days_before_a_date_are_forgotten(scanned, tmp_path, capsys):
    kept = str(tmp_path / "kept")
    found = ["scan", str(scanned.logs), "--settings", str(scanned.settings), "--into", str(tmp_path / "found"), "-q"]
    assert run([*found, "--state", kept]) in {0, 10}
    assert run([*found, "--state", kept]) in {0, 10}
    assert "1 file that the state holds already" in capsys.readouterr().out
    assert run(["state", "forget", kept, "--before", "2026-02-03"]) == 0
    assert "forgot 1 day; 13 days left, from 2026-02-03 on" in capsys.readouterr().out


def test_without_a_state_nothing_is_forgotten(tmp_path, capsys):
    assert run(["state", "forget", str(tmp_path), "--before", "2026-02-03"]) == 2
    assert "the state cannot be read" in capsys.readouterr().err
    assert run(["state", "forget", str(tmp_path), "--before", "2026-02-03", "--memory", "much"]) == 2
