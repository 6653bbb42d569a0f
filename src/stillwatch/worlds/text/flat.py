"""A grammar as arrays, which a compiled kernel can walk."""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.text.grammar import Grammar, Part, Quote

# those from LITERAL on hold no symbol
SYMBOL, REPEAT, LITERAL, QUOTE, NUMBER, DIGITS = range(6)
SCOPES = ("here", "talk", "speaker", "group")
PADDING = 16
Whole = npt.NDArray[np.int64]


class Flat(NamedTuple):
    """Symbols by number; each has picks, each pick is an alternative, each alternative a run of parts.

    Parameters
    ----------
    pick_starts, picks
        The alternatives of symbol s are `picks[pick_starts[s]:pick_starts[s + 1]]`, each as often as it is likely.
    part_starts, parts
        A row of `parts` holds the kind, the scope that seeds it (-1: its own place), and three numbers: place and
        length of a literal among `literals`, or symbol, lowest and highest.
    salts
        What each part mixes into the seed.
    texts, text_starts, topic_starts, source_starts
        As in `grammar.Sources`: what quotes are taken from.
    """

    pick_starts: Whole
    picks: Whole
    part_starts: Whole
    parts: Whole
    salts: npt.NDArray[np.uint64]
    literals: npt.NDArray[np.uint8]
    texts: npt.NDArray[np.uint8]
    text_starts: Whole
    topic_starts: Whole
    source_starts: Whole


@cache
def flatten(grammar: Grammar) -> Flat:
    """Lay a grammar out as arrays."""
    picks: list[npt.NDArray[np.int64]] = []
    part_starts: list[int] = [0]
    parts: list[tuple[int, ...]] = []
    salts: list[int] = []
    literals = bytearray()
    for name in grammar.names:
        symbol = grammar.symbols[name]
        picks.append(symbol.picks + len(part_starts) - 1)
        for alternative in symbol.alternatives:
            parts += [_part(part, grammar, literals) for part in alternative]
            salts += [0 if isinstance(part, str) else part.salt for part in alternative]
            part_starts.append(len(parts))
    sources = grammar.sources
    return Flat(
        np.cumsum([0, *map(len, picks)]), np.concatenate(picks), np.array(part_starts), np.array(parts, np.int64),
        np.array(salts, np.uint64), _padded(np.frombuffer(bytes(literals), np.uint8)), _padded(sources.texts),
        sources.text_starts, sources.topic_starts, sources.source_starts,
    )  # fmt: skip


@cache
def deepest(grammar: Grammar) -> int:
    """Return the most symbols of a grammar that stand in one another."""
    depths: dict[str, int] = {}
    for name in reversed(grammar.symbols):
        inner = (depths[slot.name] for slot in grammar.symbols[name].slots if slot.name is not None)
        depths[name] = 1 + max(inner, default=0)
    return max(depths.values(), default=1)


def _part(part: Part, grammar: Grammar, literals: bytearray) -> tuple[int, ...]:
    if isinstance(part, str):
        text = part.encode()
        literals += text
        return LITERAL, -1, len(literals) - len(text), len(text), 0
    if isinstance(part, Quote):
        return QUOTE, SCOPES.index("speaker") if part.kept_topics else -1, part.source, 0, 0
    scope = SCOPES.index(part.scope) if part.scope else -1
    if part.name is None:
        return DIGITS if part.high < 0 else NUMBER, scope, 0, part.low, abs(part.high)
    return REPEAT if part.repeats else SYMBOL, scope, grammar.numbers[part.name], part.low, part.high


def _padded(texts: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.concatenate([texts, np.zeros(PADDING, np.uint8)])
