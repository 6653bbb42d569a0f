"""The pass over prompts that fills in the marks of their wording, and the one over system prompts."""
# mypy: disable-error-code="no-untyped-def"

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import WIDE, load8
from stillwatch.marks.bytes_of import Bytes
from stillwatch.marks.characters import K3, mix
from stillwatch.marks.digests import (
    Key,
    absorb_up_to,
    digest_bytes,
    digest_integers,
    finish_digest,
    fold_block,
    fold_text,
    key_of,
    mask_numbers,
    open_digest,
)
from stillwatch.marks.language import SCRIPTS, Lexicon, language_of, lexicon
from stillwatch.marks.meanings import MEANING_DIMENSIONS, Meanings, load_meanings, meaning_of_words, pick_known
from stillwatch.marks.path_names import NAME_ROOM
from stillwatch.marks.paths import Paths, no_paths, paths_in
from stillwatch.marks.scoring import INTENTS_COUNT, MOST_ROWS, STRIDE, Model, score_words
from stillwatch.marks.sketch import MIXED, POSITIONS, sketch_words
from stillwatch.marks.tokeniser import classify_block, end_classes, read_classes, room_for
from stillwatch.marks.vectors import DIMENSIONS, SLOTS, vector_of_words
from stillwatch.marks.words import ROOM_SCORED, ROWS

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
    bits: npt.NDArray[np.uint64]
    words: npt.NDArray[np.uint64]
    folded: npt.NDArray[np.uint8]
    mixed: npt.NDArray[np.uint64]
    scored: npt.NDArray[np.uint64]
    picked: npt.NDArray[np.uint64]
    paired: npt.NDArray[np.uint64]
    lowest: npt.NDArray[np.uint32]
    met: npt.NDArray[np.uint64]
    sums: npt.NDArray[np.int32]
    parts: npt.NDArray[np.int16]
    switched: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.uint16]
    totals: npt.NDArray[np.int32]
    odds: npt.NDArray[np.float64]
    shares: npt.NDArray[np.uint8]
    scripts: npt.NDArray[np.int64]
    name: npt.NDArray[np.uint8]


class Marks(NamedTuple):
    """The marks of a batch, one row for each exchange; `language` and `intent` are numbers, -1 for none."""

    words_count: npt.NDArray[np.int64]
    plain_count: npt.NDArray[np.int64]
    prompt_digest: npt.NDArray[np.int64]
    opening_digest: npt.NDArray[np.int64]
    ending_digest: npt.NDArray[np.int64]
    sketch: npt.NDArray[np.uint8]
    vector: npt.NDArray[np.int8]
    meaning: npt.NDArray[np.int8]
    scores: npt.NDArray[np.uint8]
    intent: npt.NDArray[np.int8]
    language: npt.NDArray[np.int8]
    paths: Paths
    owners: Paths


def means_of(key: bytes, model: Model) -> Means:
    """Return what prompts are read with under an operator's key."""
    seeds = hashlib.blake2b(b"seeds of the wording marks", key=key, digest_size=16).digest()
    sketch_seed, vector_seed = np.frombuffer(seeds, "<u8")
    return Means(key_of(key), sketch_seed, vector_seed, model, load_meanings(), lexicon())


def desk_for(prompts: Bytes) -> Desk:
    """Return room for the longest prompt: five bytes for each of its own."""
    room = room_for(prompts.offsets)
    return Desk(
        *room,
        folded=np.empty_like(room.low),
        mixed=np.empty(MIXED, np.uint64),
        scored=np.empty(ROOM_SCORED, np.uint64),
        picked=np.empty(ROOM_SCORED, np.uint64),
        paired=np.empty(ROOM_SCORED, np.uint64),
        lowest=np.empty(POSITIONS, np.uint32),
        met=np.empty(SLOTS >> 6, np.uint64),
        sums=np.empty(DIMENSIONS, np.int32),
        parts=np.empty(MEANING_DIMENSIONS, np.int16),
        switched=np.empty(ROWS >> 6, np.uint64),
        rows=np.empty(MOST_ROWS, np.uint16),
        totals=np.empty(STRIDE, np.int32),
        odds=np.empty(STRIDE, np.float64),
        shares=np.empty(STRIDE, np.uint8),
        scripts=np.empty(len(SCRIPTS), np.int64),
        name=np.empty(NAME_ROOM, np.uint8),
    )


def no_marks(size: int) -> Marks:
    """Return marks in which nothing has been seen yet."""
    return Marks(
        words_count=np.zeros(size, np.int64),
        plain_count=np.zeros(size, np.int64),
        prompt_digest=np.zeros(size, np.int64),
        opening_digest=np.zeros(size, np.int64),
        ending_digest=np.zeros(size, np.int64),
        sketch=np.zeros((size, POSITIONS), np.uint8),
        vector=np.zeros((size, DIMENSIONS), np.int8),
        meaning=np.zeros((size, MEANING_DIMENSIONS), np.int8),
        scores=np.zeros((size, INTENTS_COUNT), np.uint8),
        intent=np.full(size, -1, np.int8),
        language=np.full(size, -1, np.int8),
        paths=no_paths(size),
        owners=no_paths(size),
    )


@piece
def _mark_wording(row, count, means, desk, marks):
    known = pick_known(count, means.meanings, desk)
    if count >= FEWEST_WORDS:
        marks.opening_digest[row] = digest_integers(desk.words, 0, EDGE_WORDS, means.key)
        marks.ending_digest[row] = digest_integers(desk.words, count - EDGE_WORDS, count, means.key)
    sketch_words(desk.words, count, means.sketch_seed, desk, marks.sketch[row])
    vector_of_words(count, means.vector_seed, desk, marks.vector[row])
    meaning_of_words(known, means.meanings, desk, marks.meaning[row])
    marks.intent[row] = score_words(count, marks.meaning[row], means.model, desk, marks.scores[row])


@piece
def read_prompt(prompts, row, key, desk):
    """Classify and fold a prompt, 64 bytes at a time; return its digest."""
    start, end = prompts.offsets[row], prompts.offsets[row + 1]
    folding, at, digest = (0, np.uint64(1)), 0, open_digest(key)
    for place in range(0, end - start, WIDE):
        classify_block(prompts, start, end, place, desk)
        folding = fold_block(prompts, start + place, end, desk.folded, folding)
        at, digest = absorb_up_to(desk.folded, at, folding[0], digest)
    end_classes(end - start, desk)
    size = max(folding[0] - np.int64(folding[1]), 0)
    return finish_digest(desk.folded, at, size, size, digest)


@kernel
def mark_prompts(prompts, means, desk, marks):
    """Fill in the marks of each prompt's wording; rows of nulls stay as they are."""
    for row in range(prompts.valid.size):
        if not prompts.valid[row]:
            continue
        size = prompts.offsets[row + 1] - prompts.offsets[row]
        marks.prompt_digest[row] = read_prompt(prompts, row, means.key, desk)
        paths_in(prompts, row, means.key, desk.name, marks.paths, marks.owners)
        count, plain = read_classes(size, desk)
        marks.words_count[row], marks.plain_count[row] = count, plain
        if plain > 0:
            _mark_wording(row, count, means, desk, marks)
            marks.language[row] = language_of(size, count, desk, means.lexicon)


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
            size = fold_text(systems, row, low)
            digests[row] = digest_bytes(low, 0, mask_numbers(low, size), key)
