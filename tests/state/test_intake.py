import os
import random
import signal
import subprocess
import sys

import pytest

from stillwatch.state.book import read_book
from stillwatch.state.intake import KEPT_FOLDS

# Ends itself at one of the moments at which something is written, as a kill from outside would.
KILLED = """
import os, signal, sys
from pathlib import Path
from stillwatch.engine.duck import DuckEngine
from stillwatch.state import book, opening

left = int(sys.argv.pop(1))  # moments until then

def dying(do):
    def run(*given, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return do(*given, **named)
    return run

DuckEngine.write = dying(DuckEngine.write)
Path.replace = dying(Path.replace)
opening.write_book = dying(opening.write_book)
opening.State.sweep = dying(opening.State.sweep)
from stillwatch.cli import run
sys.exit(run(sys.argv[1:]))
"""


BOOK_NAMED = 17  # the moment before the new book takes the place of the old one


def scan_until_killed(desk, log, moment):
    command = [sys.executable, "-c", KILLED, str(moment), "scan", str(log), "--state", str(desk.folder / "kept"),
               "--into", str(desk.folder / "of-kept"), "--quiet"]  # fmt: skip
    return subprocess.run(command, check=False, capture_output=True, env=os.environ | {"COLUMNS": "80"})


@pytest.mark.usefixtures("begun")
def test_a_scan_killed_at_any_moment_leaves_the_state_before_or_after(desk, once):
    """The moments: parts left are removed (1), five tables of a day twice, two of a fold twice, the book, its name."""
    more, before = desk.log("more", *desk.traffic.days()[2:]), read_book(desk.folder / "kept")
    for moment in (random.Random(1).randrange(2, 16), BOOK_NAMED, BOOK_NAMED + 1):
        done = scan_until_killed(desk, more, moment)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        after = read_book(desk.folder / "kept")
        assert after == before if moment <= BOOK_NAMED else len(after.days) == 4, moment
    desk.add("kept", more)
    assert desk.found("kept") == once.found("once")
    book, parts = read_book(desk.folder / "kept"), {path.name for path in (desk.folder / "kept" / "parts").iterdir()}
    assert parts == book.folders
    assert sum(day.fold is not None for day in book.days.values()) == KEPT_FOLDS


def test_only_the_last_days_keep_their_folds(once):
    folds = [day.fold is not None for _, day in sorted(read_book(once.folder / "once").days.items())]
    assert folds == [False] * (4 - KEPT_FOLDS) + [True] * KEPT_FOLDS
