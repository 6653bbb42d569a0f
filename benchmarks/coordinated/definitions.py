"""What CooRTweet and QUT's toolkit define as acting together, as sets of pairs: read off our counts, or by a join."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from coordinated.lockstep import Lockstep

Pairs = frozenset[tuple[object, object]]
Weights = Mapping[tuple[object, object], int]


def coortweet_pairs(found: Lockstep, fewest_messages: int, fewest_times: int = 1) -> Pairs:
    """Return the pairs that CooRTweet gives, from our counts.

    One of the two has so many messages that are near anybody's (`min_participation`), and so many pairs of messages,
    one of each, are near (the weight of the edge). `found` is of accounts with as many messages.
    """
    partakes = found.near_messages >= fewest_messages
    kept = (found.first < found.second) & (found.times >= fewest_times)
    kept &= partakes[found.first] | partakes[found.second]
    names = found.accounts.to_numpy()
    return frozenset(zip(names[found.first[kept]].tolist(), names[found.second[kept]].tolist(), strict=True))


def coortweet_join(shares: pl.DataFrame, window_s: int, fewest_messages: int, fewest_times: int = 1) -> Pairs:
    """Return the pairs as CooRTweet's `detect_groups` finds them, step by step, with joins: the definition itself.

    Its steps (2.0): accounts with at least `min_participation` posts; all pairs of posts of one object; those within
    the window; loops out; of accounts, those with at least `min_participation` posts in what is left; pairs with a post
    of one of these. `generate_coordinated_network` counts what is left for each pair of accounts.
    """
    posts = shares.filter(pl.len().over("account") >= fewest_messages).with_row_index("place")
    pairs = posts.join(posts, on="object", suffix="_y").filter(
        pl.col("place") < pl.col("place_y"),
        (pl.col("second") - pl.col("second_y")).abs() <= window_s,
        pl.col("message") != pl.col("message_y"),
        pl.col("account") != pl.col("account_y"),
    )
    near = pl.concat([pairs["message"], pairs["message_y"]]).unique()
    partaking = posts.filter(pl.col("message").is_in(near.implode())).filter(
        pl.len().over("account") >= fewest_messages
    )
    kept = partaking["message"].implode()
    pairs = pairs.filter(pl.col("message").is_in(kept) | pl.col("message_y").is_in(kept))
    both = pairs.select(a=pl.min_horizontal("account", "account_y"), b=pl.max_horizontal("account", "account_y"))
    told = both.group_by("a", "b").len().filter(pl.col("len") >= fewest_times)
    return frozenset(zip(told["a"].to_list(), told["b"].to_list(), strict=True))


def qut_weights(found: Lockstep, fewest_messages: int) -> Weights:
    """Return the pairs, in both orders, of which the first has so many messages near the second's, and how many."""
    kept = np.flatnonzero(found.messages >= fewest_messages)
    names = found.accounts.to_numpy()
    pairs = zip(names[found.first[kept]].tolist(), names[found.second[kept]].tolist(), strict=True)
    return dict(zip(pairs, found.messages[kept].tolist(), strict=True))
