import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.links.closeness import Days, closeness_bits, likeness, scattered_likeness


def plain_bits(counts, least, pairs, reference):
    able = [account for account, row in enumerate(counts) if sum(row) >= max(1, least)]
    shares = {a: [count / sum(counts[a]) for count in counts[a]] for a in able}

    def apart(a, b):
        gaps = ((math.sqrt(x) - math.sqrt(y)) ** 2 for x, y in zip(shares[a], shares[b], strict=True))
        return round(math.sqrt(sum(gaps)), 9)

    strangers = [a for a in able if reference[a]]
    bits = []
    for a, b in pairs:
        if len(strangers) < 20 or a not in shares or b not in shares:
            bits.append(0.0)
            continue
        crowd = max(sum(apart(end, one) <= apart(a, b) for one in strangers) for end in (a, b))
        bits.append(-math.log2((1 + crowd) / (1 + len(strangers))))
    return bits


@given(st.data(), st.integers(15, 40), st.sampled_from([0, 4]))
def test_equals_the_plain_reference(data, count, least):
    draw = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    counts, reference = draw.integers(0, 4, (count, 4)), draw.random(count) < 0.9
    a, b = np.sort(draw.integers(0, count, (2, 12)), axis=0)
    found = closeness_bits(likeness("rhythm", "timing", counts, least), a, b, reference)
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    assert found.tolist() == pytest.approx(plain_bits(counts.tolist(), least, pairs, reference), abs=1e-9)


def town(count=300):
    draw = np.random.default_rng(1)
    counts = draw.multinomial(200, draw.dirichlet(np.ones(8), count))
    counts[0] = counts[1]
    return likeness("rhythm", "timing", counts, 20)


def test_two_that_behave_alike_and_as_nobody_else_does_are_surprising():
    bits = closeness_bits(town(), np.array([0, 0]), np.array([1, 2]), np.ones(300, bool))
    assert bits[0] == pytest.approx(math.log2(301 / 3))  # both are strangers too
    assert bits[1] < 4


def test_two_in_a_crowd_are_not():
    counts = np.tile(np.arange(8), (300, 1))
    bits = closeness_bits(likeness("rhythm", "timing", counts, 20), np.array([0]), np.array([1]), np.ones(300, bool))
    assert bits.tolist() == [0.0]


def test_accounts_that_show_too_little_are_not_compared():
    one = likeness("rhythm", "timing", np.array([[10, 10], [9, 10], [0, 0]] + [[1, 30]] * 30), 20)
    assert np.isnan(one.roots[:, 0]).tolist()[:3] == [False, True, True]
    assert closeness_bits(one, np.array([0]), np.array([1]), np.ones(33, bool)).tolist() == [0.0]


def test_too_few_strangers_teach_nothing():
    bits = closeness_bits(town(), np.array([0]), np.array([1]), np.arange(300) < 19)
    assert bits.tolist() == [0.0]


def test_bits_stay_under_ten_however_large_the_reference():
    bits = closeness_bits(town(4_000), np.array([0]), np.array([1]), np.ones(4_000, bool))
    assert 8 < bits[0] <= math.log2(1_001)


def test_no_pairs():
    nothing = np.empty(0, np.int64)
    assert closeness_bits(town(), nothing, nothing, np.ones(300, bool)).tolist() == []


def askers(pool: int, others: int, days: int = 8, asked: int = 6, seed: int = 1):
    """Accounts of one pool, then others with subjects of their own: what each asks on each of some days."""
    draw = np.random.default_rng(seed)
    subjects = np.concatenate([np.zeros((pool, 5)), draw.normal(0, 1, (others, 5))])
    owners = np.repeat(np.arange(pool + others), days)
    sums = asked * subjects[owners] + draw.normal(0, np.sqrt(asked), (len(owners), 5))
    counts = np.full(len(owners), asked, float)
    whole = np.zeros((pool + others, 5))
    np.add.at(whole, owners, sums)
    return scattered_likeness(
        ("prompt pool", "wording"), whole, np.full(pool + others, days * asked), Days(owners, sums, counts), 20
    )


def test_accounts_of_one_pool_differ_by_chance_alone():
    one = askers(40, 200)
    inside = np.array([(a, b) for a in range(40) for b in range(a + 1, 40)])
    gaps = np.square(one.roots[inside[:, 0]] - one.roots[inside[:, 1]]).sum(axis=1)
    noise = one.noise[inside[:, 0]] + one.noise[inside[:, 1]]
    assert 0.8 < (gaps / noise / 5).mean() < 1.2


def test_they_are_closer_than_strangers_and_strangers_are_not():
    one = askers(12, 200)
    reference = np.arange(212) >= 12
    pool = closeness_bits(one, np.arange(11), np.arange(1, 12), reference)
    strangers = closeness_bits(one, np.arange(20, 200), np.arange(21, 201), reference)
    assert np.median(pool) > 5
    assert np.median(strangers) < 1.5


def test_who_asked_little_is_close_to_many_and_gains_nothing():
    draw = np.random.default_rng(3)
    counts = np.full(100, 20)
    owners = np.repeat(np.arange(100), 4)
    sums = draw.normal(0, np.sqrt(5), (400, 5))
    whole = np.zeros((100, 5))
    np.add.at(whole, owners, sums)
    one = scattered_likeness(("prompt pool", "wording"), whole, counts, Days(owners, sums, np.full(400, 5.0)), 20)
    bits = closeness_bits(one, np.arange(0, 99), np.arange(1, 100), np.ones(100, bool))
    assert np.median(bits) < 2


def test_those_below_the_least_are_not_compared():
    one = scattered_likeness(
        ("prompt pool", "wording"), np.ones((2, 3)), np.array([5, 30]),
        Days(np.array([0, 1, 1]), np.ones((3, 3)), np.array([5.0, 15.0, 15.0])), 20,
    )  # fmt: skip
    assert np.isnan(one.roots[0]).all()
    assert np.isfinite(one.roots[1]).all()


def test_what_chance_moves_is_known_of_counts_too():
    """Of shares it is no measure of distance, only of how much an account asks."""
    one = likeness("rhythm", "timing", np.array([[10, 10], [30, 50], [0, 0]]), 20)
    assert one.noise.tolist() == [1 / 20, 1 / 80, 1.0]
    assert not one.scattered
    more = replace(one, noise=one.noise / 7)
    able = np.array([0, 1] * 20)
    bits = [closeness_bits(replace(all_, roots=all_.roots[able], noise=all_.noise[able]), np.array([0]), np.array([1]),
                           np.ones(40, bool)) for all_ in (one, more)]  # fmt: skip
    assert np.array_equal(*bits)
