from itertools import combinations

import numpy as np
import pytest

from stillwatch.findings.thinned import Part

NONE = np.zeros(0, np.int64)


def half(exchanges):
    return (exchanges + 1) // 2


def part(counts, exchanges, fewest=10):
    return Part(np.array(counts), np.array(exchanges), half, fewest)


def drawn(counts, exchanges, draws, least):
    """How often so many exchanges drawn of each account hold at least so many of the kind, by listing all draws."""
    shares = []
    for count, of in zip(counts, exchanges, strict=True):
        hits = [sum(one < count for one in some) >= least for some in combinations(range(of), draws)]
        shares.append(np.mean(hits))
    return np.array(shares)


@pytest.mark.parametrize(
    ("counts", "exchanges", "shown"),
    [([1], [1], True), ([1], [2], True), ([1], [3], False), ([0], [0], False), ([0], [7], False), ([5], [10], True)],
)
def test_who_has_the_habit(counts, exchanges, shown):
    assert part(counts, exchanges).shown.tolist() == [shown]


@pytest.mark.parametrize("asked", [1, 2, 3, 5])
def test_honest_accounts_are_thinned_to_what_a_member_asked(asked):
    counts, exchanges = [0, 3, 8, 12, 1], [12, 12, 12, 12, 10]
    one = part([*counts, asked], [*exchanges, asked])
    honest = np.arange(6) < 5
    expected = (drawn(counts, exchanges, asked, (asked + 1) // 2).sum() + 0.5) / 6
    assert one.honest_rate(np.array([5]), honest) == pytest.approx(expected)


def test_a_member_that_asked_enough_is_compared_with_accounts_as_they_are():
    one = part([0, 6, 12, 40], [12, 12, 12, 400])
    assert one.honest_rate(np.array([3]), np.arange(4) < 3) == pytest.approx(2.5 / 4)


def test_a_member_is_compared_with_all_who_asked_as_much_and_with_nobody_who_asked_less():
    one = part([9, 0, 1, 3], [9, 20, 1, 3])
    honest = np.array([True, True, True, False])
    assert one.honest_rate(np.array([3]), honest) == pytest.approx(1.5 / 3)
    assert one.honest_rate(np.array([2]), honest) == pytest.approx(2.5 / 4)


def test_members_are_counted_each_with_its_own_chance():
    one = part([6, 0, 1, 1, 4], [12, 12, 1, 1, 40])
    honest = np.arange(5) < 2
    each = [one.honest_rate(np.array([at]), honest) for at in (2, 3, 4)]
    assert one.honest_rate(np.array([2, 3, 4]), honest) == pytest.approx(np.mean(each))


def test_nobody_and_nobody_to_compare_with():
    one = part([1, 1], [1, 20])
    assert one.honest_rate(NONE, np.array([False, True])) == 1.0
    assert one.honest_rate(np.array([0]), np.array([False, False])) == 0.5
