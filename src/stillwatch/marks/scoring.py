"""Probabilities of intents from the weights that a prompt's words and pairs of words switch on, and its meaning."""
# mypy: disable-error-code="no-untyped-def"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import piece
from stillwatch.engine.intrinsics import fetch, put, take
from stillwatch.engine.softmax import soften16, weigh16
from stillwatch.engine.sums import lean16, mix8, sum_rows16
from stillwatch.marks.characters import K1, K2, mix
from stillwatch.marks.meanings import MEANING_DIMENSIONS
from stillwatch.marks.words import ROW_SHIFT, ROWS, WORDS_SCORED

INTENTS_COUNT = 12
STRIDE = 16
MOST_ROWS = 2 * WORDS_SCORED
MOST_SUMMED = 255  # rows of int8 whose sum fits 16 bits


class Model(NamedTuple):
    """A linear model: `STRIDE` int8 for each of `ROWS` rows, each intent's bias, the scale.

    Places past the last intent have a bias of minus infinity, so that nothing is ever put there. `meanings` holds
    `STRIDE` int8 for each dimension of meaning vectors.
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
    wide = np.zeros((ROWS, STRIDE), np.int8)
    wide[:, :INTENTS_COUNT] = weights
    leaning = np.zeros((MEANING_DIMENSIONS, STRIDE), np.int8)
    if meanings is not None:
        leaning[:, :INTENTS_COUNT] = meanings
    odds = np.full(STRIDE, -np.inf)
    odds[:INTENTS_COUNT] = bias
    return Model(wide.ravel(), odds, float(scale), leaning.ravel(), float(meaning_scale))


@piece
def _switch_on(row, weights, room, count):
    fetch(weights, row * STRIDE)
    place, bit = row >> 6, np.uint64(1) << np.uint64(row & 63)
    seen = take(room.switched, place)
    put(room.rows, count, np.uint16(row))
    put(room.switched, place, seen | bit)
    return count + ((seen & bit) == 0)


@piece
def _rows_of(count, weights, room):
    """Write each row that is switched on, once; return how many."""
    room.switched[:] = 0
    counted, found = min(count, WORDS_SCORED), 0
    if counted > 1:
        room.paired[1] = mix(room.words[0] * K2 + room.words[1])
    for at in range(2, counted, 8):
        mix8(room.words, at, K2, np.uint64(0), np.uint64(0), np.uint64(1), K1, room.paired, at)
    for at in range(counted):
        found = _switch_on(np.int64(take(room.scored, at) >> ROW_SHIFT), weights, room, found)
    for at in range(1, counted):
        found = _switch_on(np.int64(take(room.paired, at) >> ROW_SHIFT), weights, room, found)
    return found


@piece
def _add_rows(count, model, room):
    room.totals[:] = 0
    found = _rows_of(count, model.weights, room)
    for start in range(0, found, MOST_SUMMED):
        sum_rows16(room.totals, model.weights, room.rows, start, min(found - start, MOST_SUMMED))
    weigh16(room.odds, model.bias, room.totals, model.scale)


@piece
def _add_meaning(vector, model, room):
    lean16(room.totals, vector, model.meanings, MEANING_DIMENSIONS)
    weigh16(room.odds, room.odds, room.totals, model.meaning_scale)


@piece
def score_words(count, vector, model, room, scores):
    """Write the probability of each intent in 255ths; return the most probable one, the first of equals.

    Parameters
    ----------
    vector
        The meaning vector of the words.
    room
        `words`, as `tokeniser.read_words` leaves them; `scored`, as `meanings.pick_known` leaves it; `paired`, as
        much room; `switched`, a bit for each of `ROWS`; `rows`, `MOST_ROWS` uint16; `totals`, `STRIDE` int32; `odds`,
        as many float64; `shares`, as many uint8.
    """
    _add_rows(count, model, room)
    _add_meaning(vector, model, room)
    best = soften16(room.odds, room.shares)
    for intent in range(INTENTS_COUNT):
        scores[intent] = room.shares[intent]
    return best
