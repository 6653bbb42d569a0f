import importlib
from pathlib import Path

import numpy as np
import pytest

from stillwatch.traits.base import Compared
from stillwatch.worlds.world import make_world

MEMBERS = np.arange(300) < 20


@pytest.fixture(scope="module")
def even_share():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
        yield importlib.import_module("even_share")


@pytest.fixture
def counts():
    draw = np.random.default_rng(1)
    return draw.multinomial(60, draw.dirichlet([0.2] * 64, 300))


def told(even_share, counts, compared):
    score = even_share.closeness(counts, compared, np.flatnonzero(MEMBERS))
    return even_share.bits(score, counts.sum(axis=1), ~MEMBERS, MEMBERS)


def test_members_of_a_queue_are_nearer_to_its_mean_than_who_asks_as_much_now_and_then(even_share, counts):
    counts[:20] = np.random.default_rng(2).multinomial(60, np.full(64, 1 / 64), 20)
    assert told(even_share, counts, Compared.AMOUNTS) == pytest.approx(np.log2(281))
    counts[:20] *= 9
    assert np.isnan(told(even_share, counts, Compared.AMOUNTS)), "nobody else asks as much"


@pytest.mark.parametrize("compared", [Compared.AMOUNTS, Compared.DEPARTURES])
def test_accounts_that_have_nothing_in_common_are_as_near_as_strangers(even_share, counts, compared):
    assert told(even_share, counts, compared) < 1.6


def test_each_large_campaign_of_a_world_is_told(even_share):
    [(name, count, even, phases)] = even_share.told(make_world("ghost"))
    assert (name, count) == ("ivy", 40)
    assert even > 3
    assert phases > 1.6
