from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns.closeness import closeness_to
from stillwatch.links.closeness import Days, likeness, scattered_likeness
from stillwatch.traits.base import Compared

MEMBERS, ALL = np.arange(12), np.arange(400)


@pytest.fixture
def queue():
    """Twelve accounts ask 20 times in two phases of sixteen; strangers as often now and then, or round the clock."""
    draw = np.random.default_rng(3)
    counts = draw.multinomial(20, draw.dirichlet([0.2] * 16, 400))
    counts[:12] = draw.multinomial(20, [0.5, 0.5, *[0] * 14], 12)
    counts[12:14] = counts[0], np.full(16, 20)
    return counts


def close(counts, compared):
    return closeness_to(likeness("phases", "timing", np.asarray(counts), 2, compared), MEMBERS, np.arange(len(counts)))


def test_who_works_when_the_members_do_is_near_them_and_who_never_rests_is_not(queue):
    found = close(queue, Compared.DEPARTURES)
    assert (found[:13] > np.quantile(found[14:], 0.97)).all()
    assert found[13] == 0.0
    assert not close(np.full((30, 16), 20), Compared.DEPARTURES).any()


def test_who_asks_as_much_at_a_time_is_near_them_and_who_asks_ten_times_as_much_is_not(queue):
    queue[14] = 10 * queue[0]
    found = close(queue, Compared.AMOUNTS)
    assert (found[:13] > found[13:].max()).all()
    assert close(queue, Compared.SHARES)[14] > np.median(found[13:])


def test_a_queue_that_never_rests_is_told_by_its_even_shares():
    draw = np.random.default_rng(8)
    counts = draw.multinomial(160, draw.dirichlet([0.5] * 16, 400))
    counts[:12] = draw.multinomial(160, np.full(16, 1 / 16), 12)
    found = close(counts, Compared.AMOUNTS)
    assert (found[:12] > found[12:].max()).all()


def test_a_member_is_left_out_of_what_it_is_held_against(queue):
    queue[0] = np.roll(queue[0], 8)
    for compared in (Compared.SHARES, Compared.DEPARTURES, Compared.AMOUNTS):
        one = likeness("phases", "timing", queue, 2, compared)
        own = closeness_to(one, MEMBERS, ALL)[0]
        assert own == pytest.approx(closeness_to(one, MEMBERS[1:], ALL)[0])


def test_means_are_measured_in_the_noise_of_the_two():
    draw = np.random.default_rng(2)
    sums = draw.normal(size=(400, 4)) * 30
    days = Days(np.repeat(ALL, 2), np.repeat(sums / 2, 2, axis=0) + draw.normal(size=(800, 4)), np.full(800, 15.0))
    one = scattered_likeness(("pool", "wording"), sums, np.full(400, 30), days, 20)
    surer = replace(one, noise=one.noise / 10)
    assert (closeness_to(surer, MEMBERS, ALL)[12:] < closeness_to(one, MEMBERS, ALL)[12:]).all()


@pytest.mark.parametrize("able", [0, 2])
def test_a_mean_of_fewer_than_three_is_none(queue, able):
    queue[able:12] = 0
    assert not close(queue, Compared.AMOUNTS).any()
