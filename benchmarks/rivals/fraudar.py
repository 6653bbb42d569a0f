"""FRAUDAR: the densest blocks of accounts x values, where popular values count little.

Hooi, Song, Beutel, Shah, Shin and Faloutsos (2016), FRAUDAR: Bounding Graph Fraud in the Face of Camouflage. An edge to
a value with d accounts weighs 1 / log(d + 5); the account or value that adds least is taken away until none is left,
and the block of greatest weight per node on the way is the answer. For the next block its edges are taken out and
the weights computed anew.
"""

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import bmat, csr_matrix, diags

from rivals.values import FEWEST_ACCOUNTS, SHARED, Groups, account_values


def densest_block(shown: csr_matrix) -> npt.NDArray[np.bool_]:
    """Return which nodes, accounts before values, are in the block that greedy peeling finds."""
    degrees = np.asarray(shown.sum(axis=0)).ravel()
    weighed = shown @ diags(1 / np.log(degrees + 5))
    graph = bmat([[None, weighed], [weighed.T, None]], format="csr")
    starts, ends, weights = graph.indptr.tolist(), graph.indices.tolist(), graph.data.tolist()
    left = np.asarray(graph.sum(axis=1)).ravel().tolist()
    total, count = sum(left) / 2, len(left)
    best, best_at, order, gone = total / count, 0, [], [False] * count
    heap = [(weight, node) for node, weight in enumerate(left)]
    heapq.heapify(heap)
    while len(order) < count - 1:
        weight, node = heapq.heappop(heap)
        if gone[node] or weight != left[node]:
            continue
        gone[node] = True
        order.append(node)
        total -= weight
        for place in range(starts[node], starts[node + 1]):
            other = ends[place]
            if not gone[other]:
                left[other] -= weights[place]
                heapq.heappush(heap, (left[other], other))
        if (density := total / (count - len(order))) > best:
            best, best_at = density, len(order)
    inside = np.ones(count, bool)
    inside[order[:best_at]] = False
    return inside


def dense_blocks(exchanges: pl.DataFrame, most: int = 10, columns: Sequence[str] = SHARED) -> list[Groups]:
    """Return the blocks of five accounts or more, densest first; each account is in the first that holds it."""
    accounts, shown = account_values(exchanges, columns)
    placed: set[str] = set()
    blocks: list[Groups] = []
    for _ in range(4 * most):
        if len(blocks) == most or not shown.nnz:
            break
        inside = densest_block(shown)
        rows, values = inside[: len(accounts)], inside[len(accounts) :]
        members = {account for account, is_in in zip(accounts, rows, strict=True) if is_in} - placed
        if len(members) >= FEWEST_ACCOUNTS:
            placed |= members
            blocks.append(dict.fromkeys(sorted(members), len(blocks)))
        edges = shown.tocoo()
        outside = ~(rows[edges.row] & values[edges.col])
        shown = csr_matrix((edges.data[outside], (edges.row[outside], edges.col[outside])), shown.shape)
    return blocks


def fraudar_groups(exchanges: pl.DataFrame, most: int = 10, columns: Sequence[str] = SHARED) -> Groups:
    """Return the first blocks as groups."""
    return {account: group for block in dense_blocks(exchanges, most, columns) for account, group in block.items()}
