"""The book of a state: which days it holds, from which files, and under which terms; the one file that is replaced."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import msgspec

from stillwatch.findings.statement import Input
from stillwatch.state_errors import StateUnreadable

FORM = 2
BOOK = "state.json"


@dataclass(frozen=True)
class Terms:
    """What a state rests on. Two states with other terms cannot be compared.

    Attributes
    ----------
    definitions
        Digest of the tables, the traits, the form of marks and the model of intents of the version that made it.
    key, address_ranges, disposable_domains
        Digests of the operator's key and lists; None where a list is not given.
    """

    definitions: str
    key: str
    address_ranges: str | None = None
    disposable_domains: str | None = None

    def changes(self, now: "Terms") -> Iterator[str]:
        """Yield what is other now, in words."""
        if self.definitions != now.definitions:
            yield "it was made by a version with other tables, traits or marks"
        if self.key != now.key:
            yield "it was made with another `key_file`"
        for name in ("address_ranges", "disposable_domains"):
            if getattr(self, name) != getattr(now, name):
                given = {None: "no"}.get(getattr(self, name), "another")
                yield f"it was made with {given} `context.{name}`"


@dataclass(frozen=True)
class Day:
    """A UTC day: the folder of its tables, its exchanges, the rows that repeated an id, and the columns that it shows.

    `fold` is the folder of what all days up to it show together; only the last few days keep theirs.
    """

    folder: str
    exchanges_count: int
    repeated_count: int
    columns: tuple[str, ...]
    fold: str | None = None


@dataclass(frozen=True)
class Read:
    """A log file that was read: as the findings tell it, its size, and why rows of it were set aside."""

    input: Input
    size_bytes: int
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """All that a state says of itself; `days` by their ISO dates, `files` by the SHA-256 of their bytes.

    `forgotten_before` is the first day that may be added; earlier rows were forgotten, and stay so. `forgotten_count`
    is how many came again.
    """

    terms: Terms
    days: dict[str, Day] = field(default_factory=dict)
    files: dict[str, Read] = field(default_factory=dict)
    first_prompts: dict[str, str] = field(default_factory=dict)
    forgotten_before: str | None = None
    forgotten_count: int = 0
    form: int = FORM

    @property
    def dates(self) -> tuple[date, ...]:
        """The days, ascending."""
        return tuple(date.fromisoformat(one) for one in sorted(self.days))

    @property
    def folders(self) -> frozenset[str]:
        """Every folder that the book names."""
        named = {one.folder for one in self.days.values()} | {one.fold for one in self.days.values() if one.fold}
        return frozenset(named | set(self.first_prompts.values()))

    @property
    def set_aside(self) -> tuple[tuple[str, int], ...]:
        """Rows of all files that were set aside, by reason, those of forgotten days among them."""
        reasons: Counter[str] = sum((Counter(one.reasons) for one in self.files.values()), Counter())
        if self.forgotten_count:
            reasons["their day was forgotten"] = self.forgotten_count
        return tuple(sorted(reasons.items()))

    def with_files(self, files: Iterable[Read]) -> "Book":
        """Return the book with these files among those read."""
        return replace(self, files=self.files | {one.input.sha256: one for one in files})


def read_book(folder: Path) -> Book | None:
    """Read the book of a state; None where there is none.

    Raises
    ------
    StateUnreadable
        It is no book, or one of another form.
    """
    path = folder / BOOK
    try:
        held = path.read_bytes() if path.exists() else None
        form = msgspec.json.decode(held).get("form") if held is not None else None
        if form not in {None, FORM}:
            raise StateUnreadable(path, f"a state of form {form}")
        return None if held is None else msgspec.json.decode(held, type=Book)
    except OSError as error:
        raise StateUnreadable(path, error.strerror or str(error)) from error
    except (msgspec.MsgspecError, ValueError, AttributeError) as error:
        raise StateUnreadable(path, str(error)) from error


def write_book(folder: Path, book: Book) -> None:
    """Put a book in the place of the one before, all or nothing, whatever happens meanwhile."""
    fresh = folder / f"{BOOK}.new"
    with fresh.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(book, order="sorted"), indent=1))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / BOOK)
    sync(folder)


def sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder, before anything else is done."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
