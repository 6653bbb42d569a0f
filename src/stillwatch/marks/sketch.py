"""Sketches of masked wording: 64 bytes, equal in as many places as two prompts share wording.

Every run of three words is a shingle. Its hash falls into one of 64 positions, and each position keeps its smallest. A
position left empty borrows from the one before it, and what is kept is hashed again before it is cut to 8 bits. A
prompt that fills fewer than `FEWEST_FILLED` positions says too little: it gets the sketch of its whole wording, which
only the same masked wording shares.

References
----------
Li, Owen and Zhang (2012), One Permutation Hashing. Shrivastava and Li (2014), Densifying One Permutation Hashing.
"""
# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import fold_product, put, take
from stillwatch.engine.sums import cut64, mix8
from stillwatch.marks.characters import K1, K2, K3, mix

POSITIONS = 64
BANDS = 16
FEWEST_FILLED = 6
MIXED = 240  # hashes kept at a time: fewer than 256, so that their bits are counted in bytes
_EMPTY = np.uint32(0xFFFFFFFF)


@piece
def _fill(words, count, seed, lowest, mixed):
    """Keep the smallest shingle of each position; return how many are filled."""
    for first in range(2, count, MIXED):
        size = min(count - first, MIXED)
        for at in range(0, size, 8):
            mix8(words, first + at, K2, K3, seed, K1, K1, mixed, at)
        for at in range(size):
            value = take(mixed, at)
            place = np.int64(value >> np.uint64(58))
            put(lowest, place, min(take(lowest, place), np.uint32(value)))
    filled = 0
    for position in range(POSITIONS):
        filled += lowest[position] != _EMPTY
    return filled


@piece
def _lend(lowest):
    last = POSITIONS - 1
    while lowest[last] == _EMPTY:
        last -= 1
    lent, distance = lowest[last], np.uint32(POSITIONS - last)
    for position in range(POSITIONS):
        kept = lowest[position]
        is_empty = kept == _EMPTY
        lowest[position] = np.uint32(lent * np.uint32(2654435761) + distance) if is_empty else kept
        lent = lent if is_empty else kept
        distance = np.uint32(distance + np.uint32(1)) if is_empty else np.uint32(1)


@piece
def sketch_words(words, count, seed, desk, sketch):
    """Write the sketch of some words; `desk` has room: `lowest`, `POSITIONS` uint32, `mixed`, `MIXED` uint64."""
    lowest = desk.lowest
    for position in range(POSITIONS):
        lowest[position] = _EMPTY
    filled = _fill(words, count, seed, lowest, desk.mixed)
    if filled >= FEWEST_FILLED:
        if filled < POSITIONS:
            _lend(lowest)
        cut64(lowest, sketch)
        return
    value = seed
    for at in range(count):
        value = fold_product(value ^ words[at], K1) + K3
    for position in range(POSITIONS):
        sketch[position] = np.uint8(mix(value + np.uint64(position) * K3))


@piece
def band_key(sketches, row, band):
    """Return the wording key of a band of four positions."""
    key = np.uint64(band) * K3
    for place in range(4):
        key = fold_product(key ^ np.uint64(sketches[row, 4 * band + place]), K1 ^ np.uint64(2 * place + 1))
    return key


@kernel
def _band_keys(sketches, keys):
    for row in range(sketches.shape[0]):
        for band in range(BANDS):
            keys[row, band] = band_key(sketches, row, band)


def wording_keys(sketches: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Return the wording keys of sketches: `BANDS` for each, one for every four positions.

    Two prompts that share the share `s` of their shingles have a key in common with probability 1 - (1 - s^4)^16.

    Parameters
    ----------
    sketches
        One row for each prompt, `POSITIONS` wide.
    """
    keys = np.empty((len(sketches), BANDS), np.uint64)
    _band_keys(np.ascontiguousarray(sketches), keys)
    return keys
