import errno
import os
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import CannotWrite
from stillwatch.settings import Settings, read_settings
from stillwatch.state import opening
from stillwatch.state.book import BOOK, Day, Terms
from stillwatch.state.opening import LOCK, keep_apart, open_state, terms_of
from stillwatch.state_errors import StateAmongFindings, StateBusy, StateMismatch, StateUnreadable

TERMS = Terms("tables", "key")


def committed(folder):
    """A state with one day."""
    with open_state(folder, TERMS) as state:
        part = state.new_part("day")
        pq.write_table(pa.table({"a": [1]}), part / "marks.parquet")
        state.commit(replace(state.book, days={"2026-03-01": Day(part.name, 1, 0, ())}))
    return part


def test_a_part_is_kept_when_the_book_names_it_and_only_then(tmp_path):
    part = committed(tmp_path / "state")
    with open_state(tmp_path / "state", TERMS) as state:
        left = state.new_part("day")
        assert left.is_dir()
    assert part.is_dir()
    assert not left.exists()
    assert {one.name for one in (tmp_path / "state").iterdir()} == {BOOK, LOCK, "parts"}


def test_what_a_killed_scan_left_is_removed(tmp_path):
    part = committed(tmp_path / "state")
    (part.parent / "day-of-a-killed-scan").mkdir()
    (tmp_path / "state" / f"{BOOK}.new").write_text("half a bo")
    with open_state(tmp_path / "state", TERMS) as state:
        assert [one.name for one in part.parent.iterdir()] == [part.name]
        assert state.book.days


def test_one_scan_at_a_time_has_a_state_open(tmp_path):
    with open_state(tmp_path, TERMS), pytest.raises(StateBusy), open_state(tmp_path, TERMS):
        pass
    with open_state(tmp_path, TERMS):
        pass


def test_a_state_of_other_terms_is_refused_and_stays_as_it_is(tmp_path):
    committed(tmp_path)
    before = (tmp_path / BOOK).read_bytes()
    with pytest.raises(StateMismatch) as caught, open_state(tmp_path, replace(TERMS, key="other")):
        pass
    assert "another `key_file`" in caught.value.found
    assert (tmp_path / BOOK).read_bytes() == before
    with open_state(tmp_path, None) as state:
        assert state.book.terms == TERMS


def test_a_state_that_lacks_a_part_is_refused_and_stays_as_it_is(tmp_path):
    shutil.rmtree(committed(tmp_path))
    before = (tmp_path / BOOK).read_bytes()
    with pytest.raises(StateUnreadable) as caught, open_state(tmp_path, TERMS):
        pass
    assert "`parts/day-" in caught.value.found
    assert (tmp_path / BOOK).read_bytes() == before


def test_a_state_with_a_damaged_table_is_refused(tmp_path):
    part = committed(tmp_path)
    with (part / "marks.parquet").open("r+b") as file:
        file.truncate(100)
    with pytest.raises(StateUnreadable) as caught, open_state(tmp_path, TERMS):
        pass
    assert "/marks.parquet`, which is damaged" in caught.value.found


def test_parts_and_their_names_are_on_the_disk_before_the_book(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(opening, "sync", lambda path: done.append(path.name.split("-")[0]))
    monkeypatch.setattr(opening, "write_book", lambda *_: done.append(BOOK))
    committed(tmp_path)
    assert done == ["marks.parquet", "day", "parts", BOOK]


@pytest.mark.parametrize(("code", "told"), [(errno.EWOULDBLOCK, StateBusy), (errno.ENOLCK, CannotWrite)])
def test_what_cannot_lock_is_not_told_as_another_scan(tmp_path, monkeypatch, code, told):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(opening.fcntl, "flock", refuse)
    with pytest.raises(told), open_state(tmp_path, TERMS):
        pass


@pytest.mark.parametrize("name", ["findings.json", ""])
def test_a_folder_of_something_else_is_refused(tmp_path, name):
    given = tmp_path / "given"
    if name:
        given.mkdir()
    (given / name if name else given).write_text("mine")
    with pytest.raises(StateUnreadable), open_state(given, TERMS):
        pass
    assert (given / name if name else given).read_text() == "mine"


def test_to_forget_there_must_be_a_state(tmp_path):
    with pytest.raises(StateUnreadable), open_state(tmp_path / "none", None):
        pass
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("state", "into"), [("out", "out"), ("out/state", "out"), ("out", "out/found"), ("link", "out/found")]
)
def test_a_state_and_findings_lie_apart(tmp_path, state, into):
    (tmp_path / "link").symlink_to(tmp_path / "out")
    with pytest.raises(StateAmongFindings) as caught:
        keep_apart(tmp_path / state, tmp_path / into)
    assert caught.value.where == str(tmp_path / state)
    keep_apart(tmp_path / "out", tmp_path / "outer")


def test_terms_follow_the_key_and_the_lists(tmp_path):
    (tmp_path / "key").write_bytes(os.urandom(16))
    (tmp_path / "ranges.csv").write_text("prefix,kind\n192.0.2.0/24,vpn\n")
    (tmp_path / "stillwatch.toml").write_text('key_file = "key"\n[context]\naddress_ranges = "ranges.csv"\n')
    settings = read_settings(tmp_path / "stillwatch.toml")
    assert len(list(terms_of(Settings()).changes(terms_of(settings)))) == 2
    first = terms_of(settings)
    (tmp_path / "ranges.csv").write_text("prefix,kind\n192.0.2.0/24,relay\n")
    assert list(first.changes(terms_of(settings))) == ["it was made with another `context.address_ranges`"]


def test_terms_follow_the_form_of_marks(monkeypatch):
    before = terms_of(Settings())
    assert terms_of(Settings()) == before
    monkeypatch.setattr(opening, "MARKS_FORM", 0)
    assert list(before.changes(terms_of(Settings()))) == ["it was made by a version with other tables, traits or marks"]
