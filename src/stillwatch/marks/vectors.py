"""Wording vectors: every word is 32 random signs, a prompt the sum over its different words, scaled to one length.

Sums over exchanges are then vectors of wording in which every prompt weighs the same, and the angle between two sums
says how alike the wording is. All arithmetic is on integers.
"""
# mypy: disable-error-code="no-untyped-def"

import numpy as np

from stillwatch.engine.compiled import piece
from stillwatch.engine.intrinsics import put, take
from stillwatch.engine.sums import count_bits32, mix_alone8, scale_of, square_sum_of
from stillwatch.marks.characters import K1
from stillwatch.marks.sketch import MIXED

DIMENSIONS = 32
LENGTH = 180
SLOTS = 1 << 13
_SHIFT = np.uint64(64 - 13)
scale32, square_sum32 = scale_of(DIMENSIONS), square_sum_of(DIMENSIONS)


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
def _keep_new(mixed, size, met):
    """Move the hashes of words that were not met before to the front; return how many."""
    found = 0
    for at in range(size):
        value = take(mixed, at)
        slot = np.int64(value >> _SHIFT)
        bit, seen = np.uint64(1) << np.uint64(slot & 63), take(met, slot >> 6)
        put(mixed, found, value)
        put(met, slot >> 6, seen | bit)
        found += (seen & bit) == 0
    return found


@piece
def _sum_signs(count, seed, room):
    """Write how many different words have each bit set; return how many words are different."""
    room.met[:] = 0
    room.sums[:] = 0
    distinct, mixed = 0, room.mixed
    for first in range(0, count, MIXED):
        size = min(count - first, MIXED)
        for at in range(0, size, 8):
            mix_alone8(room.words, first + at, seed, K1, mixed, at)
        found = _keep_new(mixed, size, room.met)
        count_bits32(room.sums, mixed, found)
        distinct += found
    return distinct


@piece
def vector_of_words(count, seed, room, vector):
    """Write the wording vector, of Euclidean length about `LENGTH`.

    Words are told apart by 13 bits of their hash: of 400 different words some ten are taken for one that went before.

    Parameters
    ----------
    room
        `words`, as `tokeniser.read_words` leaves them; `met`, a bit for each of `SLOTS`; `sums`, `DIMENSIONS` int32;
        `mixed`, `MIXED` uint64.
    """
    distinct = _sum_signs(count, seed, room)
    for dimension in range(DIMENSIONS):
        room.sums[dimension] = 2 * room.sums[dimension] - distinct
    length = root(square_sum32(room.sums) << 16)
    if length > 0:
        scale32(room.sums, LENGTH * 256, length, vector)
    else:
        vector[:] = 0
