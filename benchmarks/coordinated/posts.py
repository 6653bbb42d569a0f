"""Posts of real coordinated accounts: who shared which object when."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

POSTS = ("message", "account", "object", "second")
GERMAN_OBJECTS = ("url", "hashtag", "domain")


@dataclass(frozen=True)
class Shares:
    """Which account shared which object, in which message, when (seconds since 1970); each once."""

    name: str
    table: pl.DataFrame


def all_shares(folder: Path) -> Iterator[Shares]:
    """Yield the retweets of russian_coord_tweets, and the links, hashtags and sites of german_elections.

    Of rows with one message the first counts, as QUT's toolkit keys messages by their id; a message that is its own
    object is left out, as CooRTweet does.
    """
    russian = pl.read_parquet(folder / "russian_coord_tweets.parquet")
    yield Shares("russian_coord_tweets, retweets", _once(russian, "content_id", "object_id", "timestamp_share"))
    german = pl.read_parquet(folder / "german_elections.parquet")
    for name in GERMAN_OBJECTS:
        yield Shares(f"german_elections, {name}s", _once(german, "post_id", f"{name}_id", "timestamp"))


def _once(rows: pl.DataFrame, message: str, shared: str, second: str) -> pl.DataFrame:
    columns = dict(zip(POSTS, (message, "account_id", shared, second), strict=True))
    table = rows.select(pl.col(column).alias(name) for name, column in columns.items()).drop_nulls()
    own = pl.col("message").cast(pl.String) == pl.col("object").cast(pl.String)
    return table.filter(~own).unique("message", keep="first", maintain_order=True)
