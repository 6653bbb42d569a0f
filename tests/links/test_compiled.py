"""The compiled loops against the same in slow, plain Python."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.compiled import count_again, count_inside, sum_families, sum_rows, weigh_shared
from stillwatch.links.joined import join_incidences

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=2, max_size=9)


def joined_of(incidence_of, shows):
    return join_incidences([incidence_of(shows)], len(shows))


def weighed(joined, rates, again_bits):
    pairs = list(combinations(range(joined.count), 2))
    a, b = np.array(pairs, np.int32).T.copy()
    bits, counts, rarest = np.zeros((len(a), 1)), np.zeros((len(a), 1), np.int32), np.full((len(a), 1), -1, np.int32)
    weigh_shared(
        a, b, 0, 1, joined.starts, joined.values, joined.first_value, joined.columns, joined.shown, rates,
        np.array([again_bits]), bits, counts, rarest,
    )  # fmt: skip
    return pairs, bits[:, 0]


def plain_bits(one, a, b, rates, again_bits):
    of = [one.account_values[one.account_start[x] : one.account_start[x + 1]].tolist() for x in (a, b)]
    values = sorted(set(of[0]) & set(of[1]))
    chances = int(one.shown_count[a]) * int(one.shown_count[b])
    found = [0.0]
    for more, value in enumerate(values):
        expected = rates[value] * chances
        found.append(-math.log2(-math.expm1(-expected)) + max(0.0, more - expected) * again_bits)
    return max(found) - math.log2(len(values)) if values else 0.0


@given(SHOWS, st.floats(1e-6, 0.5), st.floats(0.0, 8.0))
def test_weighing_equals_the_plain_reference(incidence_of, shows, rate, again_bits):
    one = incidence_of(shows)
    rates = rate * np.arange(1.0, len(one.values) + 1)
    pairs, bits = weighed(joined_of(incidence_of, shows), rates, again_bits)
    assert bits.tolist() == pytest.approx([plain_bits(one, *pair, rates, again_bits) for pair in pairs], abs=1e-12)


@pytest.mark.parametrize(
    ("shared", "chance", "again_bits", "bits"),
    [
        ([1], 2**-10, 3.0, 10.0),
        ([1, 2], 2**-10, 3.0, 10.0 + 3.0 - 1.0),  # the second adds its bits, less the choice of two
        ([1, 2], 2**-10, 0.0, 10.0 - 1.0),
    ],
)
def test_bits_by_hand(incidence_of, shared, chance, again_bits, bits):
    joined = joined_of(incidence_of, [set(shared), set(shared)])
    rates = np.full(len(shared), -math.log1p(-chance) / len(shared) ** 2)
    assert weighed(joined, rates, again_bits)[1].tolist() == pytest.approx([bits], abs=0.01)


def test_families_are_summed_by_their_strongest_trait():
    bits = np.array([[5.0, 9.0, 3.0], [0.5, 0.0, 40.0], [0.0, 0.0, 0.0]])
    total, second, count = np.zeros(3), np.zeros(3), np.zeros(3, np.int8)
    columns, families = np.array([0, 2, 1]), np.array([0, 0, 1])
    sum_families(bits, columns, families, np.array([20.0, 20.0, 20.0]), 1.0, total, second, count)
    assert bits.tolist() == [[4.0, 8.0, 2.0], [0.0, 0.0, 20.0], [0.0, 0.0, 0.0]]
    assert (total.tolist(), second.tolist(), count.tolist()) == ([12.0, 20.0, 0.0], [4.0, 0.0, 0.0], [2, 1, 0])


@given(SHOWS, st.data())
def test_counts_of_accounts_inside(incidence_of, shows, data):
    one = incidence_of(shows)
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=len(shows), max_size=len(shows))))
    counts, sums = np.zeros(len(one.values), np.int64), np.zeros(len(shows), np.int64)
    count_inside(one.value_start, one.value_accounts, inside, counts)
    sum_rows(one.account_start, one.account_values, counts, inside, sums)
    expected = {text: sum(int(text) in shows[at] for at in np.flatnonzero(inside)) for text in one.values.to_pylist()}
    assert dict(zip(one.values.to_pylist(), counts.tolist(), strict=True)) == expected
    assert sums.tolist() == [
        sum(expected.get(f"{value:04}", 0) for value in values) * bool(known)
        for values, known in zip(shows, inside, strict=True)
    ]


@given(SHOWS, st.data())
def test_partners_and_those_that_share_again(incidence_of, shows, data):
    joined = joined_of(incidence_of, shows)
    reference = np.array(data.draw(st.lists(st.booleans(), min_size=len(shows), max_size=len(shows))))
    rows = np.flatnonzero(reference).astype(np.int32)
    partners, more = np.zeros((1, len(rows)), np.int64), np.zeros((1, len(rows)), np.int64)
    count_again(
        rows, joined.starts, joined.values, joined.value_start, joined.value_accounts, joined.first_value,
        joined.first_value[1:].copy(), reference, np.full(len(shows), -1), np.zeros(len(shows), np.uint8),
        np.empty(len(shows), np.int32), partners, more,
    )  # fmt: skip
    for at, account in enumerate(rows.tolist()):
        shared = [len(shows[account] & shows[other]) for other in rows.tolist() if other != account]
        assert (partners[0, at], more[0, at]) == (sum(n > 0 for n in shared), sum(n > 1 for n in shared))
