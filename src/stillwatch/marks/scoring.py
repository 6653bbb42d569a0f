"""Probabilities of intents from the weights that a prompt's words and pairs of words switch on, and its meaning."""
# mypy: disable-error-code="no-untyped-def"

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import piece
from stillwatch.engine.intrinsics import add16
from stillwatch.marks.meanings import MEANING_DIMENSIONS
from stillwatch.marks.words import ROWS, WORDS_SCORED, pair_row, word_row

INTENTS_COUNT = 12
STRIDE = 16
MOST_ROWS = 2 * WORDS_SCORED + 4


class Model(NamedTuple):
    """A linear model: `STRIDE` int8 for each of `ROWS` rows and for one of zeros, each intent's bias, the scale.

    `meanings` holds `STRIDE` int8 for each dimension of meaning vectors.
    """

    weights: npt.NDArray[np.int8]
    bias: npt.NDArray[np.float64]
    scale: float
    meanings: npt.NDArray[np.int8]
    meaning_scale: float


def model_of(
    weights: npt.NDArray[np.int8],
    bias: npt.NDArray[np.float64],
    scale: float,
    meanings: npt.NDArray[np.int8] | None = None,
    meaning_scale: float = 0.0,
) -> Model:
    """Return a model in the form that kernels read.

    Parameters
    ----------
    weights
        `ROWS` x 12.
    bias
        12 values, in the unit of the weights times `scale`.
    meanings
        64 x 12; with `meaning_scale` what a meaning vector adds to the odds. None: nothing.
    """
    wide = np.zeros((ROWS + 1, STRIDE), np.int8)
    wide[:ROWS, :INTENTS_COUNT] = weights
    leaning = np.zeros((MEANING_DIMENSIONS, STRIDE), np.int8)
    if meanings is not None:
        leaning[:, :INTENTS_COUNT] = meanings
    bias = np.ascontiguousarray(bias, np.float64)
    return Model(wide.ravel(), bias, float(scale), leaning.ravel(), float(meaning_scale))


@piece
def _switch_on(row, room, count):
    place, bit = row >> 6, np.uint64(1) << np.uint64(row & 63)
    room.rows[count] = row * STRIDE
    count += (room.switched[place] & bit) == 0
    room.switched[place] |= bit
    return count


@piece
def _rows_of(count, room):
    """Write where the weights of each row that is switched on begin, and places of zeros up to a multiple of four."""
    for place in range(ROWS >> 6):
        room.switched[place] = 0
    found = 0
    for at in range(min(count, WORDS_SCORED)):
        found = _switch_on(word_row(room.words[at]), room, found)
        if at:
            found = _switch_on(pair_row(room.words[at - 1], room.words[at]), room, found)
    while found & 3:
        room.rows[found] = ROWS * STRIDE
        found += 1
    return found


@piece
def _add_rows(count, model, room):
    for intent in range(STRIDE):
        room.totals[intent] = 0
    rows = room.rows
    for at in range(0, _rows_of(count, room), 4):
        add16(room.totals, 0, model.weights, rows[at], rows[at + 1], rows[at + 2], rows[at + 3])
    for intent in range(INTENTS_COUNT):
        room.odds[intent] = model.bias[intent] + room.totals[intent] * model.scale


@piece
def _add_meaning(vector, model, room):
    for intent in range(STRIDE):
        room.totals[intent] = 0
    for dimension in range(MEANING_DIMENSIONS):
        part, place = np.int32(vector[dimension]), dimension * STRIDE
        for intent in range(STRIDE):
            room.totals[intent] += part * np.int32(model.meanings[place + intent])
    for intent in range(INTENTS_COUNT):
        room.odds[intent] += room.totals[intent] * model.meaning_scale


@piece
def score_words(count, vector, model, room, scores):
    """Write the probability of each intent in 255ths; return the most probable one, the first of equals.

    Parameters
    ----------
    vector
        The meaning vector of the words.
    room
        `words`, as `tokeniser.read_words` leaves them; `switched`, a bit for each of `ROWS`; `rows`, `MOST_ROWS` int64;
        `totals`, `STRIDE` int32; `odds`, as many float64.
    """
    _add_rows(count, model, room)
    _add_meaning(vector, model, room)
    best = 0
    for intent in range(INTENTS_COUNT):
        if room.odds[intent] > room.odds[best]:
            best = intent
    highest, whole = room.odds[best], 0.0
    for intent in range(INTENTS_COUNT):
        room.odds[intent] = math.exp(room.odds[intent] - highest)
        whole += room.odds[intent]
    for intent in range(INTENTS_COUNT):
        scores[intent] = np.uint8(room.odds[intent] / whole * 255.0 + 0.5)
    return best
