import pytest

from stillwatch.worlds.stories.peaceful import PEACEFUL

ROLES = {
    "one_office": "office",
    "undeclared_office": "office",
    "university_class": "class",
    "reseller": "reseller",
    "carrier_nat": "carrier",
    "shared_vpn": "vpn",
    "framework_developers": "developer",
    "one_template_app": "app",
    "benchmark_runner": "benchmark",
    "viral_prompt": "viral",
    "release_day": "developer",
    "night_batch": "night batch",
    "migration": "migration",
    "peace": "carrier",
}


@pytest.mark.parametrize("story", PEACEFUL, ids=lambda story: story.name)
def test_an_honest_story_is_small_honest_and_has_its_kind(made, story):
    world = made(story.name, 1.0)
    assert world.truth_accounts["campaign"].null_count == world.truth_accounts.num_rows
    assert world.truth_exchanges["campaign"].null_count == world.exchanges.num_rows
    assert 3_000 <= world.exchanges.num_rows <= (45_000 if story.name == "peace" else 14_000)
    roles = set(world.truth_accounts["role"].to_pylist())
    assert {ROLES[story.name], "person", "developer", "app"} <= roles


def test_every_kind_of_honesty_is_in_peace():
    peace = {type(kind) for story in PEACEFUL if story.name == "peace" for kind, _ in story.population}
    others = {type(kind) for story in PEACEFUL for kind, _ in story.population}
    assert peace == others


def test_release_day_moves_more_of_the_public(made):
    def share(name):
        models = made(name, 1.0).exchanges["model"].to_pylist()
        return models.count("lantern-4") / len(models)

    assert share("release_day") > 1.3 * share("carrier_nat")
