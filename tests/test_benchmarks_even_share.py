import importlib
from pathlib import Path

import numpy as np
import pytest

from stillwatch.worlds.world import make_world


@pytest.fixture(scope="module")
def even_share():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
        yield importlib.import_module("even_share")


def test_members_of_a_queue_are_nearer_to_its_mean_than_who_asks_as_much_now_and_then(even_share):
    draw = np.random.default_rng(1)
    counts = draw.multinomial(60, draw.dirichlet([0.2] * 64, 300)).astype(float)
    counts[:20] = draw.multinomial(60, np.full(64, 1 / 64), 20)
    members, totals = np.arange(300) < 20, counts.sum(axis=1)
    score = even_share.evenness(counts, counts[members].mean(axis=0))
    assert even_share.bits(score, totals, ~members, members) == pytest.approx(np.log2(281))
    assert np.isnan(even_share.bits(score, np.where(members, 9 * totals, totals), ~members, members))


def test_who_asks_evenly_departs_with_nobody(even_share):
    mean = np.arange(64.0)
    assert even_share.together(np.full((1, 64), 3.0), mean) == pytest.approx(0)
    assert even_share.together(mean[None], mean) > 0 > even_share.together(mean[None, ::-1], mean)


def test_each_large_campaign_of_a_world_is_told(even_share):
    [(name, count, even, phases)] = even_share.told(make_world("ghost"))
    assert (name, count) == ("ivy", 40)
    assert min(even, phases) > 2
