"""What accounts share: addresses, cards, mail domains, client builds, and conversations that one carries on."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from stillwatch.worlds.accounts import FREE_MAIL
from story_pictures.scene import Scene

# a client build that more of the public have than this share is everybody's
_RARE_SHARE = 0.02


class Family(NamedTuple):
    """A kind of thing to share: its name, the colour of its links, and whether accounts are linked pair by pair."""

    name: str
    colour: str
    paired: bool = False


FAMILIES = (
    Family("address", "#4a7fc4"), Family("card", "#3e8e41"), Family("mail domain", "#b8901c"),
    Family("rare client", "#80868e"), Family("conversation", "#d1408c", paired=True),
)  # fmt: skip


def shared_values(scene: Scene) -> Iterator[tuple[Family, pl.DataFrame]]:
    """Yield for each family the `account_id` and `value` of what at least two accounts show."""
    wanted = ["account_id", "ip", "payment_hash", "email_domain", "ja4", "history_digests", "reasoning_signatures"]
    rows = pl.DataFrame(scene.world.exchanges.select(wanted))
    told = rows.explode("history_digests").filter(~pl.col("history_digests").is_in(_openings(rows).implode()))
    signed = rows.explode("reasoning_signatures")
    shown = (
        _values(rows, "ip"), _values(rows, "payment_hash"),
        _values(rows, "email_domain").filter(~pl.col("value").is_in(set(FREE_MAIL))),
        _values(rows, "ja4").filter(~pl.col("value").is_in(_usual_clients(rows, scene).implode())),
        pl.concat([_values(told, "history_digests"), _values(signed, "reasoning_signatures")]),
    )  # fmt: skip
    yield from zip(FAMILIES, shown, strict=True)


def _values(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    pairs = rows.select("account_id", value=pl.col(column).cast(pl.String)).drop_nulls().unique()
    return pairs.filter(pl.len().over("value") >= 2).sort("value", "account_id")


def _usual_clients(rows: pl.DataFrame, scene: Scene) -> pl.Series:
    public = scene.accounts.filter(pl.col("group").is_null())
    owners = rows.join(public, on="account_id", how="semi").select("account_id", "ja4").unique()["ja4"].value_counts()
    return owners.filter(pl.col("count") > max(_RARE_SHARE * public.height, 3))["ja4"]


def _openings(rows: pl.DataFrame) -> pl.Series:
    """Return the digests with which a framework opens conversations: one is followed by many, one of a talk by one."""
    history = pl.col("history_digests")
    ahead = rows.select(first=history.list.first(), second=history.list.get(1, null_on_oob=True)).drop_nulls()
    return ahead.group_by("first").agg(pl.col("second").n_unique()).filter(pl.col("second") > 1)["first"]
