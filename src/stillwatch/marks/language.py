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

from stillwatch.engine.compiled import piece
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
_SLOTS = 2048
_FEWEST_SCRIPT_BYTES = 8


class Lexicon(NamedTuple):
    """Hashes of stop words in an open table, and for each the languages that have it, one bit each."""

    hashes: npt.NDArray[np.uint64]
    languages: npt.NDArray[np.int64]


@cache
def lexicon() -> Lexicon:
    """Return the table of stop words."""
    made = Lexicon(np.zeros(_SLOTS, np.uint64), np.zeros(_SLOTS, np.int64))
    for number, words in enumerate(STOP_WORDS.values()):
        for value in hash_words(pa.array([words]))[1]:
            slot = int(value) % _SLOTS
            while made.hashes[slot] not in (0, value):
                slot = (slot + 1) % _SLOTS
            made.hashes[slot] = value
            made.languages[slot] |= 1 << number
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
def _language_of(words, count, table, counts):
    for language in range(counts.size):
        counts[language] = 0
    looked = min(count, SAMPLE_WORDS)
    for at in range(looked):
        slot = np.int64(words[at] % np.uint64(_SLOTS))
        while table.hashes[slot] != 0:
            if table.hashes[slot] == words[at]:
                for language in range(counts.size):
                    counts[language] += (table.languages[slot] >> language) & 1
                break
            slot = (slot + 1) % _SLOTS
    best = 0
    for language in range(1, counts.size):
        if counts[language] > counts[best]:
            best = language
    return best if counts[best] >= 2 and counts[best] * 8 >= looked else -1


@piece
def language_of(size, count, room, table):
    """Return the number in `LANGUAGES` of a text that `tokeniser.read_words` has read into the room, or -1.

    `room.scripts` and `room.languages` are int64 counters, one for each of `SCRIPTS` and of `STOP_WORDS`.
    """
    script = _script_of(room.low, size, room.scripts)
    if script >= 0:
        return script
    found = _language_of(room.words, count, table, room.languages)
    return found + room.scripts.size if found >= 0 else -1
