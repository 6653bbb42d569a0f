from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from stillwatch.findings.thinned import Part

NONE = np.zeros(0, np.int64)


def half(exchanges):
    return (exchanges + 1) // 2


def part(counts, exchanges, fewest=10):
    return Part(np.array(counts), np.array(exchanges), half, fewest, "do it")


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


@pytest.mark.parametrize(
    ("asked", "expected"),
    [([10, 40], 2.0), ([1], 0.3), ([2], 0.51), ([3], 0.51), ([9], 0.51), ([1, 2, 10], 0.3 + 0.51 + 1.0), ([0, 0], 2.0)],
)
def test_what_is_not_seen_in_a_few_exchanges_speaks_against_nobody(asked, expected):
    """Half of the exchanges must be of the kind, and in whoever has the habit three in ten are seen to be.

    The chance never falls as more is asked; and who asked nothing that could show the habit counts whole.
    """
    one = replace(part(asked, asked), seen_share=0.3)
    assert one.expected(np.arange(len(asked))) == pytest.approx(expected)
    assert replace(one, seen_share=1.0).expected(np.arange(len(asked))) == len(asked)


def test_nobody_and_nobody_to_compare_with():
    one = part([1, 1], [1, 20])
    assert one.honest_rate(NONE, np.array([False, True])) == 1.0
    assert one.expected(NONE) == 0.0
    assert one.honest_rate(np.array([0]), np.array([False, False])) == 0.5


def test_together_an_account_weighs_as_much_as_it_asked_up_to_a_bound():
    one = part([1, 0, 500], [1, 5, 500])
    assert one.together(np.array([0, 1])) == pytest.approx(1 / 6)
    assert one.together(np.array([1, 2])) == pytest.approx(10 / 15), "five hundred count as ten"
    assert part([0], [0]).together(np.array([0])) == 0.0


def test_a_group_is_held_against_single_accounts_with_as_large_a_part():
    one = part([0, 40, 60, 90, 9, 60, 60], [100, 100, 100, 100, 9, 100, 100])
    honest = np.arange(7) < 5
    members = np.full(10, 5)
    assert one.rate_of_one(members, honest) == pytest.approx(2.5 / 5), "who asked nine times is not compared"


def test_of_few_exchanges_a_large_part_is_chance_more_often():
    counts, exchanges = [0, 3, 8, 12, 1], [12, 12, 12, 12, 10]
    one = part([*counts, 4, 5], [*exchanges, 5, 6])
    honest, members = np.arange(7) < 5, np.array([5, 6])
    expected = drawn(counts[:4], exchanges[:4], 11, 9).sum()
    assert one.together(members) == pytest.approx(9 / 11)
    assert one.rate_of_one(members, honest) == pytest.approx((expected + 0.5) / 6), "an account of ten is not thinned"


def test_of_members_that_hardly_asked_nothing_is_known():
    one = part([20, 4, 5], [20, 4, 5])
    assert one.rate_of_one(np.array([1, 2]), np.array([True, False, False])) == 1.0
    assert one.rate_of_one(np.array([1, 2, 2]), np.array([True, False, False])) == 1.5 / 2
