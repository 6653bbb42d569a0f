"""Describes prompts for tests over many of them: what they are about and how they are put, in numbers that add up."""
# mypy: disable-error-code="no-untyped-def"

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.compiled import kernel, piece
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.meanings import (
    LARGEST,
    MEANING_DIMENSIONS,
    Meanings,
    load_meanings,
    meaning_of_words,
    meaning_row,
    pair_place,
    pick_known,
)
from stillwatch.marks.tokeniser import read_words, room_for
from stillwatch.marks.words import ROOM_SCORED, WORDS_SCORED

STYLE = ("bytes", "words", "known words", "known pairs", "agreement", "punctuation", "digits", "capitals")
DESCRIBED = MEANING_DIMENSIONS + len(STYLE)


class _Room(NamedTuple):
    low: npt.NDArray[np.uint8]
    bits: npt.NDArray[np.uint64]
    words: npt.NDArray[np.uint64]
    scored: npt.NDArray[np.uint64]
    picked: npt.NDArray[np.uint64]
    parts: npt.NDArray[np.int16]
    vector: npt.NDArray[np.int8]


@piece
def _has(bits, place):
    return np.int64((bits[place >> 6] >> np.uint64(place & 63)) & np.uint64(1))


@piece
def _share(part, whole):
    return np.int16((255 * part + whole // 2) // whole) if whole > 0 else np.int16(0)


@piece
def _familiarity(count, meanings, words, row):
    """Write what share of the first words, and of the pairs that they make, is known."""
    counted, known, pairs = min(count, WORDS_SCORED), 0, 0
    for at in range(counted):
        known += _has(meanings.known, meaning_row(words[at]))
        if at:
            pairs += _has(meanings.pairs, pair_place(words[at - 1], words[at]))
    row[MEANING_DIMENSIONS + 2] = _share(known, counted)
    row[MEANING_DIMENSIONS + 3] = _share(pairs, counted - 1)


@piece
def _spelling(data, start, end, row):
    """Write what share of the bytes is ASCII punctuation, digits and capital letters."""
    punctuation, digits, capitals = 0, 0, 0
    for at in range(start, end):
        byte = data[at]
        digits += 48 <= byte <= 57
        capitals += 65 <= byte <= 90
        punctuation += 33 <= byte <= 126 and not (48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122)
    row[MEANING_DIMENSIONS + 5] = _share(punctuation, end - start)
    row[MEANING_DIMENSIONS + 6] = _share(digits, end - start)
    row[MEANING_DIMENSIONS + 7] = _share(capitals, end - start)


@kernel
def _describe(given, meanings, room, rows):
    for at in range(given.valid.size):
        if not given.valid[at]:
            continue
        start, end, row = given.offsets[at], given.offsets[at + 1], rows[at]
        count, _ = read_words(given, at, room)
        length = meaning_of_words(pick_known(count, meanings, room), meanings, room, room.vector)
        for dimension in range(MEANING_DIMENSIONS):
            row[dimension] = room.vector[dimension]
        row[MEANING_DIMENSIONS] = np.int16(10.0 * math.log2(1.0 + end - start))
        row[MEANING_DIMENSIONS + 1] = np.int16(10.0 * math.log2(1.0 + count))
        row[MEANING_DIMENSIONS + 4] = min(_share(length, min(count, WORDS_SCORED) * LARGEST * 256), 255)
        _familiarity(count, meanings, room.words, row)
        _spelling(given.data, start, end, row)


def describe_prompts(texts: pa.Array, meanings: Meanings | None = None) -> npt.NDArray[np.int16]:
    """Return one row for each prompt: its meaning vector, then the eight numbers of `STYLE`. Zeros for a null.

    *bytes* and *words* are ten times the binary logarithm of one more than their number; the others are shares in
    255ths. *known words* and *known pairs* are those that the fitted vectors met; *agreement* is the length of the mean
    word vector.

    Parameters
    ----------
    meanings
        None: those that come with the package.

    Examples
    --------
    >>> describe_prompts(pa.array(["What is 2 + 2?", None])).shape
    (2, 72)
    """
    given = bytes_of(texts)
    room = _Room(
        *room_for(given.offsets),
        scored=np.empty(ROOM_SCORED, np.uint64),
        picked=np.empty(ROOM_SCORED, np.uint64),
        parts=np.empty(MEANING_DIMENSIONS, np.int16),
        vector=np.empty(MEANING_DIMENSIONS, np.int8),
    )
    rows = np.zeros((len(texts), DESCRIBED), np.int16)
    _describe(given, meanings or load_meanings(), room, rows)
    return rows
