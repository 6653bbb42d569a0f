import importlib
from pathlib import Path

import numpy as np
import pytest

from stillwatch.worlds.world import make_world

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


@pytest.fixture(scope="module")
def hand_over():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
        yield importlib.import_module("hand_over")


def planted(hand_over, gap_h, count=20, days=30):
    ends = np.sort(np.random.default_rng(1).integers(2 * DAY_US, (days - 3) * DAY_US, count))
    return hand_over.Lives(ends, ends + int(gap_h * HOUR_US), 0, days * DAY_US - 1)


def test_successors_are_counted_within_their_hours(hand_over):
    lives = planted(hand_over, 0.5)
    assert lives.followed(1) == 20
    assert lives.followed(0.1) < 3
    chance = lives.by_chance(1)
    assert len(chance) == 29
    assert chance.max() < 10


def test_who_ends_last_is_followed_by_nobody(hand_over):
    assert hand_over.Lives(np.array([5 * DAY_US]), np.array([4 * DAY_US]), 0, 6 * DAY_US - 1).followed(48) == 0


def test_the_lives_of_a_campaign_are_read_from_its_world(hand_over):
    [(name, found)] = hand_over.lives_of(make_world("regrowth"))
    assert name == "kudzu"
    assert len(found.ends) >= 50
    assert (found.ends >= found.first).all()
    assert found.last - found.ends.max() > 2 * DAY_US
