from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.joined import join_incidences
from stillwatch.links.kinds import kinds_of_values
from stillwatch.links.settings import Linking

SHOWS = st.lists(st.sets(st.integers(0, 9)), min_size=9, max_size=9)
FAMILIES = ("money", "network", "money")  # the third is of the first's family: together they are one
SETTINGS = st.builds(
    Linking, widest_value=st.integers(2, 9), lone_pairs=st.sampled_from([0, 6, 30, 999]), met_pairs=st.integers(0, 12),
    nearest_accounts=st.sampled_from([0, 1, 9]),
)  # fmt: skip


def pairs_of(incidences, settings, organisations=None):
    count = len(incidences[0].shown_count) if incidences else 0
    joined = join_incidences(incidences, count)
    owned = np.full(count, -1) if organisations is None else np.array(organisations)
    a, b = candidate_pairs(joined, owned, settings)
    return list(zip(a.tolist(), b.tolist(), strict=True)), joined


def shared(joined, a, b, kind):
    """Families of which two accounts share a value of a kind: rare, narrow or wide."""
    both = np.intersect1d(*(joined.values[joined.starts[one, 0] : joined.starts[one, -1]] for one in (a, b)))
    traits = np.searchsorted(joined.first_value, both, side="right") - 1
    kinds = np.where(both < kind.first_met[traits], "rare", np.where(both < kind.first_wide[traits], "narrow", "wide"))
    return {name: set(joined.families[traits[kinds == name]].tolist()) for name in ("rare", "narrow", "wide")}


@given(st.tuples(SHOWS, SHOWS, SHOWS), SETTINGS, st.lists(st.integers(-1, 2), min_size=9, max_size=9))
def test_of_all_pairs_those_that_share_enough_are_listed(incidence_of, traits, settings, organisations):
    """Against all pairs one by one: a rare value or narrow ones of two families; what sketches add shares two wide."""
    incidences = [
        incidence_of(*one, family) for one, family in zip(zip(traits, "abc", strict=True), FAMILIES, strict=True)
    ]
    found, joined = pairs_of(incidences, settings, organisations)
    kinds = kinds_of_values(joined, settings)
    assert found == sorted(set(found))
    for a, b in combinations(range(9), 2):
        families = shared(joined, a, b, kinds)
        apart = organisations[a] < 0 or organisations[a] != organisations[b]
        enough = bool(families["rare"]) or len(families["narrow"]) >= 2
        if not apart:
            assert (a, b) not in found
        elif enough:
            assert (a, b) in found
        elif (a, b) in found:
            assert len(families["wide"]) >= 2
            assert settings.nearest_accounts > 0


def two_wide_values(incidence_of, count):
    everybody = [{0}] * count
    return [incidence_of(everybody), incidence_of(everybody, "address", "network")]


def test_wide_values_give_pairs_in_proportion_to_their_accounts(incidence_of):
    few, _ = pairs_of(two_wide_values(incidence_of, 2_000), Linking())
    assert 2_000 - 1 <= len(few) <= 2 * 2_000


def test_without_bounds_pairs_would_explode(incidence_of):
    wide = Linking(widest_value=2_000, lone_pairs=10**8)
    assert len(pairs_of(two_wide_values(incidence_of, 2_000), wide)[0]) == 2_000 * 1_999 // 2


def test_one_wide_value_makes_no_pair(incidence_of):
    assert pairs_of([incidence_of([{0}] * 2_000)], Linking())[0] == []


def test_members_that_share_wide_values_only_are_tied_together(incidence_of):
    """Forty of 4,000 use the same three of ten cards, addresses and clients; nothing is shared by fewer than 300."""
    draw = np.random.default_rng(3)
    numbers = draw.integers(0, 10, (3, 4_000))
    numbers[:, :40] = numbers[:, :1]
    traits = [("card", "money"), ("address", "network"), ("client", "client")]
    incidences = [incidence_of([{int(one)} for one in row], *trait) for row, trait in zip(numbers, traits, strict=True)]
    settings = Linking(met_pairs=0, lone_pairs=0)
    found = np.array(pairs_of(incidences, settings)[0])
    inside = found[(found < 40).all(axis=1)]
    assert len(np.unique(inside)) == 40
    assert len(pairs_of(incidences, replace(settings, nearest_accounts=3))[0]) > len(found)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_nothing_shared_gives_no_pairs(incidence_of, count):
    assert pairs_of([], Linking())[0] == []
    if count:
        assert pairs_of([incidence_of([{account} for account in range(count)])], Linking())[0] == []
