from dataclasses import replace
from datetime import date

import pytest

from stillwatch.findings.statement import Input
from stillwatch.state.book import BOOK, Book, Day, Read, Terms, read_book, sync, write_book
from stillwatch.state_errors import StateUnreadable

TERMS = Terms("tables", "key", address_ranges="ranges")
DAYS = {"2026-03-02": Day("b", 7, 1, ("ip",), "fold"), "2026-03-01": Day("a", 5, 0, ())}
FILES = [Read(Input("a.jsonl", "openai", "f0", 12, 2), 900, {"`asked_at` is absent": 2}),
         Read(Input("b.jsonl", "openai", "f1", 1, 1), 90, {"`asked_at` is absent": 1})]  # fmt: skip
HELD = Book(TERMS, DAYS, first_prompts={"2026-03-01": "first"}).with_files(FILES)


def test_a_book_is_read_back_as_it_was_written(tmp_path):
    assert read_book(tmp_path) is None
    write_book(tmp_path, HELD)
    assert read_book(tmp_path) == HELD
    assert [path.name for path in tmp_path.iterdir()] == [BOOK]


def test_a_book_says_what_it_holds():
    assert HELD.dates == (date(2026, 3, 1), date(2026, 3, 2))
    assert HELD.folders == {"a", "b", "fold", "first"}
    assert HELD.set_aside == (("`asked_at` is absent", 3),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"form": 1}', "a state of form 1"),
        (b'{"form": 2}', "missing"),
        (b"[]", "get"),
        (b'{"form": 2, "ter', "truncated"),
    ],
)
def test_what_is_no_book_is_told(tmp_path, text, said):
    (tmp_path / BOOK).write_bytes(text)
    with pytest.raises(StateUnreadable) as caught:
        read_book(tmp_path)
    assert said in caught.value.found


def test_terms_that_differ_are_all_told():
    now = replace(TERMS, key="other", address_ranges=None, disposable_domains="domains")
    assert list(TERMS.changes(now)) == [
        "it was made with another `key_file`", "it was made with another `context.address_ranges`",
        "it was made with no `context.disposable_domains`",
    ]  # fmt: skip
    assert list(TERMS.changes(replace(TERMS, definitions="new"))) == [
        "it was made by a version with other tables, traits or marks"
    ]
    assert not list(TERMS.changes(TERMS))


def test_what_is_synced_must_be_there(tmp_path):
    sync(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "gone")
