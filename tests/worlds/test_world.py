from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from stillwatch.tables import EXCHANGES, TRUTH_ACCOUNTS, TRUTH_EXCHANGES
from stillwatch.world_errors import BadStory, StoryUnknown
from stillwatch.worlds import find_story, make_world, shipped_stories


@cache
def small(name):
    story = find_story(name)
    story = replace(story, population=replace(story.population, fewest_accounts=30))
    return make_world(story.within(min(14, story.calendar.days)), scale=0.05 * story.rehearsal_scale)


def frame(table):
    return pl.from_arrow(table)


@pytest.mark.parametrize("name", shipped_stories())
def test_every_story_gives_a_world_with_a_consistent_truth(name):
    world, story = small(name), find_story(name)
    for table, declared in ((world.exchanges, EXCHANGES), (world.truth_accounts, TRUTH_ACCOUNTS),
                            (world.truth_exchanges, TRUTH_EXCHANGES)):  # fmt: skip
        declared.check(table, f"story {name}")
    assert world.exchanges.select(["exchange_id", "asked_at"]).equals(
        world.truth_exchanges.select(["exchange_id", "asked_at"])
    )
    told = frame(world.exchanges).with_columns(frame(world.truth_exchanges)["campaign"].alias("extraction"))
    told = told.join(frame(world.truth_accounts), on="account_id", how="left")
    assert set(told["account_id"]) == set(world.truth_accounts["account_id"].to_pylist())
    assert told.filter(pl.col("extraction") != pl.col("campaign").fill_null("")).is_empty()
    assert set(told["campaign"]) - {None} == {campaign.name for campaign in story.campaigns}
    assert told.filter((pl.col("role") == "fraud") != pl.col("campaign").is_not_null()).is_empty()
    assert (world.releases, world.prices) == (story.calendar.releases, story.prices)


@pytest.mark.parametrize("name", shipped_stories())
def test_every_exchange_lies_in_the_calendar_in_order_and_in_its_accounts_life(name):
    world, calendar = small(name), find_story(name).calendar
    rows = frame(world.exchanges).join(frame(world.truth_accounts), on="account_id", maintain_order="left")
    at = rows["asked_at"].cast(pl.Int64)
    assert at.is_sorted()
    assert calendar.start_us <= at.min()
    assert at.max() < calendar.end_us
    assert rows["exchange_id"].n_unique() == rows.height > 0
    assert (rows["asked_at"] >= rows["account_created_at"]).all()
    assert (rows["asked_at"] < rows["closed_at"]).all()
    assert world.truth_accounts["account_id"].to_pylist() == sorted(world.truth_accounts["account_id"].to_pylist())


@pytest.mark.parametrize("name", shipped_stories())
def test_every_row_carries_a_digest_for_each_turn_before_it(name):
    rows = frame(small(name).exchanges)
    assert (rows["history_digests"].list.len() == rows["turn"]).all()
    assert (rows["reasoning_signatures"].list.len() <= rows["turn"]).all()


def test_the_same_arguments_give_the_same_world(tiny):
    one, two = (make_world(tiny("relay"), scale=0.05) for _ in range(2))
    other = make_world(tiny("relay"), seed=2, scale=0.05)
    assert one.exchanges.equals(two.exchanges)
    assert one.truth_accounts.equals(two.truth_accounts)
    assert one.truth_exchanges.equals(two.truth_exchanges)
    assert not set(one.exchanges["account_id"].to_pylist()) & set(other.exchanges["account_id"].to_pylist())


@pytest.mark.parametrize("name", ["carrier_nat", "relay"])
def test_a_larger_world_keeps_the_honest_accounts_of_a_smaller_and_what_they_ask(tiny, name):
    worlds = [make_world(tiny(name), scale=scale) for scale in (0.05, 0.15)]
    honest = frame(worlds[0].truth_accounts).filter(pl.col("campaign").is_null())
    kept, before = (
        frame(world.exchanges).join(honest, on="account_id", how="semi").sort("exchange_id") for world in worlds
    )
    assert honest.height > 15
    assert kept.equals(before)


def test_a_story_may_be_named_or_stand_in_a_file(tmp_path):
    (tmp_path / "mine.toml").write_text(find_story("university_class").text)
    named, read = (make_world(story, scale=0.02) for story in ("university_class", str(tmp_path / "mine.toml")))
    assert named.exchanges.equals(read.exchanges)


def test_without_a_scale_a_story_is_as_large_as_it_is_rehearsed(tiny):
    story = replace(tiny("one_office"), rehearsal_scale=0.04)
    assert make_world(story).exchanges.equals(make_world(story, scale=0.04).exchanges)


def test_an_unknown_story_is_named_with_the_known_ones():
    with pytest.raises(StoryUnknown, match="no story has the name") as caught:
        make_world("spring")
    assert "february" in caught.value.needed
    with pytest.raises(BadStory):
        make_world("spring.toml")


@pytest.mark.parametrize("name", ["classic", "relay"])
def test_the_layout_is_that_of_the_shared_worlds(shared, name):
    folder = shared / "worlds" / name
    if not folder.exists():
        pytest.skip("the shared worlds are not there")
    ours = small("relay")
    for table in ("exchanges", "truth_accounts", "truth_exchanges"):
        theirs = dict(pl.read_parquet_schema(folder / f"{table}.parquet"))
        own = frame(getattr(ours, table)).schema
        assert {column: own[column] for column in theirs} == theirs
