r"""A grammar that writes many texts at once.

A grammar file holds symbols, each a line `= name`, and below it alternatives, one a line (`3x ` before one: as likely
as three). In an alternative `\n` is a line break, `\s` a space, `\t` an indent, `\e` nothing; `{{` and `}}` are braces.
A slot is `{name}` another symbol, drawn afresh; `{name@scope}` the same wherever that scope is the same (`here`: this
text); `{name*2-9}` that many of it (few more often than many); `{#1-99}` a number; `{%8}` hexadecimal digits.
In a file that begins with `~ loose`, each word that has a symbol `like.word` is said in one of its ways, so that
strangers who mean the same do not say it in the same words.
"""

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from stillwatch.world_errors import GrammarBroken
from stillwatch.worlds.seeds import Seeds, seed_of

Scopes = Mapping[str, Seeds]

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]+)\}")
_SLOT = re.compile(
    r"(?:#(?P<low>\d+)-(?P<high>\d+)|%(?P<digits>\d+)|(?P<name>[\w.]+)(?:\*(?P<few>\d+)-(?P<many>\d+))?)(?:@(?P<scope>\w+))?"
)
_WEIGHT = re.compile(r"(\d+)x ")
_LIKE = re.compile(r"^= like\.(\w+)$", re.MULTILINE)
_WORD = re.compile(r"\\.|\{[^{}]*\}|\b\w+\b")
_LOOSE = "~ loose\n"
_ESCAPES = (("\\n", "\n"), ("\\s", " "), ("\\e", ""), ("\\t", "    "))


@dataclass(frozen=True)
class Slot:
    """One slot of an alternative: a symbol, a number in a range, or hexadecimal digits."""

    name: str | None
    scope: str | None
    low: int
    high: int
    salt: int

    @property
    def repeats(self) -> bool:
        """Whether the slot holds its symbol several times."""
        return self.name is not None and self.high > 0


@dataclass(frozen=True)
class Quote:
    """A prompt of a source, in place of a symbol's own alternatives; of one topic for one speaker, if `kept_topics`."""

    source: int
    kept_topics: bool
    salt: int


@dataclass(frozen=True)
class Sources:
    """Prompts that others wrote, by topic and source.

    Parameters
    ----------
    texts
        UTF-8 of all prompts, one after another.
    text_starts, topic_starts, source_starts
        Where each prompt begins among the bytes, each topic among the prompts, each source among the topics; and the
        end of all.
    """

    texts: npt.NDArray[np.uint8]
    text_starts: npt.NDArray[np.int64]
    topic_starts: npt.NDArray[np.int64]
    source_starts: npt.NDArray[np.int64]


NO_SOURCES = Sources(np.zeros(0, np.uint8), *(np.zeros(1, np.int64),) * 3)
Part = str | Slot | Quote


@dataclass(frozen=True)
class Symbol:
    """The alternatives of a symbol; `picks` lists each as often as it is likely."""

    name: str
    alternatives: tuple[tuple[Part, ...], ...]
    picks: npt.NDArray[np.int64]

    @property
    def slots(self) -> list[Slot]:
        """Every slot of every alternative."""
        return [part for parts in self.alternatives for part in parts if isinstance(part, Slot)]


class Grammar:
    """Symbols in an order in which each stands before those that it uses.

    Parameters
    ----------
    files
        Text of each grammar file under its name.

    Raises
    ------
    GrammarBroken
        A slot cannot be read, or names a symbol that no file defines.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        ways = {name for text in files.values() for name in _LIKE.findall(text)}
        read = {symbol.name: symbol for name, text in files.items() for symbol in _read(name, _loosened(text, ways))}
        self.symbols: dict[str, Symbol] = {}
        done: set[str] = set()
        for name in read:
            self._place(name, read, done, "the grammar")
        self.symbols = dict(reversed(self.symbols.items()))
        self.numbers = {name: number for number, name in enumerate(sorted(self.symbols))}
        self.names = sorted(self.symbols)
        self.sources = NO_SOURCES

    def quoting(self, quotes: Mapping[str, Quote], sources: Sources) -> "Grammar":
        """Return a grammar in which some symbols are prompts of others."""
        other = copy(self)
        quoted = {name: Symbol(name, ((quote,),), np.zeros(1, np.int64)) for name, quote in quotes.items()}
        other.symbols, other.sources = self.symbols | quoted, sources
        return other

    def _place(self, name: str, read: Mapping[str, Symbol], done: set[str], where: str) -> None:
        if name in self.symbols:
            return
        if name not in read or name in done:
            raise GrammarBroken(
                f"symbol `{where}`", f"`{name}`, " + ("which uses itself" if name in done else "undefined")
            )
        done.add(name)
        for slot in read[name].slots:
            if slot.name is not None:
                self._place(slot.name, read, done, name)
        self.symbols[name] = read[name]


def _loosened(text: str, ways: set[str]) -> str:
    if not text.startswith(_LOOSE):
        return text
    lines = [line if line.startswith("= ") else _loosened_line(line, ways) for line in text[len(_LOOSE) :].split("\n")]
    return "\n".join(lines)


def _loosened_line(line: str, ways: set[str]) -> str:
    return _WORD.sub(lambda found: f"{{like.{found[0]}}}" if found[0] in ways else found[0], line)


def _read(file: str, text: str) -> list[Symbol]:
    alternatives: dict[str, list[tuple[int, str]]] = {}
    current: list[tuple[int, str]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("= "):
            current = alternatives.setdefault(line[2:].strip(), [])
        elif line.strip():
            if current is None:
                raise GrammarBroken(f"file `{file}`, line {number}", f"`{line[:60]}` before any symbol")
            weight = _WEIGHT.match(line)
            current.append((int(weight[1]), line[weight.end() :]) if weight else (1, line))
    return [
        Symbol(
            name,
            tuple(tuple(_parts(name, number, line)) for number, (_, line) in enumerate(lines)),
            np.repeat(np.arange(len(lines)), [weight for weight, _ in lines]),
        )
        for name, lines in alternatives.items()
    ]


def _parts(symbol: str, number: int, line: str) -> list[Part]:
    for escape, meaning in _ESCAPES:
        line = line.replace(escape, meaning)
    parts: list[Part] = []
    end = 0
    literal = ""
    for token in _TOKEN.finditer(line):
        literal += line[end : token.start()]
        end = token.end()
        if token[1] is None:
            literal += token[0][0]
            continue
        if literal:
            parts.append(literal)
        literal = ""
        parts.append(_slot(symbol, token[1], f"{symbol}/{number}/{len(parts)}"))
    return [*parts, literal + line[end:]] if literal + line[end:] or not parts else parts


def _slot(symbol: str, text: str, place: str) -> Slot:
    found = _SLOT.fullmatch(text)
    if not found:
        raise GrammarBroken(f"symbol `{symbol}`", f"slot `{{{text}}}`")
    scope = found["scope"]
    # in a scope the salt is the slot's own text, so that the same slot gives the same words wherever it stands
    salt = seed_of("slot", text) if scope else seed_of("slot", place)
    if found["digits"]:
        return Slot(None, scope, 0, -int(found["digits"]), salt)
    low, high = (found["few"], found["many"]) if found["name"] else (found["low"], found["high"])
    return Slot(found["name"], scope, int(low or 0), int(high or 0), salt)


@cache
def shipped_grammar() -> Grammar:
    """Read the grammar files that stand beside this module."""
    folder = resources.files("stillwatch.worlds.text")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return Grammar({file.name: file.read_text(encoding="utf-8") for file in files})
