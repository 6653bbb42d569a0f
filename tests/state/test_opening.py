import os
from dataclasses import replace

import pytest

from stillwatch.settings import Settings, read_settings
from stillwatch.state.book import BOOK, Day, Terms
from stillwatch.state.opening import LOCK, open_state, terms_of
from stillwatch.state_errors import StateBusy, StateMismatch, StateUnreadable

TERMS = Terms("tables", "key")


def committed(folder):
    """A state with one day."""
    with open_state(folder, TERMS) as state:
        part = state.new_part("day")
        (part / "marks.parquet").write_text("rows")
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


def test_terms_follow_the_key_and_the_lists(tmp_path):
    (tmp_path / "key").write_bytes(os.urandom(16))
    (tmp_path / "ranges.csv").write_text("prefix,kind\n192.0.2.0/24,vpn\n")
    (tmp_path / "stillwatch.toml").write_text('key_file = "key"\n[context]\naddress_ranges = "ranges.csv"\n')
    settings = read_settings(tmp_path / "stillwatch.toml")
    assert len(list(terms_of(Settings()).changes(terms_of(settings)))) == 2
    first = terms_of(settings)
    (tmp_path / "ranges.csv").write_text("prefix,kind\n192.0.2.0/24,relay\n")
    assert list(first.changes(terms_of(settings))) == ["it was made with another `context.address_ranges`"]
