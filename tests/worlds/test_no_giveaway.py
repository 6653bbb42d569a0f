"""No single column tells campaigns from honest accounts, but for those that the story itself makes meaningful."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import Story, find_story
from stillwatch.worlds.campaigns import Hiding, Work
from stillwatch.worlds.planning import plan_story
from stillwatch.worlds.recording import Recorder

# scales at which the campaigns have 120 to 330 accounts: with fewer, chance alone reaches 0.63
SCALES = {"february": None, "hydra": 3, "relay": 4, "prober": 4, "polyglot": 3, "adaptive": 2, "targets": 3}
ROWS_OF_ACCOUNT = 4
FREQUENT_VALUES = 25
# no column may reach this, and shuffled labels must not either: then it is above what chance reaches on such data
GIVES_AWAY = 0.65


def ghosts() -> Story:
    """Many accounts of a campaign that shares nothing and has no templates, among February's public."""
    february, ghost = find_story("february"), find_story("ghost").campaigns[0]
    many = replace(ghost, accounts=250, exchanges=6250, wants={"reasoning": 0.5, "coding": 0.5}, hiding=Hiding(),
                   work=Work(wording="none"))  # fmt: skip
    public = replace(february.population, accounts=1200)
    return replace(february, name="ghosts", population=public, campaigns=(many,), rehearsal_scale=1.0)


def sampled(story: Story, scale: float | None) -> pl.DataFrame:
    """A few exchanges of each account, with its campaign, so that an account counts as much as another."""
    with plan_story(story, seed=1, scale=scale or story.rehearsal_scale) as plan:
        visits = np.concatenate(list(plan.visits.hours()))
        visits = visits[np.lexsort((visits["seed"], visits["account"]))]
        place = np.arange(len(visits)) - np.searchsorted(visits["account"], visits["account"])
        visits = visits[place < ROWS_OF_ACCOUNT]
        rows = Recorder.of(plan).record(visits).recorded.exchanges
        campaigns = plan.known.accounts["campaign"].take(pa.array(visits["account"]))
    return pl.DataFrame(pl.from_arrow(pa.Table.from_batches([rows]).append_column("campaign", campaigns)))


def features(values: pl.Series) -> np.ndarray:
    """Show what a simple rule looks at: nulls, sizes, numbers, hours, frequent values, first octets, endings."""
    seen = [values.is_null()]
    if isinstance(values.dtype, pl.List):
        seen.append(values.list.len().fill_null(-1))
        values = values.list.eval(pl.element().cast(pl.String)).list.join(",")
    if values.dtype == pl.Datetime:
        seen += [values.cast(pl.Int64), values.dt.hour()]
    elif values.dtype == pl.String:
        counted = values.drop_nulls().value_counts(sort=True).filter(pl.col("count") > 1)
        seen += [values.str.len_bytes().fill_null(-1), values.str.extract(r"^(\d+)\.", 1).cast(pl.Int64).fill_null(-1)]
        seen += [(values == one).fill_null(value=False) for one in counted[values.name][:FREQUENT_VALUES]]
        seen.append(pl.Series([ord(value[-1]) if value else -1 for value in values.to_list()]))
    else:
        seen.append(values.cast(pl.Float64).fill_null(-1))
    return np.column_stack([one.to_numpy().astype(np.float32) for one in seen])


def areas(frame: pl.DataFrame, columns: Sequence[str] = EXCHANGES.names) -> Iterator[tuple[str, float, float]]:
    """Yield of each column how well it tells campaigns from others, and the same accounts shuffled.

    Each half of the accounts is judged by a tree that saw the other half only.
    """
    owner = frame["account_id"].rank("dense").to_numpy().astype(int) - 1
    guilty = frame["campaign"].is_not_null().to_numpy()
    account = np.zeros(owner.max() + 1, bool)
    account[owner] = guilty
    shuffled = np.random.default_rng(1).permutation(account)[owner]
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=30, class_weight="balanced", random_state=0)
    for column in columns:
        if frame[column].n_unique() > 1:
            rows, said = features(frame[column]), np.zeros((2, len(owner)))
            for number, labels in enumerate((guilty, shuffled)):
                for half in (owner % 2 == 0, owner % 2 == 1):
                    said[number, half] = tree.fit(rows[~half], labels[~half]).predict_proba(rows[half])[:, 1]
            yield column, roc_auc_score(guilty, said[0]), roc_auc_score(shuffled, said[1])


@pytest.mark.parametrize("name", ["ghosts", *SCALES])
def test_no_column_gives_a_campaign_away(name):
    story = ghosts() if name == "ghosts" else find_story(name)
    found = list(areas(sampled(story, SCALES.get(name))))
    telling = {column: round(area, 3) for column, area, _ in found if area >= GIVES_AWAY}
    assert not set(telling) - story.meaningful, telling
    assert len(found) > 37
    assert max(chance for *_, chance in found) < GIVES_AWAY


MARKS = {
    "temperature": pl.lit(0.31),
    "tools_offered": pl.lit(["search"]),
    "exchange_id": pl.concat_str(pl.col("exchange_id").str.slice(0, 15), pl.lit("7")),
}


@pytest.mark.parametrize("column", MARKS)
def test_a_column_that_gives_a_campaign_away_is_caught(column):
    frame = sampled(ghosts(), 0.4)
    guilty = pl.col("campaign").is_not_null()
    marked = pl.when(guilty).then(MARKS[column].cast(frame.schema[column])).otherwise(pl.col(column))
    ((_, area, chance),) = areas(frame.with_columns(marked.alias(column)), [column])
    assert area > 0.9
    assert chance < GIVES_AWAY
