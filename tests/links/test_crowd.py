import numpy as np
import pytest

from stillwatch.links.crowd import count_closer


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
