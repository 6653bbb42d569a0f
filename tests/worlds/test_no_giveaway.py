"""No single column tells campaigns from honest accounts, but for those that the story itself makes meaningful."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import STORIES, Story, World, make_world
from stillwatch.worlds.campaigns import Harvest
from stillwatch.worlds.stories.background import FORTNIGHT
from stillwatch.worlds.stories.february import FEBRUARY, TACTICS

GHOSTS = Story(
    "ghosts",
    "Many accounts of a campaign that shares nothing and has no templates, among February's public.",
    FORTNIGHT,
    FEBRUARY.population,
    (Harvest("ivy", 250, 25, (("reasoning", 0.5), ("coding", 0.5)), wording="none"),),
    TACTICS,
)
ROWS_OF_ACCOUNT = 4


def features(values: pl.Series) -> np.ndarray:
    """Show what a simple rule looks at: nulls, sizes, numbers, hours, frequent values, first octets, endings."""
    seen = [values.is_null().cast(pl.Int8)]
    if isinstance(values.dtype, pl.List):
        seen.append(values.list.len().fill_null(-1))
    elif values.dtype == pl.Datetime:
        seen += [values.cast(pl.Int64), values.dt.hour()]
    elif values.dtype == pl.String:
        seen += [values.str.len_bytes().fill_null(-1), values.str.extract(r"^(\d+)\.", 1).cast(pl.Int64).fill_null(-1)]
        seen += [(values == value).fill_null(value=False) for value in values.drop_nulls().unique().sort()[:60]]
        seen.append(pl.Series([ord(value[-1]) if value else -1 for value in values.to_list()]))
    else:
        seen.append(values.cast(pl.Float64).fill_null(-1))
    return np.column_stack([one.to_numpy().astype(float) for one in seen])


def areas(world: World) -> dict[str, float]:
    frame = pl.from_arrow(world.exchanges).join(pl.from_arrow(world.truth_accounts), on="account_id")
    frame = frame.sort("exchange_id").filter(pl.int_range(pl.len()).over("account_id") < ROWS_OF_ACCOUNT)
    guilty, owner = frame["campaign"].is_not_null().to_numpy(), frame["account_id"].rank("dense").to_numpy()
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=30, class_weight="balanced", random_state=0)
    found = {}
    for column in EXCHANGES.names:
        if frame[column].n_unique() > 1:
            rows = features(frame[column])
            said = cross_val_predict(tree, rows, guilty, groups=owner, cv=GroupKFold(5), method="predict_proba")
            found[column] = roc_auc_score(guilty, said[:, 1])
    return found


@pytest.mark.parametrize("story", [STORIES["february"], GHOSTS], ids=lambda story: story.name)
def test_no_column_gives_a_campaign_away(story):
    found = areas(make_world(story))
    telling = {column: round(area, 3) for column, area in found.items() if area >= 0.65}
    assert not set(telling) - story.meaningful, telling
    assert len(found) > 30


def test_a_column_that_gives_a_campaign_away_is_caught():
    world = make_world(GHOSTS, scale=0.4)
    guilty = dict(
        zip(world.truth_accounts["account_id"].to_pylist(), world.truth_accounts["campaign"].to_pylist(), strict=True)
    )
    frame = pl.from_arrow(world.exchanges).with_columns(
        temperature=pl.Series([0.7 if guilty[one] else None for one in world.exchanges["account_id"].to_pylist()]),
        account_id=pl.col("account_id"),
    )
    marked = World(frame.to_arrow(), world.truth_accounts, world.truth_exchanges, world.releases)
    assert areas(marked)["temperature"] > 0.9
