import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.findings.surprise import (
    combined,
    discoveries,
    doubts,
    group_surprise,
    least_surprise,
    overdispersion_of,
)

RATES = st.floats(0.001, 0.9)
ALIKE = st.floats(0.01, 0.9)


def by_enumeration(shown, judged, rate, overdispersion):
    """The chance that at least `shown` agree, over every outcome of a Polya urn: its draws are beta-binomial."""
    spread = (1 - overdispersion) / overdispersion
    total = 0.0
    for outcome in product((0, 1), repeat=judged):
        chance = 1.0
        for drawn, one in enumerate(outcome):
            yes = (rate * spread + sum(outcome[:drawn])) / (spread + drawn)
            chance *= yes if one else 1 - yes
        total += chance * (sum(outcome) >= shown)
    return total


@given(judged=st.integers(1, 9), rate=RATES, overdispersion=ALIKE, data=st.data())
def test_group_surprise_is_exact(judged, rate, overdispersion, data):
    shown = data.draw(st.integers(0, judged))
    expected = by_enumeration(shown, judged, rate, overdispersion)
    assert group_surprise(shown, judged, rate, overdispersion) == pytest.approx(expected, rel=1e-9)


@given(judged=st.integers(1, 60), rate=RATES, overdispersion=ALIKE)
def test_group_surprise_never_rises_with_what_is_shown_and_begins_at_one(judged, rate, overdispersion):
    chances = [group_surprise(shown, judged, rate, overdispersion) for shown in range(judged + 1)]
    assert chances[0] == 1.0
    assert all(0 < later <= earlier + 1e-12 for earlier, later in pairwise(chances))


@given(judged=st.integers(2, 60), data=st.data(), overdispersion=ALIKE)
def test_group_surprise_rises_with_the_rate(judged, data, overdispersion):
    shown = data.draw(st.integers(1, judged))
    rarer, commoner = (group_surprise(shown, judged, rate, overdispersion) for rate in (0.05, 0.2))
    assert rarer < commoner


@given(judged=st.integers(1, 60), rate=RATES, overdispersion=ALIKE, data=st.data())
def test_no_group_that_is_at_most_so_alike_surprises_less(judged, rate, overdispersion, data):
    shown = data.draw(st.integers(0, judged))
    least = least_surprise(shown, judged, rate, overdispersion)
    assert all(
        group_surprise(shown, judged, rate, part * overdispersion) <= 1.1 * least for part in (1.0, 0.7, 0.3, 0.05)
    )


def test_strangers_who_are_not_alike_are_binomial():
    binomial = sum(math.comb(20, k) * 0.1**k * 0.9 ** (20 - k) for k in range(6, 21))
    assert group_surprise(6, 20, 0.1, 1e-5) == pytest.approx(binomial, rel=2e-3)


def test_accounts_that_are_all_alike_are_one_account():
    assert group_surprise(20, 20, 0.1, 1 - 1e-6) == pytest.approx(0.1, rel=1e-3)
    assert group_surprise(1, 20, 0.1, 1 - 1e-6) == pytest.approx(0.1, rel=1e-3)


def test_group_surprise_equals_a_simulation():
    draw = np.random.default_rng(5)
    rate, overdispersion, judged, shown = 0.08, 0.3, 15, 5
    spread = (1 - overdispersion) / overdispersion
    counts = draw.binomial(judged, draw.beta(rate * spread, (1 - rate) * spread, 400_000))
    assert group_surprise(shown, judged, rate, overdispersion) == pytest.approx((counts >= shown).mean(), rel=0.03)


def test_what_never_happens_still_has_bits():
    assert math.log2(group_surprise(5_000, 5_000, 0.001, 1e-4)) == -1000


def test_combined_is_uniform_for_uniform_probabilities():
    draw = np.random.default_rng(6)
    for many in (1, 2, 4):
        found = np.array([combined(row) for row in draw.uniform(size=(40_000, many)).tolist()])
        for level in (0.01, 0.1, 0.5):
            assert (found <= level).mean() == pytest.approx(level, abs=4 * math.sqrt(level / 40_000))


def test_combined_of_nothing_is_certain_and_of_one_is_itself():
    assert combined([]) == 1.0
    assert combined([0.37]) == pytest.approx(0.37)
    assert combined([2.0**-1000] * 3) >= 0.0


def plainly(rates, bound):
    """Benjamini and Hochberg word for word: the largest rank whose rate keeps under its line, and all below it."""
    ranked = sorted(rates)
    good = [rate for rank, rate in enumerate(ranked, 1) if rate <= bound * rank / len(rates)]
    return [bool(good) and rate <= max(good) for rate in rates]


@given(st.lists(st.floats(1e-6, 1.0), max_size=30, unique=True), st.sampled_from((0.01, 0.05, 0.3)))
def test_discoveries_equal_a_plain_implementation(rates, bound):
    assert discoveries(rates, bound) == plainly(rates, bound)


def test_the_share_of_false_discoveries_is_bounded():
    draw, shares = np.random.default_rng(7), []
    for _ in range(3_000):
        rates = np.concatenate((draw.uniform(size=16), draw.beta(0.05, 3, 4)))
        chosen = np.array(discoveries(rates.tolist(), 0.1))
        shares.append(chosen[:16].sum() / max(1, chosen.sum()))
    assert 0.04 < np.mean(shares) <= 0.1


def test_overdispersion_is_found_again():
    draw, found = np.random.default_rng(8), {}
    for truth in (0.1, 0.4, 0.8):
        spread = (1 - truth) / truth
        sizes = draw.integers(2, 30, 400)
        rates = draw.beta(0.2 * spread, 0.8 * spread, 400)
        shown = np.concatenate([draw.uniform(size=size) < rate for size, rate in zip(sizes, rates, strict=True)])
        found[truth] = overdispersion_of(shown, np.repeat(np.arange(400), sizes), 0.01)
    assert found == {truth: pytest.approx(truth, abs=0.06) for truth in found}


def test_overdispersion_is_that_of_the_declared_groups_of_two_or_more():
    draw = np.random.default_rng(4)
    groups = np.concatenate((np.repeat(np.arange(40) * 7, 3), np.full(50, -1), 1_000 + np.arange(30)))
    shown = np.concatenate((np.repeat(draw.uniform(size=40) < 0.4, 3), np.arange(80) % 2 == 0))
    shown[:40:3] ^= True
    order = draw.permutation(len(groups))
    found = overdispersion_of(shown[order], groups[order], 0.01)
    assert 0.01 < found < 0.9
    assert found == overdispersion_of(shown[:120], groups[:120], 0.01)


@pytest.mark.parametrize(
    ("shown", "groups", "why"),
    [
        ([True] * 18, [*range(9)] * 2, "nine groups are too few"),
        ([True, False] * 10, [-1] * 20, "nobody is declared"),
        ([True] * 20, [*range(10)] * 2, "all the same everywhere says nothing of likeness"),
        ([True, False] * 10, [place // 2 for place in range(20)], "groups whose two accounts always differ"),
    ],
)
def test_overdispersion_is_never_below_the_least(shown, groups, why):
    assert overdispersion_of(np.array(shown), np.array(groups), 0.3) == 0.3, why


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=30))
def test_doubts_rise_with_the_rates_and_add_up_to_the_false_ones_expected(rates):
    values, order = doubts(rates), sorted(range(len(rates)), key=lambda at: rates[at])
    ranked = [values[at] for at in order]
    assert ranked == sorted(ranked)
    assert all(0 < one <= 1 for one in ranked)
    ends = [rank for rank in range(1, len(rates)) if ranked[rank] > ranked[rank - 1] and ranked[rank - 1] < 1]
    for rank in ends:
        assert sum(ranked[:rank]) == pytest.approx(len(rates) * rates[order[rank - 1]])


def test_a_doubt_is_how_often_a_reported_candidate_is_false():
    draw, told = np.random.default_rng(9), []
    for _ in range(3_000):
        rates = np.concatenate((draw.uniform(size=60), draw.beta(0.05, 3, 20))).tolist()
        shown = zip(discoveries(rates, 0.1), doubts(rates), rates, strict=True)
        told += [(doubt, rate, at < 60) for at, (report, doubt, rate) in enumerate(shown) if report]
    doubt, rate, false = np.array(told, float).T
    assert 0.7 * false.mean() <= doubt.mean() <= 1.3 * false.mean()
    # the rate itself says far too little
    assert rate.mean() < false.mean() / 5
    unsure = doubt > 0.2
    assert false[unsure].mean() == pytest.approx(doubt[unsure].mean(), abs=0.12)


def test_the_doubt_of_one_candidate_is_its_rate_and_of_alike_ones_is_alike():
    assert doubts([]) == []
    assert doubts([0.013]) == [0.013]
    assert doubts([0.02, 0.02, 0.02]) == pytest.approx([0.02] * 3)
