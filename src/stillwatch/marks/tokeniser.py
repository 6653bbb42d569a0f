"""Words of a prompt as 64-bit hashes, with what fills a template's slots masked.

A *word* is a run of ASCII letters, digits, underscores and characters of two UTF-8 bytes (accented Latin, Greek,
Cyrillic, Hebrew, Arabic); every character of three or four bytes (Chinese, kana, Hangul, Thai, Devanagari, emoji) is a
word of its own. White space and punctuation separate words: all other ASCII, U+0080-00BF, U+2000-206F, U+3000-303F, and
of U+F000-FFFF variation selectors, full-width punctuation and specials. A byte that begins no UTF-8 character is part
of a word.

Masked:

- *case* of ASCII letters;
- *numbers*: a word ends at its first digit, which stands for the rest of it: `gpt4o` is `gpt#`, `2026` and `3a5017c1`
  are `#`;
- *quoted text*: 1 to 200 bytes between two `"` or two backticks on one line are one word, whatever they say. What is
  quoted before a colon names a field and is kept. A prompt of which masking leaves no other word is read without it.

Hashes are the same on every machine and for every key.
"""
# mypy: disable-error-code="no-untyped-def"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import piece
from stillwatch.engine.intrinsics import class32, fold_product, load8, lowest_bit

K1, K2, K3 = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x9E3779B97F4A7C15)
SEED = np.uint64(0x51ED270B35AE1D4B)
QUOTED = np.uint64(0x2B992DDFA23249D6)
LONGEST_QUOTATION = 200
PADDING = 40

CLASSES = {'"': 1, "`": 2, "\n": 3, "\r": 3, ":": 4}
_NEWLINE, _COLON, _DIGIT, _LETTER = np.uint8(3), np.uint8(4), np.uint8(5), np.uint8(16)
_TOPS, _SIXTEENS = np.uint64(0x8080808080808080), np.uint64(0x1010101010101010)


class Room(NamedTuple):
    """Where one text is read: its classes, `PADDING` bytes longer than it, and its words, one for every two bytes."""

    low: npt.NDArray[np.uint8]
    words: npt.NDArray[np.uint64]


def room_for(offsets: npt.NDArray[np.int64]) -> Room:
    """Return room for the longest of some texts."""
    longest = int(np.diff(offsets).max(initial=0))
    return Room(np.empty(longest + PADDING, np.uint8), np.empty(longest // 2 + 1, np.uint64))


def _class_table() -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    for byte in range(128):
        character = chr(byte)
        if character.isdigit():
            table[byte] = 5
        elif character.isalpha() or character == "_":
            table[byte] = ord(character.lower())
        else:
            table[byte] = CLASSES.get(character, 0)
    return table


_CLASS = _class_table()


@piece
def mix(value):
    """Scatter the bits of a hash."""
    value ^= value >> np.uint64(32)
    value *= K1
    value ^= value >> np.uint64(29)
    return value


@piece
def classify(data, start, end, low):
    """Write the classes of `data[start:end]` to `low`, and zeros after them."""
    size = end - start
    at = 0
    while at < size and start + at + 32 <= data.size:
        class32(data, start + at, low, at)
        at += 32
    while at < size:
        low[at] = _CLASS[data[start + at]]
        at += 1
    low[size : size + PADDING] = 0


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
        return 1 if byte >= _DIGIT else 0
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
def _closing(low, at, size):
    """Return where the quotation that opens at `at` closes; `at` itself where it does not."""
    mark = low[at]
    for to in range(at + 1, min(at + LONGEST_QUOTATION + 2, size)):
        if low[to] == mark:
            return to
        if low[to] == _NEWLINE:
            break
    return at


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
    tag = np.uint64(filled + 8 * (low[at] == _DIGIT))
    return fold_product(value ^ block, K2 ^ tag), at


@piece
def _past_word(low, at):
    width = _continues(low, at)
    while width:
        at += width
        width = _continues(low, at)
    return at


@piece
def _quotation(low, at, size):
    """Return where the quotation that opens at `at` ends, and whether it is masked; `at` itself where none opens."""
    if not 1 <= low[at] <= 2:
        return at, False
    to = _closing(low, at, size)
    return to, to > at + 1 and low[to + 1] != _COLON


@piece
def _read(low, size, masks_quotations, words):
    """Write the word hashes; return how many, and how many of them are not masked whole."""
    at, count, plain, closes = 0, 0, 0, -1
    while at < size:
        byte = low[at]
        if byte < _DIGIT:
            to, masked = _quotation(low, at, size) if masks_quotations and at != closes else (at, False)
            if masked:
                words[count] = QUOTED
                count += 1
            elif to > at + 1:
                closes, to = to, at
            at = to + 1
        elif byte < 0xC2 or _continues(low, at):
            start = at
            words[count], at = _letters(low, at)
            count += 1
            plain += at > start
            if low[at] == _DIGIT:
                at = _past_word(low, at)
        else:
            width = character_width(low, at)
            if width > 3 or (width == 3 and not _separates(low, at)):
                block = load8(low, at) & ((np.uint64(1) << np.uint64(8 * width)) - np.uint64(1))
                words[count] = fold_product(SEED ^ block, K2 ^ np.uint64(width))
                count += 1
                plain += 1
            at += width
    return count, plain


@piece
def read_words(data, start, end, room):
    """Write the word hashes of `data[start:end]` to `room.words`.

    Returns
    -------
    tuple
        Words in all, and words that are not masked whole.
    """
    classify(data, start, end, room.low)
    count, plain = _read(room.low, end - start, np.True_, room.words)
    if plain == 0:
        count, plain = _read(room.low, end - start, np.False_, room.words)
    return count, plain
