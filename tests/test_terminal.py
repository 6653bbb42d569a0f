import io
import json
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from stillwatch.terminal import listed, notes, plain, results, tell_json, told


def shown(part, width=80):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(part)
    return console.file.getvalue()


def test_nothing_that_stands_in_logs_acts_on_the_terminal():
    hostile = "[red]a[/red] \x1b[31mb\u202ec"
    for part in (plain(hostile), told("label", hostile), listed(["name"], [[hostile]])):
        assert "[red]a[/red] [U+001B][31mb[U+202E]c" in shown(part)


def test_a_table_sets_numbers_to_the_right_and_folds_what_may_be_folded():
    table = listed(["!id", "words", ">count"], [["campaign-012345", "a b c d e f g", 7], ["b", "a", 1234]])
    first, folded, second = (line.rstrip() for line in shown(table, 38).splitlines()[3:6])
    assert first == " campaign-012345  a b c d e f       7"
    assert folded.split() == ["g"]
    assert second.split() == ["b", "a", "1234"]
    assert len(first) == len(second)


def test_long_ids_are_folded_before_another_column_is_lost():
    ids = "q" * 64, "z" * 64
    told = shown(listed(["!account", "!beside", ">bits", "what both show"], [[*ids, 12.5, "an address"]]), 100)
    assert "12.5" in told
    assert "an address" in told
    assert (told.count("q"), told.count("z")) == (64, 64)


def test_json_is_sorted_and_holds_times_and_paths(capsys):
    tell_json({"b": Path("x/y"), "a": (datetime(2026, 1, 1, tzinfo=UTC), 0.5)})
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": ["2026-01-01T00:00:00Z", 0.5], "b": "x/y"}
    assert out.index('"a"') < out.index('"b"')


def test_results_and_notes_go_apart(capsys):
    results().print("x" * 100)
    notes().print("a note")
    notes(quiet=True).print("unsaid")
    out, err = capsys.readouterr()
    assert (out, err) == ("x" * 100 + "\n", "a note\n")
