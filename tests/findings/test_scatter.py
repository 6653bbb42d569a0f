import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.findings.scatter import scatter_of, sums_of


def rows(seed: int, count: int) -> np.ndarray:
    """Rows of four dimensions that vary together."""
    return (np.random.default_rng(seed).normal(0, 30, (count, 4)) @ np.triu(np.ones((4, 4)))).round().astype(np.int64)


@given(st.integers(1, 30), st.integers(1, 30))
def test_sums_add_up_and_are_taken_out_exactly(first, second):
    given_rows = rows(first, first + second)
    one, other = sums_of(given_rows[:first]), sums_of(given_rows[first:])
    both = one + other
    assert both.count == first + second
    assert (both.products == sums_of(given_rows).products).all()
    assert (both.without(other).sums == one.sums).all()


def test_without_shrinking_it_is_hotellings_two_sample_statistic():
    past, window = rows(1, 400), rows(2, 30) + np.array([20, 0, 0, 0])
    scatter = scatter_of(past).with_more(sums_of(window))
    both = np.concatenate([past, window])
    off = window.mean(axis=0) - past.mean(axis=0)
    covariance = (1 - scatter.shrunk) * np.cov(both.T, bias=True) / np.outer(scatter.unit, scatter.unit)
    wanted = (off / scatter.unit) @ np.linalg.inv(covariance + scatter.shrunk * np.eye(4)) @ (off / scatter.unit)
    wanted /= 1 / 30 + 1 / 400
    assert scatter.shrunk < 0.05
    assert scatter.distance(sums_of(window)) == pytest.approx((wanted - 4) / np.sqrt(8))


def test_windows_of_the_rows_stray_by_chance_alone():
    given_rows, draw = rows(3, 2000), np.random.default_rng(4)
    scatter = scatter_of(given_rows)
    found = [scatter.distance(sums_of(given_rows[draw.choice(2000, 500, replace=False)])) for _ in range(400)]
    assert abs(np.mean(found)) < 0.15
    assert 0.85 < np.std(found) < 1.15


def test_the_shift_has_a_sign():
    scatter = scatter_of(rows(5, 1000))
    more = sums_of(rows(6, 50) + np.array([40, 0, 0, 0]))
    assert scatter.with_more(more).shift(more)[0] > 5
    less = sums_of(rows(6, 50) - np.array([40, 0, 0, 0]))
    assert scatter.with_more(less).shift(less)[0] < -5


@pytest.mark.parametrize("still", [1.0, 1000.0])
def test_what_never_varied_is_measured_in_the_unit_given(still):
    given_rows = rows(7, 500)
    given_rows[:, 2] = 9
    assert scatter_of(given_rows, still=still).unit[2] == still
