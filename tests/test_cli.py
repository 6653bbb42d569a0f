import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from stillwatch import __version__, commands
from stillwatch.cli import app

FOLDER = Path(commands.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
GROUPS = sorted(path.parent.name for path in FOLDER.glob("[a-z]*/__init__.py"))
GROUPED = sorted((path.parent.name, path.stem) for path in FOLDER.glob("*/[a-z]*.py"))
HEAVY = ["numba", "llvmlite", "duckdb", "pyarrow", "networkit", "numpy", "jinja2", "msgspec"]


def started(*arguments, code=None, **options):
    command = [sys.executable, *(["-c", code] if code else ["-m", "stillwatch"]), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["scan", "--help"], ["explain", "-h"], ["worlds", "score", "-h"], ["--version"]]
)
def test_help_loads_nothing_heavy(arguments):
    code = "import sys\nfrom stillwatch.cli import run\nrun(sys.argv[1:])\nprint(*sys.modules, file=sys.stderr)"
    _, err = started(*arguments, code=code).communicate(timeout=60)
    assert set(err.split()) & set(HEAVY) == set()
    assert "stillwatch.cli" in err.split()


def test_every_command_is_found_and_has_help_with_an_example(command):
    assert sorted(one.name for one in app.registered_commands) == NAMES
    for name in NAMES:
        code, out, err = command(name, "--help")
        assert (code, err) == (0, "")
        assert f"stillwatch {name}" in out.split("──╯")[-1], "an example after the options"


def test_every_group_is_found_and_says_what_it_is_for(command):
    assert sorted(one.name for one in app.registered_groups) == GROUPS
    assert "worlds" in GROUPS
    for name in GROUPS:
        code, out, _ = command(name, "--help")
        assert code == 0
        assert command(name)[0] == 2
        told = " ".join(out.split())
        assert import_module(f"{commands.__name__}.{name}").__doc__ in told


@pytest.mark.parametrize(("group", "name"), GROUPED)
def test_every_command_of_a_group_has_help_with_an_example(command, group, name):
    code, out, err = command(group, name, "--help")
    assert (code, err) == (0, "")
    assert f"stillwatch {group} {name}" in out.split("──╯")[-1], "an example after the options"


def test_the_help_tells_the_exit_codes(command):
    code, out, _ = command("--help")
    assert code == 0
    told = " ".join(out.split())
    for part in (
        "0 when nothing was found",
        "10 when campaigns were found",
        "2 on wrong usage",
        "130 when interrupted",
        "141 when whoever reads its output stops",
    ):
        assert part in told


def test_the_version(command):
    assert command("--version") == (0, f"stillwatch {__version__}\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("name", ["settings", "traits"])
def test_an_output_that_cannot_be_written_is_told_in_five_lines(name):
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "stillwatch", name], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert process.returncode == 2
    assert len(process.stderr.splitlines()) == 5
    assert "  where:  the standard output\n  found:  No space left on device" in process.stderr


@pytest.mark.parametrize("arguments", [[], ["find"], ["scan", "--thread"], ["scan", "x", "--threads", "0"], ["check"]])
def test_wrong_usage_ends_with_2(command, arguments):
    code, out, err = command(*arguments)
    assert code == 2
    assert "Usage" in out + err


def test_an_error_is_told_in_five_lines_without_a_traceback(tmp_path):
    run = started("check", "nothing-here", cwd=tmp_path)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (2, "")
    assert [line[:10] for line in err.splitlines()] == [
        "1 of the g",
        "  where:  ",
        "  found:  ",
        "  needed: ",
        "  try:    ",
    ]


WAITING = """
import signal, sys
import stillwatch.scanning
from stillwatch.cli import main

def wait(_case):
    print("ready", flush=True)
    signal.pause()

stillwatch.scanning.state_findings = wait
main()
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_with_130_and_leaves_nothing(scanned, tmp_path, stop):
    (tmp_path / "tmp").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    run = started("scan", scanned.logs, code=WAITING, cwd=tmp_path, env=environment)
    assert run.stdout.readline() == "ready\n", run.stderr.read()
    assert any((tmp_path / "tmp").iterdir())
    run.send_signal(stop)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "no findings were written" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.rglob("*")] == ["tmp"]


@pytest.mark.parametrize("arguments", [["settings"], ["traits"], ["traits", "--json"]])
def test_a_reader_that_goes_away_ends_the_process_as_a_closed_pipe_does(tmp_path, arguments):
    run = started(*arguments, cwd=tmp_path)
    run.stdout.close()
    assert run.wait(timeout=60) == 141
    assert run.stderr.read() == ""
    run.stderr.close()


def test_so_does_a_reader_of_progress_that_goes_away(tmp_path):
    (tmp_path / "may.jsonl").write_text(
        '{"exchange_id": "x", "asked_at": "2026-05-01T12:00:00Z", "account_id": "a", "ip": "192.0.2.1"}\n'
    )
    run = started("check", "may.jsonl", cwd=tmp_path)
    run.stderr.close()
    assert run.wait(timeout=60) == 141
    run.stdout.close()
