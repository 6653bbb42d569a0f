"""How familiar a prompt is to a stream: whether its words and their pairs were seen there, and how near its like is."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.marks.described import describe_prompts
from stillwatch.marks.meanings import LENGTH, MEANING_DIMENSIONS, MEANING_ROWS, PAIRS, rows_of_words
from stillwatch.marks.words import hash_words

STRANGE = ("new words", "rare words", "new pairs", "rare pairs", "far")
NEAREST = 5  # one near text may be chance
MOST_NEIGHBOURS = 2000  # prompts of the past that others are compared with: the time of a prompt grows with them
PARTS = 10  # a prompt of the past is compared with the other parts: those of one hour are like each other
_CHUNK = 512
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Prompts(NamedTuple):
    """Prompts as `marks.described` describes them, and each word and pair of words with the number of its prompt."""

    rows: npt.NDArray[np.int16]
    words: tuple[Ints, Ints]
    pairs: tuple[Ints, Ints]

    def only(self, kept: npt.NDArray[np.bool_]) -> "Prompts":
        """Return the prompts that are kept."""
        numbers = np.cumsum(kept) - 1
        words, pairs = (
            (numbers[prompt[kept[prompt]]], terms[kept[prompt]]) for prompt, terms in (self.words, self.pairs)
        )
        return Prompts(self.rows[kept], words, pairs)


def read_prompts(texts: pa.Array) -> Prompts:
    """Return what the test of a stream needs to know of prompts. A null has no words.

    Examples
    --------
    >>> read_prompts(pa.array(["Add two to two", None])).words[0].tolist()
    [0, 0, 0, 0]
    """
    starts, hashes = hash_words(texts)
    words, pairs = rows_of_words(hashes)
    prompt = np.repeat(np.arange(len(texts)), np.diff(starts))
    inside = np.ones(len(hashes), bool)
    inside[starts[:-1][np.diff(starts) > 0]] = False
    return Prompts(describe_prompts(texts), (prompt, words), (prompt[inside], pairs[inside]))


@dataclass(frozen=True)
class Familiar:
    """What a stream has seen: in how many prompts each word and pair stands, and meaning vectors to be near to."""

    count: int
    words: Ints
    pairs: Ints
    neighbours: npt.NDArray[np.float32]

    def strangeness(self, prompts: Prompts) -> Floats:
        """Return the numbers of `STRANGE` for each prompt; all grow with strangeness.

        *new* is the share of words or pairs that no prompt of the past has; *rare*, in bits, the mean over them of
        -log2 of the share of the past that has it; *far*, one less the mean cosine with the `NEAREST` likest prompts.
        """
        return np.column_stack([
            *self._seen(prompts.words, self.words, len(prompts.rows)),
            *self._seen(prompts.pairs, self.pairs, len(prompts.rows)),
            self._far(prompts.rows[:, :MEANING_DIMENSIONS].astype(np.float32)),
        ])  # fmt: skip

    def _seen(self, given: tuple[Ints, Ints], counts: Ints, size: int) -> tuple[Floats, Floats]:
        prompt, terms = given
        known = counts[terms]
        each = np.maximum(np.bincount(prompt, minlength=size), 1)
        rarity = -np.log2((known + 1) / (self.count + 1))
        new = np.bincount(prompt, known == 0, size) / each
        return new, np.bincount(prompt, rarity, size) / each

    def _far(self, vectors: npt.NDArray[np.float32]) -> Floats:
        found = np.empty(len(vectors))
        kept = min(NEAREST, len(self.neighbours))
        for at in range(0, len(vectors), _CHUNK):
            # whole numbers below 2^24: exact in any order of adding up
            near = vectors[at : at + _CHUNK] @ self.neighbours.T
            near.partition(near.shape[1] - kept, axis=1)
            found[at : at + _CHUNK] = near[:, near.shape[1] - kept :].sum(axis=1)
        return 1 - found / (kept * LENGTH**2)


def learn_familiar(prompts: Prompts) -> Familiar:
    """Return what a stream has seen, from one prompt of its past or more."""
    places = np.linspace(0, len(prompts.rows) - 1, min(len(prompts.rows), MOST_NEIGHBOURS)).astype(np.int64)
    return Familiar(
        len(prompts.rows),
        _prompts_with(prompts.words, MEANING_ROWS),
        _prompts_with(prompts.pairs, PAIRS),
        prompts.rows[places, :MEANING_DIMENSIONS].astype(np.float32),
    )


def learn_by_parts(prompts: Prompts) -> tuple[Familiar, Floats]:
    """Return what new prompts are compared with, and how strange each of those of the past is: two or more, in order.

    Each of `PARTS` parts is compared with the others, so that prompts of one hour are no more familiar than the first
    ones of a new hour. New prompts are compared with as many: all but the oldest part.
    """
    part = np.arange(len(prompts.rows)) * PARTS // len(prompts.rows)
    strange = np.empty((len(prompts.rows), len(STRANGE)))
    for own in np.unique(part)[::-1]:
        familiar = learn_familiar(prompts.only(part != own))
        strange[part == own] = familiar.strangeness(prompts.only(part == own))
    return familiar, strange


def _prompts_with(given: tuple[Ints, Ints], size: int) -> Ints:
    prompt, terms = given
    # sorting what is nearly in order is many times faster than the hashing of np.unique
    both = np.sort(prompt * size + terms)
    return np.bincount(both[np.diff(both, prepend=-1) > 0] % size, minlength=size)
