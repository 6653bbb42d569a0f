"""Words of prompts as hashes (`tokeniser` says what a word is), and the rows of intent weights that they switch on."""
# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.compiled import kernel, piece
from stillwatch.marks.bytes_of import bytes_of
from stillwatch.marks.characters import K2, mix
from stillwatch.marks.tokeniser import read_words, room_for

ROWS = 1 << 15
WORDS_SCORED = 400
ROOM_SCORED = WORDS_SCORED + 16
ROW_SHIFT = np.uint64(64 - 15)


@kernel
def _count_words(given, room, counts):
    for row in range(counts.size):
        if given.valid[row]:
            counts[row] = read_words(given, row, room)[0]


@kernel
def _hash_words(given, room, starts, hashes):
    for row in range(starts.size - 1):
        if starts[row] < starts[row + 1]:
            count, _ = read_words(given, row, room)
            for at in range(count):
                hashes[starts[row] + at] = room.words[at]


def hash_words(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Return the masked words of each text as hashes.

    Returns
    -------
    tuple
        Offsets (one more than texts) and hashes: text `i` has `hashes[offsets[i]:offsets[i + 1]]`; a null has none.

    Examples
    --------
    >>> offsets, hashes = hash_words(pa.array(["Add 17 to 4.", "add 2 to 1999!", None]))
    >>> offsets.tolist(), bool((hashes[:4] == hashes[4:]).all())
    ([0, 4, 8, 8], True)
    """
    given = bytes_of(texts)
    room = room_for(given.offsets)
    starts = np.zeros(len(texts) + 1, np.int64)
    _count_words(given, room, starts[1:])
    np.cumsum(starts, out=starts)
    hashes = np.empty(starts[-1], np.uint64)
    _hash_words(given, room, starts, hashes)
    return starts, hashes


@piece
def word_row(value):
    """Return the row of a word."""
    return np.int64(mix(value) >> ROW_SHIFT)


@piece
def pair_row(before, value):
    """Return the row of a word and the word before it."""
    return np.int64(mix(before * K2 + value) >> ROW_SHIFT)


@kernel
def _feature_rows(hashes, found):
    for at in range(hashes.size):
        found[word_row(hashes[at])] = True
        if at:
            found[pair_row(hashes[at - 1], hashes[at])] = True


def feature_rows(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return the rows that one prompt switches on, each once, ascending.

    With `mix` as in `characters` and arithmetic modulo 2^64, word `h` switches on row `mix(h) >> 49`, and the pair of
    words `g h` row `mix(g * K2 + h) >> 49`; words and pairs share the `ROWS` = 2^15 rows. Only the first
    `WORDS_SCORED` = 400 words count, and a row counts once however often it is met. The score of intent `i` is
    `bias[i] + sum(weights[row, i] for row in rows) * scale`.

    Parameters
    ----------
    hashes
        The words of one prompt, as `hash_words` gives them.
    """
    found = np.zeros(ROWS, np.bool_)
    _feature_rows(np.ascontiguousarray(hashes[:WORDS_SCORED]), found)
    return np.flatnonzero(found)
