import io

import pytest
from rich.console import Console

from stillwatch.progress import SILENT, LiveProgress, counted_as


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def console(*, terminal):
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None, _environ={})


def test_each_stage_leaves_a_line_with_what_was_done_and_how_long_it_took(clock):
    out = console(terminal=False)
    with LiveProgress(out, clock) as progress:
        progress.stage("reading", 200, "exchanges")
        progress.advance(150)
        progress.advance(50)
        clock.now = 4.0
        progress.stage("finding traits", None, "")
        clock.now = 5.5
    assert out.file.getvalue() == "reading, 200 exchanges in 4.0 s\nfinding traits in 1.5 s\n"


def test_a_terminal_sees_rates_and_the_time_left(clock):
    out = console(terminal=True)
    with LiveProgress(out, clock) as progress:
        progress.stage("reading", 10_000_000, "bytes")
        for second in range(1, 4):
            clock.now = float(second)
            progress.advance(1_000_000)
        progress._bars.refresh()
    told = out.file.getvalue()
    assert "3.0 MB of 10.0 MB" in told
    assert "00:07" in told
    assert "reading, 3.0 MB in 3.0 s" in told


def test_a_note_stands_in_the_line_that_stays_and_in_no_other(clock):
    out = console(terminal=False)
    with LiveProgress(out, clock) as progress:
        progress.stage("reading", 2_000_000, "bytes")
        progress.advance(2_000_000)
        progress.note("1,500 exchanges")
        progress.stage("finding traits", None, "")
    assert out.file.getvalue() == "reading, 1,500 exchanges, 2.0 MB in 0.0 s\nfinding traits in 0.0 s\n"


def test_a_rate_is_told_where_the_whole_is_not_known(clock):
    out = console(terminal=True)
    with LiveProgress(out, clock) as progress:
        progress.stage("reading", None, "exchanges")
        for second in range(1, 4):
            clock.now = float(second)
            progress.advance(500)
        progress._bars.refresh()
    assert "1,500 exchanges (500 exchanges/s)" in out.file.getvalue()


def test_a_stage_that_fails_leaves_no_line(clock):
    out = console(terminal=False)
    progress = LiveProgress(out, clock)

    def fail():
        with progress:
            progress.stage("reading", None, "")
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        fail()
    assert out.file.getvalue() == ""


def test_nothing_is_told_before_a_stage_or_to_nobody(clock):
    out = console(terminal=False)
    with LiveProgress(out, clock) as progress:
        progress.advance(3)
        progress.done()
    SILENT.stage("reading", None, "")
    SILENT.advance(1)
    SILENT.note("exchanges")
    SILENT.done()
    assert out.file.getvalue() == ""


def test_amounts_have_their_unit():
    assert counted_as(3, "rounds") == "3 rounds"
    assert counted_as(1, "rounds") == "1 round"
