"""Opens a state for one scan at a time, checks that it may be added to, and leaves it as it was or as it shall be."""

import fcntl
import hashlib
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import CannotWrite
from stillwatch.marks.intents import load_weights
from stillwatch.marks.mark import MARKS_FORM
from stillwatch.record import input_digests
from stillwatch.settings import Settings
from stillwatch.state.book import BOOK, Book, Terms, read_book, sync, write_book
from stillwatch.state_errors import StateAmongFindings, StateBusy, StateMismatch, StateUnreadable
from stillwatch.tables import FAMILIES, MARKS, PROFILES, TRAITS, WORDINGS
from stillwatch.traits.find import profiles_query
from stillwatch.traits.registry import all_traits

LOCK = "lock"
_NAMES = frozenset({BOOK, f"{BOOK}.new", LOCK, "parts"})


class State:
    """An open state: the folder, and the book as it stands. Parts are written beside it, then the book is replaced."""

    def __init__(self, folder: Path, book: Book) -> None:
        self.folder = folder
        self.book = book

    def part(self, name: str) -> Path:
        """Return the folder of a part that the book names."""
        return self.folder / "parts" / name

    def new_part(self, what: str) -> Path:
        """Make a folder for a part; it is removed again unless a book names it."""
        path = self.part(f"{what}-{uuid.uuid4().hex[:12]}")
        with CannotWrite.told_of(self.folder):
            path.mkdir(parents=True)
        return path

    def discard(self, name: str) -> None:
        """Remove a part that no book will name; those of the book as it stands stay until another takes its place."""
        if name not in self.book.folders:
            shutil.rmtree(self.part(name), ignore_errors=True)

    def commit(self, book: Book) -> None:
        """Let the state be what this book says; a kill at any moment leaves the one before or this one."""
        with CannotWrite.told_of(self.folder):
            for name in book.folders - self.book.folders:
                for file in self.part(name).iterdir():
                    sync(file)
                sync(self.part(name))
            if (parts := self.folder / "parts").is_dir():
                sync(parts)
            write_book(self.folder, book)
        self.book = book
        self.sweep()

    def sweep(self) -> None:
        """Remove the parts that the book does not name, such as those of a scan that was killed."""
        named = self.book.folders
        parts = self.folder / "parts"
        for path in parts.iterdir() if parts.is_dir() else ():
            if path.name not in named:
                shutil.rmtree(path, ignore_errors=True)


def keep_apart(folder: Path, into: Path) -> None:
    """Look that the folder of a state and that for findings, which is replaced as a whole, lie apart.

    Raises
    ------
    StateAmongFindings
        One lies in the other, or they are the same.
    """
    kept, written = folder.resolve(), into.resolve()
    if kept.is_relative_to(written) or written.is_relative_to(kept):
        raise StateAmongFindings(folder, f"the findings are written to `{into}`")


@contextmanager
def open_state(folder: Path, terms: Terms | None) -> Iterator[State]:
    """Open the state in a folder, or begin one, while no other scan has it open.

    Parameters
    ----------
    terms
        Those of this scan. None: whatever the state was made under; there must be one.

    Raises
    ------
    StateBusy
        Another scan has it open.
    CannotWrite
        The folder cannot be written or locked.
    StateMismatch
        It was made under other terms.
    StateUnreadable
        The folder holds something else, a book or a table that cannot be read, or not all parts that the book names.
    """
    if terms is None and not (folder / BOOK).is_file():
        raise StateUnreadable(folder, f"no `{BOOK}`")
    if folder.exists():
        foreign = sorted({one.name for one in folder.iterdir()} - _NAMES) if folder.is_dir() else [folder.name]
        if foreign:
            raise StateUnreadable(folder, f"`{foreign[0]}`" if folder.is_dir() else "a file")
    with CannotWrite.told_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    with lock:
        _lock(lock, folder)
        book = read_book(folder) or Book(terms or Terms("", ""))
        if terms and (changes := list(book.terms.changes(terms))):
            raise StateMismatch(folder, changes)
        if missing := sorted(name for name in book.folders if not (folder / "parts" / name).is_dir()):
            raise StateUnreadable(folder, f"no `parts/{missing[0]}`, which its book names")
        state = State(folder, book)
        _look_whole(state)
        state.sweep()
        try:
            yield state
        finally:
            with suppress(OSError):
                state.sweep()


def _look_whole(state: State) -> None:
    """Look that every table of the state has its end, where Parquet says what is in it."""
    for name in sorted(state.book.folders):
        for path in sorted(state.part(name).glob("*.parquet")):
            try:
                pq.read_metadata(path)
            except (OSError, pa.ArrowException) as error:
                where = path.relative_to(state.folder)
                raise StateUnreadable(state.folder, f"`{where}`, which is damaged or ends early") from error


def _lock(file: IO[str], folder: Path) -> None:
    with CannotWrite.told_of(folder):  # not every file system can lock
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateBusy(folder, "another scan that adds to it") from error


def terms_of(settings: Settings) -> Terms:
    """Return the terms under which these settings make a state.

    Raises
    ------
    KeyUnreadable, UnreadableLog
        The key or a list cannot be read.
    """
    digests = dict(input_digests(settings))
    return Terms(
        _definitions(), digests["key_file"], digests.get("context.address_ranges"),
        digests.get("context.disposable_domains"),
    )  # fmt: skip


def _definitions() -> str:
    weights = load_weights()
    said = [
        f"marks of form {MARKS_FORM}",
        *(f"{one.name}: {one.schema}" for one in (MARKS, WORDINGS, FAMILIES, TRAITS, PROFILES)),
        *(one.query() for one in all_traits()),
        profiles_query(),
        hashlib.sha256(weights.weights.tobytes() + weights.bias.tobytes() + weights.meanings.tobytes()).hexdigest(),
    ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:32]
