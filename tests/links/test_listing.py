"""The compiled loops against the same in slow, plain Python."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.joined import join_incidences
from stillwatch.links.listing import bound_rows, find_lightest, key_lightest, list_rows, list_values, scatter_rows
from stillwatch.links.sketches import OWN

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=2, max_size=9)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99)), max_size=30))
def test_scattering_is_a_stable_sort(rows):
    keys, numbers = np.array(rows, np.int64).reshape(-1, 2).T.copy()
    out = np.empty(len(keys), np.int64)
    scatter_rows(keys, numbers, np.searchsorted(np.sort(keys), np.arange(6)), out)
    assert out.tolist() == [number for _, number in sorted(rows, key=lambda row: row[0])]


@given(SHOWS, SHOWS)
def test_bounds_are_how_many_partners_are_met(incidence_of, first, second):
    count = min(len(first), len(second))
    joined = join_incidences([incidence_of(first[:count]), incidence_of(second[:count], "address", "network")], count)
    given_ = joined.traits, joined.first_value, joined.first_value[:-1].copy(), joined.first_value[1:].copy()
    bounds = np.empty(count, np.int64)
    bound_rows(np.arange(count, dtype=np.int32), OWN, joined.starts, joined.values, joined.value_start, *given_, bounds)
    for a, bound in enumerate(bounds.tolist()):
        met = sum(len(first[a] & first[b]) + len(second[a] & second[b]) for b in range(count) if b != a)
        assert bound == min(met, count)


@given(SHOWS, SHOWS, st.integers(0, 40))
def test_rows_keep_within_their_room_and_leave_no_trace(incidence_of, first, second, room):
    count = min(len(first), len(second))
    joined = join_incidences([incidence_of(first[:count]), incidence_of(second[:count], "address", "network")], count)
    given_ = joined.traits, joined.first_value, joined.first_value[:-1].copy(), joined.first_value[1:].copy()
    state, touched, out = np.zeros(count, np.uint8), np.empty(count, np.int32), np.empty(room, np.int64)
    index = joined.starts, joined.values, joined.value_start, joined.value_accounts
    written, reached = list_rows(0, count, *index, *given_, np.full(count, -1), state, touched, out)
    both = {(a, b) for a, b in combinations(range(count), 2) if first[a] & first[b] and second[a] & second[b]}
    assert reached == count or sum(a <= reached for a, _ in both) > room
    both = {pair for pair in both if pair[0] < reached}
    assert {(key >> 32, key & 0xFFFFFFFF) for key in out[:written].tolist()} == both
    assert written == len(both)
    assert not state.any()


@given(SHOWS, st.integers(-1, 1))
def test_each_value_lists_its_pairs(incidence_of, shows, own):
    one = incidence_of(shows)
    out = np.empty(int((one.widths * (one.widths - 1) // 2).sum()), np.int64)
    organisations = np.where(np.arange(len(shows)) < 2, own, -1)
    starts, accounts = one.value_start, one.value_accounts.astype(np.int32)
    written = list_values(0, len(one.values), starts, accounts, organisations, out)
    expected = [(a, b) for a, b in combinations(range(len(shows)), 2) for _ in shows[a] & shows[b]]
    if own >= 0:
        expected = [pair for pair in expected if pair != (0, 1)]
    assert sorted((key >> 32, key & 0xFFFFFFFF) for key in out[:written].tolist()) == expected


def test_the_key_of_an_account_is_of_its_lightest_values(incidence_of):
    traits = [("a", "one"), ("b", "three"), ("c", "two")]
    shows = [[{0, 1}, {0, 1}, {0}], [{0}, {0}, {1}], [{0}, {0}, {0, 1}], [{1}, set(), set()]]
    joined = join_incidences(
        [incidence_of(list(of), *trait) for of, trait in zip(zip(*shows, strict=True), traits, strict=True)], 4
    )
    lightness = np.arange(len(joined.widths), 0.0, -1.0)  # the last values are the lightest
    lightest, (keys, thirds) = np.empty((3, 4), np.int32), np.empty((2, 4), np.int64)
    first = joined.first_value
    given_ = joined.traits, first, first[:-1].copy(), first[:-1].copy()
    find_lightest(joined.starts, joined.values, *given_, lightness, lightest)
    key_lightest(lightest, lightness, keys, thirds)
    for account in range(4):
        own = joined.values[joined.starts[account, 0] : joined.starts[account, -1]]
        best = [int(own[(own >= begin) & (own < end)].max(initial=-1)) for begin, end in pairwise(first)]
        assert lightest[:, account].tolist() == best
        ordered = sorted((one for one in best if one >= 0), reverse=True)
        count = len(lightness)
        assert keys[account] == (ordered[0] * count + ordered[1] if len(ordered) > 1 else -1)
        assert thirds[account] == (ordered[2] if len(ordered) > 2 else count)


def test_keys_of_millions_of_values_tell_them_all_apart():
    """The cube of so many does not fit in 64 bits."""
    count = 3_000_000
    lightness = np.arange(count, 0.0, -1.0)  # the last values are the lightest
    lightest = np.array([[count - 1] * 3, [count - 2, count - 2, 1], [7, 8, -1]], np.int32)
    keys, thirds = np.empty((2, 3), np.int64)
    key_lightest(lightest, lightness, keys, thirds)
    assert keys.tolist() == [(count - 1) * count + count - 2] * 2 + [(count - 1) * count + 1]
    assert thirds.tolist() == [7, 8, count]
