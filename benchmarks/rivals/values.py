"""Accounts and the values they show: what every method that links accounts begins with."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

Groups = dict[str, int]

MONEY_AND_PLACE = ("payment_hash", "ip")
SHARED = ("payment_hash", "ip", "ja4", "user_agent")
# One or two strangers behind a router are no campaign; nobody reports groups of two.
FEWEST_ACCOUNTS = 5


def account_values(exchanges: pl.DataFrame, columns: Sequence[str]) -> tuple[list[str], csr_matrix]:
    """Return the accounts, sorted, and a matrix of accounts x values: 1 where an account shows a value.

    A value is a column with its text: the same text in two columns is two values. Nulls are not shown.
    """
    accounts = exchanges["account_id"].unique().sort()
    numbers = pl.DataFrame({"account_id": accounts, "row": np.arange(len(accounts))})
    shown = [
        exchanges.select("account_id", value=pl.lit(f"{column}=") + pl.col(column).cast(pl.String)).drop_nulls()
        for column in columns
        if column in exchanges.columns
    ]
    pairs = pl.concat(shown).unique().join(numbers, on="account_id").sort("row", "value")
    codes = pairs["value"].rank("dense").cast(pl.Int64).to_numpy() - 1
    size = (len(accounts), int(codes.max()) + 1 if len(codes) else 0)
    return accounts.to_list(), csr_matrix((np.ones(len(codes)), (pairs["row"].to_numpy(), codes)), size)


def large_groups(groups: Mapping[str, int], fewest: int = FEWEST_ACCOUNTS) -> Groups:
    """Keep the groups that hold so many accounts."""
    numbers, counts = np.unique(list(groups.values()), return_counts=True)
    large = set(numbers[counts >= fewest].tolist())
    return {account: int(group) for account, group in groups.items() if group in large}
