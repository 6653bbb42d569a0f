import polars as pl

from stillwatch.worlds.stories.february import FEBRUARY


def test_february_has_the_published_shape(made):
    world = made("february", 1.0)
    truth = pl.from_arrow(world.truth_accounts)
    sizes = dict(truth.drop_nulls("campaign").group_by("campaign").len().iter_rows())
    assert sizes["ash"] == 12
    assert sizes["birch"] == 60
    assert 190 <= sizes["cedar"] <= 200
    assert 1_100 <= truth["campaign"].null_count() <= 1_300
    assert 40_000 <= world.exchanges.num_rows <= 65_000


def test_prompts_are_many_and_their_lengths_heavy_tailed(made):
    prompts = pl.from_arrow(made("february", 1.0).exchanges)["prompt_text"]
    assert prompts.n_unique() > 40_000
    sizes = prompts.str.len_bytes()
    assert 300 <= sizes.mean() <= 900
    assert sizes.quantile(0.5) < 0.5 * sizes.mean()
    assert 10_000 < sizes.max() < 60_000


def test_strangers_repeat_short_prompts_only(made):
    world = made("february", 1.0)
    people = pl.from_arrow(world.truth_accounts).filter(pl.col("role") == "person")
    asked = pl.from_arrow(world.exchanges).join(people, on="account_id", how="semi")
    long = asked.filter(pl.col("prompt_text").str.len_bytes() > 60).group_by("prompt_text")
    shared = long.agg(pl.col("account_id").n_unique().alias("accounts")).filter(pl.col("accounts") > 1)
    assert shared.height < 0.004 * asked.height


def test_targets_add_up():
    for campaign in FEBRUARY.campaigns:
        assert abs(sum(share for _, share in campaign.wants) - 1) < 1e-9
