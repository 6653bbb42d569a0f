"""The pass over prompts that fills in the marks of their wording, and the one over system prompts."""
# mypy: disable-error-code="no-untyped-def"

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import load8
from stillwatch.marks.bytes_of import Bytes
from stillwatch.marks.digests import Key, digest_bytes, digest_integers, fold_text, key_of, mask_numbers
from stillwatch.marks.language import SCRIPTS, STOP_WORDS, Lexicon, language_of, lexicon
from stillwatch.marks.meanings import MEANING_DIMENSIONS, Meanings, load_meanings, meaning_of_words
from stillwatch.marks.scoring import INTENTS_COUNT, MOST_ROWS, STRIDE, Model, score_words
from stillwatch.marks.sketch import POSITIONS, sketch_words
from stillwatch.marks.tokeniser import K3, mix, read_words, room_for
from stillwatch.marks.vectors import DIMENSIONS, SLOTS, vector_of_words
from stillwatch.marks.words import ROWS

EDGE_WORDS = 8
FEWEST_WORDS = 12
REMEMBERED = 1 << 10


class Means(NamedTuple):
    """What every prompt is read with: the key, seeds that follow from it, weights of intents, meanings, stop words."""

    key: Key
    sketch_seed: np.uint64
    vector_seed: np.uint64
    model: Model
    meanings: Meanings
    lexicon: Lexicon


class Desk(NamedTuple):
    """Room for one text at a time; `room` in the pieces' docstrings says what each needs."""

    low: npt.NDArray[np.uint8]
    words: npt.NDArray[np.uint64]
    lowest: npt.NDArray[np.uint32]
    met: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.uint8]
    sums: npt.NDArray[np.int64]
    parts: npt.NDArray[np.int16]
    switched: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.int64]
    totals: npt.NDArray[np.int32]
    odds: npt.NDArray[np.float64]
    scripts: npt.NDArray[np.int64]
    languages: npt.NDArray[np.int64]


class Marks(NamedTuple):
    """The marks of a batch, one row for each exchange; `language` and `intent` are numbers, -1 for none."""

    words_count: npt.NDArray[np.int64]
    plain_count: npt.NDArray[np.int64]
    prompt_digest: npt.NDArray[np.int64]
    opening_digest: npt.NDArray[np.int64]
    ending_digest: npt.NDArray[np.int64]
    sketch: npt.NDArray[np.uint16]
    vector: npt.NDArray[np.int8]
    meaning: npt.NDArray[np.int8]
    scores: npt.NDArray[np.uint8]
    intent: npt.NDArray[np.int8]
    language: npt.NDArray[np.int8]


def means_of(key: bytes, model: Model) -> Means:
    """Return what prompts are read with under an operator's key."""
    seeds = hashlib.blake2b(b"seeds of the wording marks", key=key, digest_size=16).digest()
    sketch_seed, vector_seed = np.frombuffer(seeds, "<u8")
    return Means(key_of(key), sketch_seed, vector_seed, model, load_meanings(), lexicon())


def desk_for(prompts: Bytes) -> Desk:
    """Return room for the longest prompt: five bytes for each of its own."""
    return Desk(
        *room_for(prompts.offsets),
        lowest=np.empty(POSITIONS, np.uint32),
        met=np.empty(SLOTS >> 6, np.uint64),
        counts=np.zeros(DIMENSIONS, np.uint8),
        sums=np.empty(DIMENSIONS, np.int64),
        parts=np.empty(MEANING_DIMENSIONS, np.int16),
        switched=np.empty(ROWS >> 6, np.uint64),
        rows=np.empty(MOST_ROWS, np.int64),
        totals=np.empty(STRIDE, np.int32),
        odds=np.empty(STRIDE, np.float64),
        scripts=np.empty(len(SCRIPTS), np.int64),
        languages=np.empty(len(STOP_WORDS), np.int64),
    )


def no_marks(size: int) -> Marks:
    """Return marks in which nothing has been seen yet."""
    return Marks(
        words_count=np.zeros(size, np.int64),
        plain_count=np.zeros(size, np.int64),
        prompt_digest=np.zeros(size, np.int64),
        opening_digest=np.zeros(size, np.int64),
        ending_digest=np.zeros(size, np.int64),
        sketch=np.zeros((size, POSITIONS), np.uint16),
        vector=np.zeros((size, DIMENSIONS), np.int8),
        meaning=np.zeros((size, MEANING_DIMENSIONS), np.int8),
        scores=np.zeros((size, INTENTS_COUNT), np.uint8),
        intent=np.full(size, -1, np.int8),
        language=np.full(size, -1, np.int8),
    )


@piece
def _mark_wording(row, count, means, desk, marks):
    if count >= FEWEST_WORDS:
        marks.opening_digest[row] = digest_integers(desk.words, 0, EDGE_WORDS, means.key)
        marks.ending_digest[row] = digest_integers(desk.words, count - EDGE_WORDS, count, means.key)
    sketch_words(desk.words, count, means.sketch_seed, desk.lowest, marks.sketch[row])
    vector_of_words(count, means.vector_seed, desk, marks.vector[row])
    meaning_of_words(count, means.meanings, desk, marks.meaning[row])
    marks.intent[row] = score_words(count, marks.meaning[row], means.model, desk, marks.scores[row])


@kernel
def mark_prompts(prompts, means, desk, marks):
    """Fill in the marks of each prompt's wording; rows of nulls stay as they are."""
    for row in range(prompts.valid.size):
        if not prompts.valid[row]:
            continue
        start, end = prompts.offsets[row], prompts.offsets[row + 1]
        size = fold_text(prompts.data, start, end, desk.low)
        marks.prompt_digest[row] = digest_bytes(desk.low, 0, size, means.key)
        count, plain = read_words(prompts.data, start, end, desk)
        marks.words_count[row], marks.plain_count[row] = count, plain
        if plain > 0:
            _mark_wording(row, count, means, desk, marks)
            marks.language[row] = language_of(end - start, count, desk, means.lexicon)


@piece
def _is_same(data, one, other, size):
    at = 0
    while at + 8 <= size:
        if load8(data, one + at) != load8(data, other + at):
            return False
        at += 8
    while at < size:
        if data[one + at] != data[other + at]:
            return False
        at += 1
    return True


@piece
def _slot_of(data, start, end):
    """Return where a text is remembered, by its size and three of its parts."""
    value = np.uint64(end - start)
    if end - start >= 8:
        for at in (start, (start + end) // 2 - 4, end - 8):
            value = mix(value * K3 + load8(data, at))
    return np.int64(value % np.uint64(REMEMBERED))


@kernel
def _find_repeats(given, remembered, same):
    for row in range(given.valid.size):
        if not given.valid[row]:
            continue
        start, end = given.offsets[row], given.offsets[row + 1]
        slot = _slot_of(given.data, start, end)
        other = remembered[slot]
        if other >= 0:
            before = given.offsets[other]
            if given.offsets[other + 1] - before == end - start and _is_same(given.data, before, start, end - start):
                same[row] = other
                continue
        remembered[slot] = row


def find_repeats(given: Bytes) -> npt.NDArray[np.int64]:
    """Return for each text an earlier one with the same bytes, or -1. Only `REMEMBERED` texts are kept in mind."""
    same = np.full(len(given.valid), -1, np.int64)
    _find_repeats(given, np.full(REMEMBERED, -1, np.int64), same)
    return same


@kernel
def digest_systems(systems, same, key, low, digests):
    """Write the digest of each system prompt, case, white space and numbers folded."""
    for row in range(systems.valid.size):
        if same[row] >= 0:
            digests[row] = digests[same[row]]
        elif systems.valid[row]:
            size = fold_text(systems.data, systems.offsets[row], systems.offsets[row + 1], low)
            digests[row] = digest_bytes(low, 0, mask_numbers(low, size), key)
