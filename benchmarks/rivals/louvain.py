"""Louvain communities of accounts, tied by the values they share, each tie worth one over the value's popularity.

Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of communities in large networks; networkit's `PLM`.
"""

from collections.abc import Sequence

import networkit as nk
import numpy as np
import polars as pl
from scipy.sparse import coo_matrix, diags

from rivals.values import SHARED, Groups, account_values, large_groups


def tied_accounts(exchanges: pl.DataFrame, columns: Sequence[str] = SHARED) -> tuple[list[str], coo_matrix]:
    """Return the accounts, and for each pair once the sum of 1 / popularity over the values that both show."""
    accounts, shown = account_values(exchanges, columns)
    popularity = np.asarray(shown.sum(axis=0)).ravel()
    ties = (shown @ diags(1 / np.maximum(popularity, 1)) @ shown.T).tocoo()
    once = ties.row < ties.col
    return accounts, coo_matrix((ties.data[once], (ties.row[once], ties.col[once])), ties.shape)


def communities(accounts: Sequence[str], ties: coo_matrix, weakest: float = 0.0) -> Groups:
    """Return the communities of five accounts or more, over the ties that are worth at least `weakest`."""
    kept = ties.data >= weakest
    edges = (ties.data[kept], (ties.row[kept].astype(np.uint64), ties.col[kept].astype(np.uint64)))
    graph = nk.GraphFromCoo(edges, n=len(accounts), weighted=True, directed=False)
    nk.engineering.setSeed(1, False)  # noqa: FBT003 - networkit takes it by position
    found = nk.community.PLM(graph, refine=False).run().getPartition()
    return large_groups({account: found.subsetOf(row) for row, account in enumerate(accounts)})


def louvain_groups(exchanges: pl.DataFrame, weakest: float = 0.0) -> Groups:
    """Return the communities of five accounts or more."""
    return communities(*tied_accounts(exchanges), weakest)
