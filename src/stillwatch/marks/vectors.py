"""Wording vectors: every word is 32 random signs, a prompt the sum over its different words, scaled to one length.

Sums over exchanges are then vectors of wording in which every prompt weighs the same, and the angle between two sums
says how alike the wording is. All arithmetic is on integers.
"""
# mypy: disable-error-code="no-untyped-def"

import numpy as np

from stillwatch.engine.compiled import piece
from stillwatch.engine.intrinsics import count_bits32
from stillwatch.marks.tokeniser import mix

DIMENSIONS = 32
LENGTH = 180
SLOTS = 1 << 13
_SHIFT = np.uint64(64 - 13)


@piece
def root(value):
    """Return the integer square root."""
    root = int(np.sqrt(value))
    while root * root > value:
        root -= 1
    while (root + 1) * (root + 1) <= value:
        root += 1
    return root


@piece
def _move(counts, sums):
    for dimension in range(DIMENSIONS):
        sums[dimension] += counts[dimension]
        counts[dimension] = 0


@piece
def _sum_signs(count, seed, room):
    for cleared in range(SLOTS >> 6):
        room.met[cleared] = 0
    distinct, waiting = 0, 0
    for at in range(count):
        value = mix(room.words[at] ^ seed)
        place, bit = np.int64(value >> _SHIFT) >> 6, np.uint64(1) << ((value >> _SHIFT) & np.uint64(63))
        if room.met[place] & bit:
            continue
        room.met[place] |= bit
        distinct += 1
        count_bits32(room.counts, 0, value)
        waiting += 1
        if waiting == 255:
            _move(room.counts, room.sums)
            waiting = 0
    _move(room.counts, room.sums)
    return distinct


@piece
def vector_of_words(count, seed, room, vector):
    """Write the wording vector, of Euclidean length about `LENGTH`.

    Words are told apart by 13 bits of their hash: of 400 different words some ten are taken for one that went before.

    Parameters
    ----------
    room
        `words`, as `tokeniser.read_words` leaves them; `met`, a bit for each of `SLOTS`; `counts`,
        `DIMENSIONS` uint8 zeros; `sums`, as many int64.
    """
    for dimension in range(DIMENSIONS):
        room.sums[dimension] = 0
    distinct = _sum_signs(count, seed, room)
    square = 0
    for dimension in range(DIMENSIONS):
        room.sums[dimension] = 2 * room.sums[dimension] - distinct
        square += room.sums[dimension] * room.sums[dimension]
    length = root(square << 16)
    for dimension in range(DIMENSIONS):
        part = abs(room.sums[dimension]) * LENGTH * 256
        scaled = min((part + length // 2) // length, 127) if length > 0 else 0
        vector[dimension] = scaled if room.sums[dimension] > 0 else -scaled
