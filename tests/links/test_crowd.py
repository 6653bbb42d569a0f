import numpy as np
import pytest

from stillwatch.links.crowd import count_closer, measure_amounts, measure_departures, measure_from_mean


def plainly(roots, noise, scattered, strangers, pairs):
    counts = []
    for one, other in pairs:

        def gap(of, one=one):
            square = np.square(roots[one] - roots[of]).sum()
            return square / (noise[one] + noise[of]) if scattered else square

        counts.append(sum(gap(stranger) <= gap(other) * (1 + 1e-12) for stranger in strangers))
    return counts


@pytest.mark.parametrize("scattered", [True, False])
@pytest.mark.parametrize("pairs", [0, 1, 500])
def test_strangers_are_counted_as_one_would_by_hand(scattered, pairs):
    random = np.random.default_rng(3)
    roots, noise = random.normal(size=(200, 7)), random.uniform(0.1, 1, 200)
    strangers = np.sort(random.choice(200, 40, replace=False))
    a, b = random.integers(0, 200, pairs), random.integers(0, 200, pairs)
    assert count_closer(roots, noise, scattered, strangers, a, b).tolist() == plainly(
        roots, noise, scattered, strangers, list(zip(a, b, strict=True))
    )


def test_a_stranger_is_as_close_as_itself():
    roots, noise, scattered = np.array([[0.0], [1.0], [3.0]]), np.ones(3), False
    assert count_closer(roots, noise, scattered, np.array([1, 2]), np.array([0, 0]), np.array([1, 2])).tolist() == [
        1,
        2,
    ]


@pytest.mark.parametrize("scattered", [True, False])
def test_a_mean_is_measured_from_without_ones_own_part(scattered):
    draw = np.random.default_rng(4)
    roots, noise, weights = draw.normal(size=(9, 5)), draw.uniform(0.1, 1, 9), draw.uniform(1, 2, 9)
    members, accounts = np.array([1, 4, 6]), np.array([0, 4, 6, 8])
    own = np.where(np.isin(accounts, members), weights[accounts], 0.0)
    gaps, sums = np.empty(4), weights[members] @ roots[members]
    measure_from_mean(roots, noise, scattered, sums, own, weights[members].sum() - own, accounts, gaps)
    for gap, account in zip(gaps.tolist(), accounts.tolist(), strict=True):
        others = members[members != account]
        expected = np.square(roots[account] - np.average(roots[others], axis=0, weights=weights[others])).sum()
        if scattered:
            expected /= noise[account] + 1 / weights[others].sum()
        assert gap == pytest.approx(expected)


def test_departures_are_held_against_those_of_the_others():
    draw = np.random.default_rng(5)
    roots, weights = np.sqrt(draw.dirichlet(np.ones(6), 9)), draw.uniform(1, 2, 9)
    members, accounts = np.array([1, 4, 6]), np.array([0, 4, 6, 8])
    departures, own = np.square(roots) - 1 / 6, np.where(np.isin(accounts, members), weights[accounts], 0.0)
    alike, sums = np.empty(4), weights[members] @ departures[members]
    measure_departures(roots, sums, own, weights[members].sum() - own, accounts, alike)
    for found, account in zip(alike.tolist(), accounts.tolist(), strict=True):
        others = members[members != account]
        mean = np.average(departures[others], axis=0, weights=weights[others])
        assert found == pytest.approx(6 * departures[account] @ mean)


def test_amounts_are_held_against_what_the_others_ask_at_a_time():
    asked = np.random.default_rng(6).integers(0, 9, (9, 6))
    roots, noise = np.sqrt(asked / asked.sum(axis=1, keepdims=True)), 1 / asked.sum(axis=1)
    members, accounts = np.array([1, 4, 6]), np.array([0, 4, 6, 8])
    own, gaps = np.isin(accounts, members).astype(float), np.empty(4)
    measure_amounts(roots, noise, asked[members].sum(axis=0).astype(float), own, 3 - own, accounts, gaps)
    for gap, account in zip(gaps.tolist(), accounts.tolist(), strict=True):
        mean = asked[members[members != account]].mean(axis=0)
        assert gap == pytest.approx((np.square(asked[account] - mean) / (mean + 0.5)).mean())
