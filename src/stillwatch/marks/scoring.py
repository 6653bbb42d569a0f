"""Probabilities of intents from the rows of weights that a prompt's words and pairs of words switch on."""
# mypy: disable-error-code="no-untyped-def"

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stillwatch.marks.compiled import piece
from stillwatch.marks.intrinsics import add16
from stillwatch.marks.words import ROWS, WORDS_SCORED, pair_row, word_row

INTENTS_COUNT = 12
STRIDE = 16


class Model(NamedTuple):
    """Weights of a linear model: `STRIDE` int8 for each of `ROWS` rows, the bias of each intent, and the scale."""

    weights: npt.NDArray[np.int8]
    bias: npt.NDArray[np.float64]
    scale: float


def model_of(weights: npt.NDArray[np.int8], bias: npt.NDArray[np.float64], scale: float) -> Model:
    """Return a model in the form that kernels read.

    Parameters
    ----------
    weights
        `ROWS` x 12.
    bias
        12 values, in the unit of the weights times `scale`.
    """
    wide = np.zeros((ROWS, STRIDE), np.int8)
    wide[:, :INTENTS_COUNT] = weights
    return Model(wide.ravel(), np.ascontiguousarray(bias, np.float64), float(scale))


@piece
def _switch_on(row, model, room, stamp):
    if room.rows[row] != stamp:
        room.rows[row] = stamp
        add16(room.totals, 0, model.weights, row * STRIDE)


@piece
def score_words(count, model, room, stamp, scores):
    """Write the probability of each intent in 255ths; return the most probable one, the first of equals.

    `room.rows` has `ROWS` uint32 that hold no `stamp` yet; `room.totals` `STRIDE` int32, `room.odds` as many float64.
    """
    for intent in range(STRIDE):
        room.totals[intent] = 0
    for at in range(min(count, WORDS_SCORED)):
        _switch_on(word_row(room.words[at]), model, room, stamp)
        if at:
            _switch_on(pair_row(room.words[at - 1], room.words[at]), model, room, stamp)
    best = 0
    for intent in range(INTENTS_COUNT):
        room.odds[intent] = model.bias[intent] + room.totals[intent] * model.scale
        if room.odds[intent] > room.odds[best]:
            best = intent
    highest, whole = room.odds[best], 0.0
    for intent in range(INTENTS_COUNT):
        room.odds[intent] = math.exp(room.odds[intent] - highest)
        whole += room.odds[intent]
    for intent in range(INTENTS_COUNT):
        scores[intent] = np.uint8(room.odds[intent] / whole * 255.0 + 0.5)
    return best
