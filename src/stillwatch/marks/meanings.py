"""Meaning vectors: every known word is a vector that comes with the package, a prompt the sum over its first words.

The vectors of words were fitted so that their mean predicts what a sentence encoder says of the prompt
(`docs/vectors.md`). Every prompt is scaled to one length, so sums over exchanges are vectors in which every prompt
weighs the same. All arithmetic is on integers. Unlike the wording vectors these are the same under every key.
"""
# mypy: disable-error-code="no-untyped-def"

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import fetch, put, take
from stillwatch.engine.sums import mix_alone8, scale_of, square_sum_of, sum_rows64
from stillwatch.marks.characters import K1, K2, mix
from stillwatch.marks.vectors import root
from stillwatch.marks.words import WORDS_SCORED

MEANING_DIMENSIONS = 64
MEANING_ROWS = 1 << 17
PAIRS = 1 << 20
LARGEST = 80  # 400 words of at most 80 stay within 16 bits
LENGTH = 300
_SHIFT, _PAIR_SHIFT = np.uint64(64 - 17), np.uint64(64 - 20)
scale64, square_sum64 = scale_of(MEANING_DIMENSIONS), square_sum_of(MEANING_DIMENSIONS)


class Meanings(NamedTuple):
    """The vectors of words, `MEANING_ROWS` x 64 int8, flat; bits of known rows and known pairs."""

    vectors: npt.NDArray[np.int8]
    known: npt.NDArray[np.uint64]
    pairs: npt.NDArray[np.uint64]


@cache
def load_meanings() -> Meanings:
    """Return the vectors of words that the package ships; `docs/vectors.md` says what they were fitted on."""
    with files("stillwatch.marks").joinpath("meanings.npz").open("rb") as file, np.load(file) as stored:
        return meanings_of(stored["rows"], stored["vectors"], stored["pairs"])


def _aligned(size: int) -> npt.NDArray[np.int8]:
    """Return zeros that begin where a cache line begins: a vector is then one line, not parts of two."""
    room = np.zeros(size + 64, np.int8)
    start = -room.ctypes.data % 64
    return room[start : start + size]


def meanings_of(rows: npt.NDArray[np.int64], vectors: npt.NDArray[np.int8], pairs: npt.NDArray[np.uint64]) -> Meanings:
    """Return the vectors of words in the form that kernels read.

    Parameters
    ----------
    rows
        Rows that have a vector; all others are zeros, as if the words were not there.
    vectors
        As many rows of 64, none of whose parts is beyond `LARGEST`.
    pairs
        A bit for each of `PAIRS` places: whether a pair of words that falls there is common.
    """
    wide = _aligned(MEANING_ROWS * MEANING_DIMENSIONS).reshape(MEANING_ROWS, MEANING_DIMENSIONS)
    wide[rows] = vectors
    known = np.zeros(MEANING_ROWS >> 6, np.uint64)
    np.bitwise_or.at(known, rows >> 6, np.uint64(1) << (rows & 63).astype(np.uint64))
    return Meanings(wide.ravel(), known, np.ascontiguousarray(pairs, np.uint64))


@piece
def meaning_row(value):
    """Return the row of a word: `mix(word) >> 47`, with `mix` as in `characters`."""
    return np.int64(mix(value) >> _SHIFT)


@piece
def pair_place(before, value):
    """Return the place of a pair of words among `PAIRS`."""
    return np.int64(mix(before * K2 + value) >> _PAIR_SHIFT)


@kernel
def _rows_of(hashes, rows, places):
    for at in range(hashes.size):
        rows[at] = meaning_row(hashes[at])
        places[at] = pair_place(hashes[at - 1], hashes[at]) if at else -1


def rows_of_words(hashes: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the row of each of some words, and the place of the pair that it makes with the one before it, or -1.

    Parameters
    ----------
    hashes
        The words of one prompt, as `words.hash_words` gives them.
    """
    rows, places = np.empty(len(hashes), np.int64), np.empty(len(hashes), np.int64)
    _rows_of(np.ascontiguousarray(hashes), rows, places)
    return rows, places


@piece
def pick_known(count, meanings, room):
    """Pick the words that have a vector, and ask for their vectors; return how many.

    Parameters
    ----------
    room
        `words`, as `tokeniser.read_words` leaves them; `scored` and `picked`, room for `ROOM_SCORED` uint64, which are
        left with `characters.mix` of the words that count, and of those of them that have a vector.
    """
    counted, found = min(count, WORDS_SCORED), np.int64(0)
    for at in range(0, counted, 8):
        mix_alone8(room.words, at, np.uint64(0), K1, room.scored, at)
    for at in range(counted):
        value = take(room.scored, at)
        row = np.int64(value >> _SHIFT)
        put(room.picked, found, value)
        fetch(meanings.vectors, row * MEANING_DIMENSIONS)
        found += np.int64((take(meanings.known, row >> 6) >> np.uint64(row & 63)) & np.uint64(1))
    return found


@piece
def meaning_of_words(count, meanings, room, vector):
    """Write the meaning vector, of Euclidean length about `LENGTH`, or zeros where no word is known.

    Returns
    -------
    int
        256 times the length of the sum of the words' vectors.

    Parameters
    ----------
    room
        `picked`, as `pick_known` leaves it; `parts`, `MEANING_DIMENSIONS` int16.
    """
    sum_rows64(room.parts, meanings.vectors, room.picked, count, _SHIFT)
    length = root(square_sum64(room.parts) << 16)
    if length > 0:
        scale64(room.parts, LENGTH * 256, length, vector)
    else:
        vector[:] = 0
    return length
