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

from stillwatch.engine.compiled import aside, piece
from stillwatch.engine.intrinsics import (
    HIGH,
    NOT_LETTERS,
    PLANES,
    QUOTES,
    WIDE,
    WORDS,
    classify64,
    ends64,
    fold_product,
    load8,
    lowest_bit,
    put,
    slide,
    take,
)
from stillwatch.marks.characters import DIGIT, K1, K2, SEED, read_run

QUOTED = np.uint64(0x2B992DDFA23249D6)
LONGEST_QUOTATION = 200
PADDING = 2 * WIDE
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

CLASSES = {'"': 1, "`": 2, "\n": 3, "\r": 3, ":": 4}
_COLON = np.uint8(4)


class Room(NamedTuple):
    """Where one text is read: its classes, `PLANES` times 64 bits for each 64 of its bytes, and its words."""

    low: npt.NDArray[np.uint8]
    bits: npt.NDArray[np.uint64]
    words: npt.NDArray[np.uint64]


def room_for(offsets: npt.NDArray[np.int64]) -> Room:
    """Return room for the longest of some texts: a word for every two bytes, and what wide reads and writes need."""
    longest = int(np.diff(offsets).max(initial=0))
    return Room(
        np.empty(longest + PADDING, np.uint8),
        np.empty((longest // WIDE + 2) * PLANES, np.uint64),
        np.empty(longest // 2 + 1 + WIDE, np.uint64),
    )


@piece
def classify_block(given, start, end, at, room):
    """Write the classes of the 64 bytes from place `at`, and bits about them; those past the end are zeros."""
    place = (at >> 6) * PLANES
    classify64(given.data, given.tail, start + at, end - start - at, room.low, at, room.bits, place)


@piece
def end_classes(size, room):
    """Write that nothing follows a text."""
    blocks = (size + 63) >> 6
    room.low[blocks << 6 : (blocks << 6) + WIDE] = 0
    room.bits[blocks * PLANES : (blocks + 1) * PLANES] = 0
    room.bits[blocks * PLANES + NOT_LETTERS] = _ALL


@piece
def _closing(low, at, size):
    """Return where the quotation that opens at `at` closes; `at` itself where it does not."""
    mark, last = low[at], min(at + LONGEST_QUOTATION + 2, size)
    to = at + 1
    while to < last:
        found = ends64(low, to, mark)
        if found != 0:
            to += lowest_bit(found)
            return to if to < last and low[to] == mark else at
        to += WIDE
    return at


@aside
def _quotation(low, at, size):
    """Return where the quotation that opens at `at` ends, and whether it is masked; `at` itself where none opens."""
    if not 1 <= low[at] <= 2:
        return at, False
    to = _closing(low, at, size)
    return to, to > at + 1 and low[to + 1] != _COLON


@piece
def _plane(bits, place, plane, shift):
    """Return 64 bits of a plane from a place within a block."""
    return slide(take(bits, place + plane), take(bits, place + PLANES + plane), shift)


@piece
def _is_ascii(bits, place):
    """Return whether every run of words' bytes that begins in a block is ASCII, and ends in the next at the latest."""
    high = take(bits, place + HIGH) | take(bits, place + PLANES + HIGH)
    return (high == 0) & (take(bits, place + PLANES + WORDS) != _ALL)


@piece
def _hash_letters(low, at, length, numbered):
    """Return the hash of a word of ASCII letters; the first 8 are hashed even if they are none, so as not to branch."""
    rest = at + (length & ~7)
    first = fold_product(SEED ^ load8(low, at), K1)
    value = first if length >= 8 else SEED
    while at + 16 <= rest:
        at += 8
        value = fold_product(value ^ load8(low, at), K1)
    block = load8(low, rest) & ((np.uint64(1) << np.uint64(8 * (length & 7))) - np.uint64(1))
    return fold_product(value ^ block, K2 ^ np.uint64((length & 7) + 8 * numbered))


@piece
def _after(events, at, base):
    """Return the events from `at` on."""
    return events & (_ALL << np.uint64(at - base)) if at < base + WIDE else np.uint64(0)


@piece
def _read(size, masks_quotations, room):
    """Write the word hashes; return how many, and how many of them are not masked whole."""
    low, bits, words = room.low, room.bits, room.words
    at, count, plain, closes, carry = 0, 0, 0, -1, np.uint64(0)
    for base in range(0, size, WIDE):
        place = (base >> 6) * PLANES
        inside = take(bits, place + WORDS)
        events = inside & ~((inside << np.uint64(1)) | carry)
        carry = inside >> np.uint64(63)
        ends, ends_after = take(bits, place + NOT_LETTERS), take(bits, place + PLANES + NOT_LETTERS)
        ascii_only = _is_ascii(bits, place)
        if masks_quotations:
            events |= take(bits, place + QUOTES)
        if at > base:
            events = _after(events, at, base)
        while events != 0:
            shift = lowest_bit(events)
            start = base + shift
            events &= events - np.uint64(1)
            length = lowest_bit(slide(ends, ends_after, shift))
            byte = take(low, start + length)
            numbered = byte == DIGIT
            if ((byte < DIGIT) & (length > 0)) | (numbered & ascii_only):
                put(words, count, _hash_letters(low, start, length, numbered))
                count += 1
                plain += length > 0
            elif byte < DIGIT:
                to, masked = _quotation(low, start, size) if start != closes else (start, False)
                if masked:
                    words[count] = QUOTED
                    count += 1
                elif to > start + 1:
                    closes, to = to, start
                at = to + 1
                events = _after(events, at, base)
            else:
                count, found, at = read_run(low, start, words, count)
                plain += found
                events = _after(events, at, base)
    return count, plain


@piece
def read_classes(size, room):
    """Write the word hashes of a text that has been classified to `room.words`.

    Returns
    -------
    tuple
        Words in all, and words that are not masked whole.
    """
    masks_quotations = True
    while True:
        count, plain = _read(size, masks_quotations, room)
        if plain > 0 or not masks_quotations:
            return count, plain
        masks_quotations = False


@piece
def read_words(given, row, room):
    """Write the word hashes of a text to `room.words`; return words in all, and those that are not masked whole."""
    start, end = given.offsets[row], given.offsets[row + 1]
    for at in range(0, end - start, WIDE):
        classify_block(given, start, end, at, room)
    end_classes(end - start, room)
    return read_classes(end - start, room)
