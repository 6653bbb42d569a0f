from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from stillwatch.campaigns.communities import find_communities, join_by_ties
from stillwatch.campaigns.settings import Gathering


def found(edges, count, **settings):
    a, b, weights = np.array([(*sorted(edge[:2]), *edge[2:]) for edge in edges], float).reshape(-1, 3).T
    return find_communities(a.astype(np.int64), b.astype(np.int64), weights, count, Gathering(**settings)).tolist()


def whole(accounts, weight=10.0):
    return [(a, b, weight) for a, b in combinations(accounts, 2)]


def test_groups_without_a_tie_between_them_are_two():
    assert found(whole([5, 1, 3]) + whole([0, 2, 6, 8]), 9) == [0, 1, 0, 1, -1, 1, 0, -1, 0]


def joined(groups, ties, fewest=2):
    a, b = np.array(ties, np.int32).reshape(-1, 2).T
    return join_by_ties(np.array(groups), a, b, fewest).tolist()


def test_who_is_tied_twice_to_one_community_joins_it():
    groups = [0, 0, 0, 1, 1, 1, -1, -1, -1]
    assert joined(groups, [(0, 6), (6, 1), (2, 7), (7, 3)]) == [*groups[:6], 0, -1, -1]
    assert joined(groups, [(0, 6), (1, 6), (2, 6)], fewest=4) == groups
    assert joined(groups, []) == groups


def test_who_is_tied_to_two_communities_joins_that_of_more_ties_or_the_first():
    groups = [0, 0, 0, 1, 1, 1, -1, -1]
    assert joined(groups, [(0, 6), (1, 6), (3, 6), (4, 6), (5, 6)]) == [*groups[:6], 1, -1]
    assert joined(groups, [(3, 6), (4, 6), (0, 6), (1, 6)]) == [*groups[:6], 0, -1]


def test_nobody_joins_by_who_has_just_joined():
    assert joined([0, 0, -1, -1], [(0, 2), (1, 2), (2, 3), (0, 3)]) == [0, 0, 0, -1]
    assert joined([-1] * 3, [(0, 1), (1, 2), (0, 2)]) == [-1] * 3


def test_one_stray_link_draws_nobody_in():
    assert found([*whole(range(4)), (3, 4, 30.0)], 6) == [0, 0, 0, 0, -1, -1]


def test_whoever_leaves_may_loosen_others():
    chain = [(3, 4, 5.0), (4, 5, 5.0), (5, 6, 5.0)]
    assert found(whole(range(4)) + chain, 7, fewest_ties=2) == [0, 0, 0, 0, -1, -1, -1]
    assert found(chain, 7, fewest_ties=2) == [-1] * 7


@pytest.mark.parametrize(
    ("bound", "weight", "settings", "communities"),
    [
        (20, 3.4, {}, 1),  # every account of one half is tied to two of the other: one campaign with two address pools
        (10, 3.4, {}, 1),  # half of them
        (9, 3.4, {}, 2),  # fewer: two campaigns that met
        (20, 3.2, {}, 2),  # less than a third as strongly as its own: two that buy from one seller
        (20, 3.2, {"merging_tie_share": 0.3}, 1),
        (20, 5.0, {"merging_share": 1.1}, 2),  # modularity alone cuts it
        (20, 5.0, {"fewest_ties": 3}, 2),  # two ties are too few when three are asked for
    ],
)
def test_halves_cut_along_address_pools_are_merged(bound, weight, settings, communities):
    across = [(a, 20 + (a + step) % 20, weight) for a, step in product(range(bound), range(2))]
    numbers = found(whole(range(20)) + whole(range(20, 40)) + across, 40, **settings)
    assert len(set(numbers)) == communities
    assert -1 not in numbers
    assert len(set(numbers[:20])) == len(set(numbers[20:])) == 1


@examples(max_examples=20)
@given(st.integers(0, 10**6))
def test_edges_in_any_order_give_the_same(seed):
    draw = np.random.default_rng(seed)
    edges = [(a, b, float(draw.integers(1, 9))) for a, b in combinations(range(24), 2) if draw.random() < 0.2]
    moved = [edges[at] for at in draw.permutation(len(edges))]
    expected = found(edges, 30)
    assert found(moved, 30) == found(edges, 30) == expected


@examples(max_examples=20)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_every_member_keeps_its_ties_and_communities_are_numbered_by_their_first(seed, fewest):
    draw = np.random.default_rng(seed)
    edges = [
        (a, b, 1.0) for a, b in combinations(range(40), 2) if draw.random() < (0.5 if a // 10 == b // 10 else 0.03)
    ]
    numbers = found(edges, 40, fewest_ties=fewest)
    for account, number in enumerate(numbers):
        ties = sum(numbers[a] == numbers[b] == number for a, b, _ in edges if account in (a, b))
        assert number == -1 or ties >= fewest
    first = list(dict.fromkeys(number for number in numbers if number >= 0))
    assert first == list(range(len(first)))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_without_links_there_are_no_communities(count):
    assert found([], count) == [-1] * count
