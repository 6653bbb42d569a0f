"""The compiled loops against the same in slow, plain Python."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.compiled import count_shared, list_pairs, sketch_accounts, weigh_pairs

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=2, max_size=9)


def all_pairs(count):
    return np.array(list(combinations(range(count), 2)), np.int64).T.copy()


def shared_values(one, a, b):
    of = [one.account_values[one.account_start[x] : one.account_start[x + 1]].tolist() for x in (a, b)]
    return sorted(set(of[0]) & set(of[1]))


def plain_bits(one, a, b, rates, again_bits):
    values = shared_values(one, a, b)
    chances = int(one.shown_count[a]) * int(one.shown_count[b])
    found = [0.0]
    for more, value in enumerate(values):
        expected = rates[value] * chances
        found.append(-math.log2(-math.expm1(-expected)) + max(0.0, more - expected) * again_bits)
    return max(found) - math.log2(len(values)) if values else 0.0


def weighed(one, rates, again_bits):
    a, b = all_pairs(len(one.shown_count))
    bits, shown = np.zeros(len(a)), one.shown_count.astype(float)
    weigh_pairs(a, b, one.account_start, one.account_values, shown, rates, again_bits, bits)
    return a, b, bits


@given(SHOWS, st.floats(1e-6, 0.5), st.floats(0.0, 8.0))
def test_weighing_equals_the_plain_reference(incidence_of, shows, rate, again_bits):
    one = incidence_of(shows)
    rates = rate * np.arange(1.0, len(one.values) + 1)
    a, b, bits = weighed(one, rates, again_bits)
    expected = [plain_bits(one, *pair, rates, again_bits) for pair in zip(a.tolist(), b.tolist(), strict=True)]
    assert bits.tolist() == pytest.approx(expected, abs=1e-12)


@given(SHOWS)
def test_counting_equals_the_plain_reference(incidence_of, shows):
    one = incidence_of(shows)
    a, b = all_pairs(len(shows))
    counts, rarest = np.zeros(len(a), np.int64), np.full(len(a), -1)
    count_shared(a, b, one.account_start, one.account_values, counts, rarest)
    expected = [shared_values(one, *pair) for pair in zip(a.tolist(), b.tolist(), strict=True)]
    assert counts.tolist() == [len(values) for values in expected]
    assert rarest.tolist() == [values[0] if values else -1 for values in expected]


@given(SHOWS, st.integers(1, 9))
def test_listing_equals_the_plain_reference(incidence_of, shows, widest):
    one = incidence_of(shows)
    expected = []
    for start, end in zip(one.value_start[:-1], one.value_start[1:], strict=True):
        accounts = one.value_accounts[start:end].tolist()
        expected += [a * len(shows) + b for a, b in combinations(accounts, 2) if len(accounts) <= widest]
    keys = np.full(len(expected) + 1, -1)
    assert list_pairs(one.value_start, one.value_accounts, widest, len(shows), keys) == len(expected)
    assert keys.tolist() == [*expected, -1]


@pytest.mark.parametrize(
    ("shows", "again_bits", "bits"),
    [
        ([{1, 2}, {1, 3}], 0.0, 5.0),  # one value: 2 x 2 x rate = chance 1/32
        ([{1}, {2}], 9.0, 0.0),  # nothing shared says nothing, and never the contrary
        ([{1, 2}, {1, 2}], 3.0, 6.905),  # the second adds 3 bits for all but the 1/32 expected, the choice costs 1
        ([{1, 2}, {1, 2}], 0.0, 4.0),  # a second that strangers share as well only costs the choice
    ],
)
def test_bits_by_hand(incidence_of, shows, again_bits, bits):
    one = incidence_of(shows)
    rates = np.full(len(one.values), -math.log1p(-1 / 32) / 4)
    assert weighed(one, rates, again_bits)[2].tolist() == pytest.approx([bits], abs=0.01)


def test_a_sketch_is_the_smallest_hash_of_what_an_account_shows(incidence_of):
    one = incidence_of([{1, 2}, {1, 2}, {1}, {2}, set()])
    sketch = np.full(5, np.iinfo(np.uint64).max, np.uint64)
    sketch_accounts(one.account_start, one.account_values, 7, sketch)
    first, same, left, right, nothing = sketch.tolist()
    assert first == same == min(left, right)
    assert nothing == np.iinfo(np.uint64).max
    sketch_accounts(one.account_start, one.account_values, 7, lowered := np.zeros(5, np.uint64))
    assert lowered.tolist() == [0] * 5
