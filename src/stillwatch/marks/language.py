"""The language of a prompt, cheaply: by its script, or by the words that every text of a language has.

Carried for the operator's reports, never scored. Null where the text is too short to tell, is code, or is in a language
that is not listed; languages that share a script (Persian and Urdu with Arabic, Ukrainian with Russian) go by its code.
"""
# mypy: disable-error-code="no-untyped-def"

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.compiled import aside, piece
from stillwatch.engine.intrinsics import HIGH, LATIN, PLANES, WIDE, count_ones, put, take
from stillwatch.marks.characters import K1, K3
from stillwatch.marks.words import hash_words

SCRIPTS = ("zh", "ja", "ko", "ar", "ru", "he", "hi", "th", "el")
STOP_WORDS = {
    "en": "the of to what you that are have my how can your please it was be on i we this which who where why about",
    "es": "el los las que por una con para es del como más pero sus está cómo qué puedo quiero mi sobre esta son",
    "fr": "le les des est une dans pour que qui sur avec pas vous je nous ce cette et du au mon comment sont être",
    "de": "der die das und ist nicht ein eine ich mit auf für von den zu wie was kann mein wir sie dem wird auch bitte",
    "pt": "os uma não com para é do da em meu você isso são está mais dos como eu ou pelo seu quero sobre fazer",
    "it": "il che di è una per non sono con del della mi gli come più questo nel ho anche alla mio puoi vorrei",
    "nl": "de het een van en is niet dat ik je voor met op zijn hoe wat kan mijn ook maar deze wij naar wordt",
    "pl": "się nie jest na że jak co dla czy w z mam mi po ale przez które może mój są jestem proszę tym",
    "sv": "och att det som är en på för jag inte med av hur kan min har till om den vad ett vi från",
    "tr": "bir ve bu için ne nasıl mi çok ile olarak var daha benim gibi ben olan değil bana mı kadar",
    "id": "yang dan di untuk dengan ini itu saya tidak dari apa bagaimana adalah pada ke bisa akan dalam atau anda",
}
LANGUAGES = (*SCRIPTS, *STOP_WORDS)
SAMPLE_BYTES = 4096
SAMPLE_WORDS = 400
_SLOTS = 1 << 12
_SHIFT = np.uint64(64 - 12)
_FEWEST_SCRIPT_BYTES = 8
_FIELD = 10  # bits of a count: `SAMPLE_WORDS` fits
_FIELDS = 6  # counts in 64 bits
_WORDED = len(STOP_WORDS)


class Lexicon(NamedTuple):
    """Hashes of stop words, each alone in its slot, and for each what it adds to the counts of the languages.

    The slot of a word is the upper bits of its hash times `factor`. `adds` has two values for each slot, of `_FIELDS`
    counts each.
    """

    factor: np.uint64
    hashes: npt.NDArray[np.uint64]
    adds: npt.NDArray[np.uint64]


def _factor_for(hashes: npt.NDArray[np.uint64]) -> np.uint64:
    """Return a factor that gives each of some hashes a slot of its own."""
    factor = int(K3)
    while len(np.unique((hashes * np.uint64(factor)) >> _SHIFT)) < len(hashes):
        factor = (factor * int(K1) + 2) % 2**64 | 1
    return np.uint64(factor)


@cache
def lexicon() -> Lexicon:
    """Return the table of stop words."""
    found = [hash_words(pa.array([words]))[1] for words in STOP_WORDS.values()]
    factor = _factor_for(np.unique(np.concatenate(found)))
    made = Lexicon(factor, np.zeros(_SLOTS, np.uint64), np.zeros((_SLOTS, 2), np.uint64))
    for number, hashes in enumerate(found):
        slots = (hashes * factor) >> _SHIFT
        made.hashes[slots] = hashes
        made.adds[slots, number // _FIELDS] |= np.uint64(1 << number % _FIELDS * _FIELD)
    return made


def _script_table() -> npt.NDArray[np.int8]:
    """Return the script of each character of two or three bytes, by its first byte and the lower bits of its second."""
    table = np.full((256, 64), -1, np.int8)
    table[0xE4:0xEA] = SCRIPTS.index("zh")
    table[0xE3, 0x01:0x04] = SCRIPTS.index("ja")
    table[0xEA, 0x30:] = table[0xEB:0xEE] = SCRIPTS.index("ko")
    table[0xD8:0xDC] = SCRIPTS.index("ar")
    table[0xD0:0xD4] = SCRIPTS.index("ru")
    table[0xD6, 0x10:] = table[0xD7] = SCRIPTS.index("he")
    table[0xE0, 0x24:0x26] = SCRIPTS.index("hi")
    table[0xE0, 0x38:0x3A] = SCRIPTS.index("th")
    table[0xCE:0xD0] = SCRIPTS.index("el")
    return table


_SCRIPT = _script_table()


@piece
def _count_scripts(low, size, counts):
    """Count bytes of each script; return the ASCII letters."""
    letters, at = 0, 0
    while at < min(size, SAMPLE_BYTES):
        byte = low[at]
        if byte < 0xC2:
            letters += 97 <= byte <= 122
            at += 1
            continue
        script = _SCRIPT[byte, low[at + 1] & 63]
        width = 2 if byte <= 0xDF else 3
        if script >= 0:
            counts[script] += width
        at += width
    return letters


@piece
def _has_script(size, bits):
    """Return whether there are so many bytes from 128 that one script may have most letters, however they are read."""
    letters, high = 0, 0
    for block in range((min(size, SAMPLE_BYTES) + WIDE - 1) // WIDE):
        letters += count_ones(bits[block * PLANES + LATIN])
        high += count_ones(bits[block * PLANES + HIGH])
    return 3 * high >= max(letters - 2 * high, _FEWEST_SCRIPT_BYTES)


@aside
def _script_of(low, size, counts):
    for script in range(counts.size):
        counts[script] = 0
    letters = _count_scripts(low, size, counts)
    if counts[1] * 10 >= counts[0] and counts[1] > 0:
        counts[1] += counts[0]
    best = 0
    for script in range(1, 9):
        if counts[script] > counts[best]:
            best = script
    return best if counts[best] >= max(letters, _FEWEST_SCRIPT_BYTES) else -1


@piece
def _find_stop_words(words, looked, table, slots):
    """Write the slots of the stop words among the first words; return how many."""
    found = 0
    for at in range(looked):
        value = take(words, at)
        slot = np.int64((value * table.factor) >> _SHIFT)
        put(slots, found, np.uint16(slot))
        found += take(table.hashes, slot) == value
    return found


@piece
def _language_of(words, count, table, slots):
    looked, low, high = min(count, SAMPLE_WORDS), np.uint64(0), np.uint64(0)
    for at in range(_find_stop_words(words, looked, table, slots)):
        low += table.adds[slots[at], 0]
        high += table.adds[slots[at], 1]
    best, most = 0, np.uint64(0)
    for language in range(_WORDED):
        counts = low if language < _FIELDS else high
        counted = (counts >> np.uint64(language % _FIELDS * _FIELD)) & np.uint64((1 << _FIELD) - 1)
        best = language if counted > most else best
        most = max(counted, most)
    return best if most >= np.uint64(2) and most * np.uint64(8) >= np.uint64(looked) else -1


@piece
def language_of(size, count, room, table):
    """Return the number in `LANGUAGES` of a text that `tokeniser.read_words` has read into the room, or -1.

    `room.scripts` is int64 counters, one for each of `SCRIPTS`; `room.rows` needs `SAMPLE_WORDS` uint16.
    """
    if _has_script(size, room.bits):
        script = _script_of(room.low, size, room.scripts)
        if script >= 0:
            return script
    found = _language_of(room.words, count, table, room.rows)
    return found + room.scripts.size if found >= 0 else -1
