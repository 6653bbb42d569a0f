import pytest

from stillwatch.worlds.stories.attacks import ATTACKS


@pytest.mark.parametrize("story", ATTACKS, ids=lambda story: story.name)
def test_an_attack_is_a_small_part_of_its_world(made, story):
    world = made(story.name, 1.0)
    extraction = world.exchanges.num_rows - world.truth_exchanges["campaign"].null_count
    assert 0.03 < extraction / world.exchanges.num_rows < 0.4
    assert world.exchanges.num_rows < 20_000
    assert 25 <= sum(campaign is not None for campaign in world.truth_accounts["campaign"].to_pylist()) <= 80


def test_a_ghost_has_nothing_to_share():
    shows = {story.name: story.campaigns[0].hiding.shows for story in ATTACKS}
    assert shows.pop("ghost") == frozenset()
    assert all(shows.values())
