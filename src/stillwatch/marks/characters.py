"""Words beyond plain ASCII: characters of two bytes and more, runs of any length (`tokeniser` says what a word is)."""
# mypy: disable-error-code="no-untyped-def"

import numpy as np

from stillwatch.engine.compiled import aside, piece
from stillwatch.engine.intrinsics import fold_product, load8, lowest_bit

K1, K2, K3 = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x9E3779B97F4A7C15)
SEED = np.uint64(0x51ED270B35AE1D4B)
DIGIT = np.uint8(5)
_LETTER = np.uint8(16)
_TOPS, _SIXTEENS = np.uint64(0x8080808080808080), np.uint64(0x1010101010101010)


@piece
def mix(value):
    """Scatter the bits of a hash."""
    value ^= value >> np.uint64(32)
    value *= K1
    value ^= value >> np.uint64(29)
    return value


@piece
def _is_inner(byte):
    return byte & np.uint8(0xC0) == np.uint8(0x80)


@piece
def character_width(low, at):
    """Return the bytes of the UTF-8 character at `at`, a byte from 128; 1 where none begins."""
    lead = low[at]
    if 0xC2 <= lead <= 0xDF and _is_inner(low[at + 1]):
        return 2
    if 0xE0 <= lead <= 0xEF and _is_inner(low[at + 1]) and _is_inner(low[at + 2]):
        return 3
    if 0xF0 <= lead <= 0xF4 and _is_inner(low[at + 1]) and _is_inner(low[at + 2]) and _is_inner(low[at + 3]):
        return 4
    return 1


@piece
def _continues(low, at):
    """Return how many bytes at `at` go on with a word: 0 at its end."""
    byte = low[at]
    if byte < 128:
        return 1 if byte >= DIGIT else 0
    width = character_width(low, at)
    return 0 if width > 2 or (width == 2 and byte == 0xC2) else width


@piece
def _separates(low, at):
    """Return whether the character of three bytes at `at` is white space or punctuation."""
    lead = low[at]
    if lead not in (0xE2, 0xE3, 0xEF):
        return False
    point = (np.int64(lead & 15) << 12) | (np.int64(low[at + 1] & 63) << 6) | np.int64(low[at + 2] & 63)
    if point < 0x3040:
        return point <= 0x206F or point >= 0x3000
    return (
        0xFE00 <= point <= 0xFE6F
        or point == 0xFEFF
        or 0xFF00 <= point <= 0xFF0F
        or 0xFF1A <= point <= 0xFF20
        or 0xFF3B <= point <= 0xFF40
        or 0xFF5B <= point <= 0xFF65
        or point >= 0xFFF0
    )


@piece
def _letters(low, at):
    """Return the hash of the word at `at` up to its first digit, and where that part ends."""
    value = SEED
    while True:
        block = load8(low, at)
        stop = (((block - _SIXTEENS) & ~block) | block) & _TOPS
        if stop != 0:
            break
        value = fold_product(value ^ block, K1)
        at += 8
    bit = lowest_bit(stop)
    filled = bit >> 3
    block &= (np.uint64(1) << np.uint64(bit - 7)) - np.uint64(1)
    at += filled
    while low[at] >= _LETTER:
        width = _continues(low, at)
        if width == 0:
            break
        for _ in range(width):
            block |= np.uint64(low[at]) << np.uint64(8 * filled)
            at += 1
            filled += 1
            if filled == 8:
                value = fold_product(value ^ block, K1)
                block = np.uint64(0)
                filled = 0
    tag = np.uint64(filled + 8 * (low[at] == DIGIT))
    return fold_product(value ^ block, K2 ^ tag), at


@piece
def _past_word(low, at):
    width = _continues(low, at)
    while width:
        at += width
        width = _continues(low, at)
    return at


@aside
def read_run(low, at, words, count):
    """Write the words of a run of bytes of words; return words in all, those not masked whole, and where it ends."""
    plain = 0
    while low[at] >= DIGIT:
        if low[at] < 0xC2 or _continues(low, at):
            start = at
            words[count], at = _letters(low, at)
            count += 1
            plain += at > start
            if low[at] == DIGIT:
                at = _past_word(low, at)
        else:
            width = character_width(low, at)
            if width > 3 or (width == 3 and not _separates(low, at)):
                block = load8(low, at) & ((np.uint64(1) << np.uint64(8 * width)) - np.uint64(1))
                words[count] = fold_product(SEED ^ block, K2 ^ np.uint64(width))
                count += 1
                plain += 1
            at += width
    return count, plain, at
