import json
import subprocess
import sys

import pytest

FILES = ["accounts.parquet", "campaigns.parquet", "evidence.parquet", "exchanges.parquet", "findings.json",
         "links.parquet", "reasons.parquet", "report.html", "scan.json"]  # fmt: skip


@pytest.fixture(scope="session")
def peaceful(tmp_path_factory):
    """Logs of a few accounts that have nothing to do with each other."""
    path = tmp_path_factory.mktemp("peaceful") / "may.jsonl"
    words = ["cat", "stone", "rain", "hill", "why", "green", "sleep", "falls", "warm", "the", "does", "upon", "on"]
    rows = [
        {
            "exchange_id": f"x{n}",
            "asked_at": f"2026-05-{1 + n % 9:02}T{n % 24:02}:00:00Z",
            "account_id": f"a{n % 20}",
            "ip": f"192.0.2.{n % 20}",
            "ja4": f"t{n % 3}",
            "prompt_text": " ".join(words[(n + k * n) % 13] for k in range(8)),
        }
        for n in range(200)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_campaigns_end_with_10_and_a_table(command, scanned, tmp_path):
    code, out, err = command("scan", scanned.logs, "--settings", scanned.settings, "--into", tmp_path / "may")
    assert code == 10
    for finding in scanned.scan.findings:
        assert finding.campaign_id.removeprefix("campaign-") in out
    assert "blind" in out
    assert "report.html" in "".join(out.split())
    assert "reading" in err
    assert sorted(path.name for path in (tmp_path / "may").iterdir()) == FILES


def test_nothing_found_ends_with_0(command, peaceful, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("scan", peaceful, "--quiet", "--memory", "1GB", "--threads", 1)
    assert (code, err) == (0, "")
    assert out.startswith("No campaign was found.\n")
    assert sorted(path.name for path in (tmp_path / "findings").iterdir()) == FILES


def test_files_that_are_not_named_like_logs_are_told_and_recorded(command, peaceful, tmp_path):
    for name in ("may.jsonl", "june.jsonl.bz2"):
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(peaceful.read_bytes())
    code, out, _ = command("scan", tmp_path / "logs", "--quiet", "--threads", 1, "--into", tmp_path / "found")
    assert code == 0
    assert "not read    1 file not named like a log: " in out
    told = json.loads((tmp_path / "found/scan.json").read_text())["summary"]["passed_over"]
    assert told == [str(tmp_path / "logs/june.jsonl.bz2")]


def test_json_is_one_document(command, scanned, tmp_path):
    into = tmp_path / "may"
    code, out, _ = command("scan", scanned.logs, "--settings", scanned.settings, "--into", into, "--json", "-q")
    told = json.loads(out)
    assert code == 10
    assert {one["campaign_id"] for one in told["findings"]} == {one.campaign_id for one in scanned.scan.findings}
    assert told["summary"]["accounts_count"] == scanned.scan.summary.accounts_count
    assert told["report"] == str(into / "report.html")


def test_a_scan_is_repeated(command, scanned, tmp_path):
    code, _, _ = command("scan", "--repeat", scanned.findings / "scan.json", "--into", tmp_path / "again", "--quiet")
    assert code == 10
    assert (tmp_path / "again/findings.json").read_bytes() == (scanned.findings / "findings.json").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [[], ["logs", "--repeat", "scan.json"], ["--repeat", "scan.json", "--show-text"], ["logs", "--memory", "a lot"]],
)
def test_orders_that_contradict_each_other_are_wrong_usage(command, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("scan", *arguments)
    assert (code, out) == (2, "")
    assert "Usage" in err
    assert list(tmp_path.iterdir()) == []


def test_a_bad_file_ends_with_2_and_five_lines(command, peaceful, tmp_path):
    (tmp_path / "releases.json").write_text("[{}]")
    code, out, err = command("scan", peaceful, "--releases", tmp_path / "releases.json", "--into", tmp_path / "may")
    assert (code, out) == (2, "")
    assert err.startswith("the releases cannot be read\n  where:")
    assert not (tmp_path / "may").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--engine", "cray"], "name `embedded` or `spark`"),
        (["--master", "spark://head:7077"], "go with `--engine spark`"),
        (["--engine", "spark", "--threads", "2"], "are of the embedded engine"),
    ],
)
def test_options_of_the_other_engine_are_refused(command, tmp_path, options, told):
    code, _, err = command("scan", tmp_path, "--into", tmp_path / "findings", *options)
    assert code == 2
    assert told.split("`")[0].strip() in " ".join(err.split())


@pytest.mark.parametrize("absent", ["sqlglot", "py4j", "pyspark"])
def test_a_part_of_the_extra_that_is_absent_is_told_in_five_lines(peaceful, tmp_path, absent):
    """In a process of its own, since a session that runs in this one needs no part of the extra any more."""
    arguments = ["scan", str(peaceful), "--engine", "spark", "--into", str(tmp_path / "found")]
    code = f"import sys; sys.modules[{absent!r}] = None; from stillwatch.cli import run; sys.exit(run({arguments!r}))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("the Spark engine cannot start\n  where:  Spark, as it is set up here\n")
    assert "pip install 'stillwatch[spark]'" in ended.stderr
    assert not (tmp_path / "found").exists()
