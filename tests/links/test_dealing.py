from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from stillwatch.links import dealing as module
from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.dealing import Dealing, deal, dealt_pairs, sampled
from stillwatch.links.joined import join_incidences
from stillwatch.links.settings import Linking

FAMILIES = ("money", "network", "money", "timing")


def test_each_family_is_dealt_by_itself_among_the_strangers():
    strangers = np.arange(60) % 3 > 0
    dealt = deal(FAMILIES, strangers, np.zeros(len(strangers), int), 1)
    assert sorted(dealt.sources) == ["money", "network", "timing"]
    for sources in dealt.sources.values():
        assert (sources[~strangers] == -1).all()
        assert sorted(sources[strangers]) == np.flatnonzero(strangers).tolist()
    assert not np.array_equal(dealt.sources["money"], dealt.sources["network"])
    assert dealt.rows.tolist() == np.flatnonzero(strangers).tolist()


def test_each_layer_is_dealt_by_itself():
    """Applications have the clients of applications, whatever is dealt."""
    strangers, layers = np.arange(60) % 3 > 0, np.arange(60) % 2
    for sources in deal(FAMILIES, strangers, layers, 1).sources.values():
        assert (layers[sources[strangers]] == layers[strangers]).all()


def test_dealing_is_decided_by_its_seed():
    once, again, other = (
        deal(FAMILIES, np.ones(60, bool), np.zeros(60, int), seed).sources["money"].tolist() for seed in (1, 1, 2)
    )
    assert once == again != other


def test_a_sample_is_no_larger_than_asked_and_always_the_same():
    inside = np.arange(1_000) % 2 == 0
    some = sampled(inside, 30)
    assert len(np.unique(some)) == 30
    assert inside[some].all()
    assert np.array_equal(some, sampled(inside, 30))
    assert sampled(inside, 500).tolist() == np.flatnonzero(inside).tolist()


@pytest.fixture
def town(incidence_of):
    draw = np.random.default_rng(5)
    cards, addresses = ([set((draw.zipf(1.4, 3) % 40).tolist()) for _ in range(90)] for _ in range(2))
    return [incidence_of(cards), incidence_of(addresses, "address", "network")]


@examples(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from([0, 400, 10**6]), st.sampled_from([1, 5]))
def test_dealt_pairs_are_those_of_an_index_that_was_dealt(incidence_of, seed, lone, met):
    """Whoever shows what another showed pairs as the other would: each family written out anew, then listed."""
    draw = np.random.default_rng(seed)
    shows = [[set((draw.zipf(1.4, 3) % 40).tolist()) for _ in range(50)] for _ in range(2)]
    settings = Linking(lone_pairs=lone, met_pairs=met, nearest_accounts=0)
    names = (("card", "money"), ("address", "network"))
    dealing = deal(("money", "network"), np.ones(50, bool), np.zeros(50, int), seed)
    moved = [[one[at] for at in dealing.sources[family]] for one, (_, family) in zip(shows, names, strict=True)]
    joined, dealt = (
        join_incidences([incidence_of(*one) for one in zip(of, *zip(*names, strict=True), strict=True)], 50)
        for of in (shows, moved)
    )
    nobodys = np.full(50, -1)
    a, b = dealt_pairs(joined, dealing, nobodys, settings)
    expected = set(zip(*(ends.tolist() for ends in candidate_pairs(dealt, nobodys, settings)), strict=True))
    found = list(zip(a.tolist(), b.tolist(), strict=True))
    assert set(found) == expected | {(b, a) for a, b in expected}
    assert len(found) == 2 * len(expected)


def test_of_some_rows_all_pairs_are_listed(town):
    joined, nobodys, everybody = (
        join_incidences(town, 90),
        np.full(90, -1),
        deal(FAMILIES, np.ones(90, bool), np.zeros(90, int), 1),
    )
    some = Dealing(everybody.sources, np.array([3, 50, 51], np.int32))
    whole, part = (
        list(zip(*dealt_pairs(joined, one, nobodys, Linking(lone_pairs=300)), strict=True)) for one in (everybody, some)
    )
    assert part == [pair for pair in whole if pair[0] in {3, 50, 51}]


def test_who_is_no_stranger_makes_no_pair(town):
    joined, strangers = join_incidences(town, 90), np.arange(90) < 40
    a, b = dealt_pairs(joined, deal(FAMILIES, strangers, np.zeros(len(strangers), int), 1), np.full(90, -1), Linking())
    assert len(a)
    assert (a < 40).all()
    assert (b < 40).all()


def test_wide_values_are_dealt_too(incidence_of, monkeypatch):
    everybody = [{0}] * 60
    joined = join_incidences([incidence_of(everybody), incidence_of(everybody, "address", "network")], 60)
    settings = Linking(lone_pairs=0, met_pairs=0)
    monkeypatch.setattr(module, "_SAMPLED", 10)
    dealing = deal(("money", "network"), np.ones(60, bool), np.zeros(60, int), 1)
    a, b = dealt_pairs(joined, dealing, np.full(60, -1), settings)
    assert np.isin(a, dealing.rows).all()
    assert 10 <= len(a) <= 20 * 2
    assert {(x, y) for x, y in combinations(dealing.rows.tolist(), 2) if y == x + 1} <= set(
        zip(a.tolist(), b.tolist(), strict=True)
    )
