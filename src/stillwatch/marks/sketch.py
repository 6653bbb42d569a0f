"""Sketches of masked wording: 64 numbers of 16 bits, equal in as many places as two prompts share wording.

Every run of three words is a shingle. Its hash falls into one of 64 positions, and each position keeps its smallest. A
position left empty borrows from the one before it, and what is kept is hashed again before it is cut to 16 bits. A
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
from stillwatch.engine.intrinsics import fold_product
from stillwatch.marks.tokeniser import K1, K2, K3, mix

POSITIONS = 64
BANDS = 16
FEWEST_FILLED = 6
_EMPTY = np.uint32(0xFFFFFFFF)


@piece
def _fill(words, count, seed, lowest):
    filled = 0
    for at in range(2, count):
        value = mix(((words[at] + words[at - 1] * K2 + words[at - 2] * K3) ^ seed) * K1)
        position = value >> np.uint64(58)
        kept = lowest[position]
        filled += kept == _EMPTY
        lowest[position] = min(kept, np.uint32(value))
    return filled


@piece
def _lend(lowest):
    last = POSITIONS - 1
    while lowest[last] == _EMPTY:
        last -= 1
    lent, distance = lowest[last], np.uint32(POSITIONS - last)
    for position in range(POSITIONS):
        if lowest[position] == _EMPTY:
            lowest[position] = lent * np.uint32(2654435761) + distance
            distance += np.uint32(1)
        else:
            lent, distance = lowest[position], np.uint32(1)


@piece
def _cut(value):
    value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x45D9F3B))
    value = np.uint32((value ^ (value >> np.uint32(15))) * np.uint32(0x2C1B3C6D))
    return np.uint16(value >> np.uint32(16))


@piece
def sketch_words(words, count, seed, lowest, sketch):
    """Write the sketch of some words; `lowest` is room for `POSITIONS` uint32."""
    for position in range(POSITIONS):
        lowest[position] = _EMPTY
    filled = _fill(words, count, seed, lowest)
    if filled >= FEWEST_FILLED:
        if filled < POSITIONS:
            _lend(lowest)
        for position in range(POSITIONS):
            sketch[position] = _cut(lowest[position])
        return
    value = seed
    for at in range(count):
        value = fold_product(value ^ words[at], K1) + K3
    for position in range(POSITIONS):
        sketch[position] = np.uint16(mix(value + np.uint64(position) * K3))


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


def wording_keys(sketches: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint64]:
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
