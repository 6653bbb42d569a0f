from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.settings import Linking

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=9)


def pairs_of(incidences, **settings):
    a, b = candidate_pairs(incidences, Linking(**settings))
    return list(zip(a.tolist(), b.tolist(), strict=True))


@given(SHOWS, SHOWS, st.integers(2, 9))
def test_every_pair_within_a_narrow_value_once(incidence_of, first, second, widest):
    count = min(len(first), len(second))
    traits = [first[:count], second[:count]]
    expected, possible = set(), set()
    for shows in traits:
        for value in set().union(*shows):
            showing = [account for account in range(count) if value in shows[account]]
            possible |= set(combinations(showing, 2))
            if len(showing) <= widest:
                expected |= set(combinations(showing, 2))
    found = pairs_of([incidence_of(shows) for shows in traits], widest_value=widest, nearest_accounts=1)
    assert found == sorted(set(found))
    assert expected <= set(found) <= possible


def one_wide_value(incidence_of, count=2_000):
    return [incidence_of([{0}] * count)]


def test_a_wide_value_gives_pairs_in_proportion_to_its_accounts(incidence_of):
    few = len(pairs_of(one_wide_value(incidence_of)))
    assert few <= 4 * 10 * 2_000
    assert few == pytest.approx(2 * len(pairs_of(one_wide_value(incidence_of, 1_000))), rel=0.01)


def test_without_the_bound_pairs_would_explode(incidence_of):
    assert len(pairs_of(one_wide_value(incidence_of), widest_value=2_000)) == 2_000 * 1_999 // 2


def test_accounts_that_share_much_besides_a_wide_value_are_compared(incidence_of):
    draw = np.random.default_rng(3)
    shows = [{0} | set(draw.choice(np.arange(1, 40), 5, replace=False).tolist()) for _ in range(800)]
    shows[100] = shows[700] = {0, 3, 8, 21, 34, 39}
    assert (100, 700) in pairs_of([incidence_of(shows)], widest_value=20, nearest_accounts=5)


def test_the_order_of_the_accounts_of_a_wide_value_is_that_of_what_they_show(incidence_of):
    """Two halves that show different things are hardly compared across, whatever their numbers."""
    draw = np.random.default_rng(4)
    side = draw.random(400) < 0.5
    shows = [{0, *(range(10, 30) if left else range(50, 70))} for left in side]
    found = np.array(pairs_of([incidence_of(shows)], widest_value=50, nearest_accounts=3))
    assert np.mean(side[found[:, 0]] == side[found[:, 1]]) > 0.95


@pytest.mark.parametrize("count", [0, 1, 5])
def test_nothing_shared_gives_no_pairs(incidence_of, count):
    assert pairs_of([]) == []
    if count:
        assert pairs_of([incidence_of([{account} for account in range(count)])]) == []
