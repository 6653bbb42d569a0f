import json

import pyarrow.parquet as pq


def test_an_id_is_explained(command, scanned):
    finding = scanned.scan.findings[0]
    for given in (finding.campaign_id, finding.members[0].account_id, finding.evidence[0].example_exchange_ids[0]):
        code, out, err = command("explain", given, "--findings", scanned.findings)
        assert (code, err) == (0, "")
        assert given in out
        assert " bits" in out


def test_json_holds_the_explanation_and_the_rows(command, scanned):
    account = scanned.scan.findings[0].members[0].account_id
    code, out, _ = command(
        "explain", account, "--findings", scanned.findings, "--logs", scanned.logs, "--show-text", "--json"
    )
    told = json.loads(out)
    assert code == 0
    assert told["explained"]["kind"] == "account"
    assert {row["account_id"] for row in told["rows"]} == {account}
    assert all("prompt_text" in row for row in told["rows"])


def test_rows_of_logs_that_the_scan_has_not_read_are_told(command, scanned, tmp_path):
    rows = pq.read_table(scanned.logs)
    pq.write_table(rows.slice(1), tmp_path / "others.parquet")
    account = scanned.scan.findings[0].members[0].account_id
    told = {}
    for logs in (scanned.logs, tmp_path / "others.parquet"):
        code, out, told[logs] = command("explain", account, "--findings", scanned.findings, "--logs", logs)
        assert code == 0
        assert account in out
    assert told[scanned.logs] == ""
    lines = "".join(told[tmp_path / "others.parquet"].split())
    assert "1filethatthescanhasnotread;" in lines
    assert lines.endswith("/others.parquet")


def test_text_is_in_the_logs_alone(command, scanned):
    code, _, err = command("explain", "x", "--findings", scanned.findings, "--show-text")
    assert code == 2
    assert "--logs" in err


def test_findings_that_are_not_there_are_told(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = command("explain", "x")
    assert code == 2
    assert err.startswith("there are no findings to explain\n  where:  findings\n")
