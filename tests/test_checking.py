import io
import json

import pytest
from rich.console import Console

from stillwatch.checking import check_logs, show_check
from stillwatch.errors import ListUnreadable

ROWS = [
    {"exchange_id": str(n), "asked_at": f"2026-05-0{1 + n % 3}T12:00:00Z", "account_id": f"a{n % 4}", "ip": "192.0.2.1"}
    for n in range(40)
]


def logs(folder):
    (folder / "may.jsonl").write_text("\n".join([*map(json.dumps, ROWS), '{"exchange_id": "x", "account_id": "a"}']))
    (folder / "notes.txt").write_text("not a log")
    return [str(folder)]


def test_what_was_understood_of_logs(tmp_path):
    checked = check_logs(logs(tmp_path), None, Console(file=io.StringIO()))
    survey = checked.survey
    assert (survey.rows_count, survey.accounts_count, survey.set_aside) == (40, 4, (("`asked_at` is absent", 1),))
    assert [one.line for one in checked.examples] == [41]
    assert checked.passed_over == (str(tmp_path / "notes.txt"),)
    assert "money" not in checked.outlook.seeing_families


def test_a_check_reads_as_lines(tmp_path, monkeypatch, stored):
    logs(tmp_path)
    monkeypatch.chdir(tmp_path)
    console = Console(file=io.StringIO(), width=100, color_system=None)
    for part in show_check(check_logs(["."], None, Console(file=io.StringIO()))):
        console.print(part)
    told = console.file.getvalue()
    stored("check.txt", "\n".join(line.rstrip() for line in told.splitlines()) + "\n")


def test_values_that_were_left_out_are_told(tmp_path):
    row = json.dumps(ROWS[0] | {"exchange_id": "y", "turn": "many"})
    (tmp_path / "may.jsonl").write_text("\n".join([*map(json.dumps, ROWS), row]))
    console = Console(file=io.StringIO(), width=200, color_system=None)
    for part in show_check(check_logs([str(tmp_path)], None, Console(file=io.StringIO()))):
        console.print(part)
    assert "left out   `turn` is not a number (1)" in console.file.getvalue()


def test_columns_of_a_mapping_that_no_row_fills_are_told(tmp_path):
    (tmp_path / "may.jsonl").write_text(json.dumps({"id": "x", "at": ROWS[0]["asked_at"], "who": "a"}))
    paths = {"exchange_id": "id", "asked_at": "at", "account_id": "who", "ip": "addres", "ja4": "tls"}
    (tmp_path / "m.toml").write_text("[columns]\n" + "".join(f'{name} = "{path}"\n' for name, path in paths.items()))
    checked = check_logs([str(tmp_path / "may.jsonl")], None, Console(file=io.StringIO()), mapping=tmp_path / "m.toml")
    console = Console(file=io.StringIO(), width=200, color_system=None)
    for part in show_check(checked):
        console.print(part)
    assert checked.unfilled == ("ip", "ja4")
    assert "unmet      no row fills these columns of the mapping: ip, ja4" in console.file.getvalue()


def test_ids_that_do_not_tell_requests_apart_are_told(tmp_path):
    rows = [*ROWS, ROWS[0], *(row | {"exchange_id": "1"} for row in ROWS[:4])]
    (tmp_path / "may.jsonl").write_text("\n".join(map(json.dumps, rows)))
    console = Console(file=io.StringIO(), width=200, color_system=None)
    for part in show_check(check_logs([str(tmp_path)], None, Console(file=io.StringIO()))):
        console.print(part)
    told = console.file.getvalue()
    assert "repeated   5 rows with the id of another row, counted once" in told
    assert "shared     5 rows whose id several accounts have: map `exchange_id` to what is unique" in told


def test_a_list_that_a_scan_could_not_read_is_told_by_the_check(tmp_path):
    (tmp_path / "s.toml").write_text('context.address_ranges = "absent.csv"\n')
    with pytest.raises(ListUnreadable):
        check_logs(logs(tmp_path), tmp_path / "s.toml", Console(file=io.StringIO()))


def test_many_files_are_counted_and_not_all_listed(tmp_path):
    for number in range(15):
        (tmp_path / f"{number:02}.jsonl").write_text(json.dumps(ROWS[0] | {"exchange_id": f"x{number}"}))
    console = Console(file=io.StringIO(), width=200, color_system=None)
    for part in show_check(check_logs([str(tmp_path)], None, Console(file=io.StringIO()))):
        console.print(part)
    told = console.file.getvalue()
    assert "11.jsonl" in told
    assert "12.jsonl" not in told
    assert "and 3 more files" in told
    assert "can find nothing" not in told
