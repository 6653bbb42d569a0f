import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from stillwatch.engine import softmax


@njit
def soften(odds, scores):
    return softmax.soften16(odds, scores)


@njit
def weigh(odds, bias, totals, scale):
    softmax.weigh16(odds, bias, totals, scale)


def expected(odds: list[float]) -> list[float]:
    parts = [math.exp(odd - max(odds)) for odd in odds]
    return [part / sum(parts) * 255 for part in parts]


@given(st.lists(st.floats(-900, 900), min_size=16, max_size=16))
def test_equals_the_softmax(odds):
    scores = np.empty(16, np.uint8)
    assert soften(np.array(odds), scores) == odds.index(max(odds))
    for found, exact in zip(scores.tolist(), expected(odds), strict=True):
        assert abs(found - exact) <= 0.5 + 1e-9


def test_many_odds_are_rounded_as_floats_of_the_c_library_are():
    draw, scores = np.random.default_rng(1), np.empty(16, np.uint8)
    for _ in range(2000):
        odds = draw.normal(0, 4, 16)
        soften(odds, scores)
        assert scores.tolist() == [int(exact + 0.5) for exact in expected(odds.tolist())]


def test_places_without_odds_get_nothing_and_the_first_of_equals_is_best():
    odds, scores = np.array([0.0] * 4 + [-math.inf] * 12), np.empty(16, np.uint8)
    assert soften(odds, scores) == 0
    assert scores.tolist() == [64] * 4 + [0] * 12


@pytest.mark.parametrize("scale", [0.0, 0.004])
def test_odds_of_totals(scale):
    bias, totals, odds = np.linspace(-1, 1, 16), np.arange(-8, 8, dtype=np.int32), np.empty(16)
    weigh(odds, bias, totals, scale)
    assert odds.tolist() == (bias + totals * scale).tolist()
