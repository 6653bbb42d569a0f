"""Communities of the link graph."""

import networkit as nk
import numpy as np

from stillwatch.campaigns.settings import Gathering
from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids
from stillwatch.links.weigh import Floats


def find_communities(a: Ints | Ids, b: Ints | Ids, weights: Floats, count: int, settings: Gathering) -> Ints:
    """Return for each of `count` accounts the number of its community, or -1.

    Members that are tied to fewer than `fewest_ties` others of their community leave it, again and again until none
    does; communities are numbered by their smallest member. Communities are merged first where half of one's members
    are tied to `fewest_ties` of the other, by ties a third as strong as those within or more: modularity alone cuts a
    campaign along its address pools and clients.

    Parameters
    ----------
    weights
        The bits of each link above the weakest, and one.

    References
    ----------
    Traag, Waltman and van Eck (2019), From Louvain to Leiden: guaranteeing well-connected communities.
    """
    if not len(a):
        return np.full(count, -1, np.int64)
    nodes, edges = np.unique(np.concatenate((a, b)), return_inverse=True)
    left, right = edges[: len(a)], edges[len(a) :]
    order = np.argsort(left * len(nodes) + right, kind="stable")  # hardly any work where pairs come in order
    nk.setNumberOfThreads(1)
    nk.setSeed(1, useThreadId=False)
    graph = nk.GraphFromCoo((weights[order], (left[order], right[order])), n=len(nodes), weighted=True)
    leiden = nk.community.ParallelLeiden(graph, randomize=False, gamma=settings.resolution)
    found = np.asarray(leiden.run().getPartition().getVector(), np.int64)
    whole = _merged(left, right, weights, found, settings)
    of_nodes = _numbered(_held_together(left, right, whole, settings.fewest_ties))
    communities = np.full(count, -1, np.int64)
    communities[nodes] = of_nodes
    return communities


def join_by_ties(groups: Ints, a: Ints | Ids, b: Ints | Ids, fewest: int) -> Ints:
    """Return the groups, with accounts of none joined to one of which they are tied to `fewest` members or more.

    Who is tied to several joins the one to which it has the most ties; of as many, the first. Nobody joins by ties to
    those who have just joined.
    """
    ends, others = np.concatenate((a, b)).astype(np.int64), groups[np.concatenate((b, a))]
    free = (groups[ends] < 0) & (others >= 0)
    size = int(groups.max(initial=0)) + 1
    ties, counts = np.unique(ends[free] * size + others[free], return_counts=True)
    ties, counts = ties[counts >= fewest], counts[counts >= fewest]
    joining, joined = groups.copy(), ties[np.lexsort((-ties, counts))]  # of several the last written stays
    joining[joined // size] = joined % size
    return joining


def _merged(left: Ints, right: Ints, weights: Floats, found: Ints, settings: Gathering) -> Ints:
    sizes = np.bincount(found)
    across = found[left] != found[right]
    within = found[left[~across]]
    means = np.bincount(within, weights[~across], len(sizes)) / np.maximum(np.bincount(within, minlength=len(sizes)), 1)
    across &= weights >= settings.merging_tie_share * np.minimum(means[found[left]], means[found[right]])
    ends = np.concatenate((left[across], right[across]))
    others = found[np.concatenate((right[across], left[across]))]
    ties, counts = np.unique(ends * len(sizes) + others, return_counts=True)  # as one number each: many times faster
    tied = ties[counts >= settings.fewest_ties]
    pairs, members = np.unique(found[tied // len(sizes)] * len(sizes) + tied % len(sizes), return_counts=True)
    joined = pairs[members >= settings.merging_share * sizes[pairs // len(sizes)]]
    graph = nk.GraphFromCoo((joined // len(sizes), joined % len(sizes)), n=len(sizes))
    parts = nk.components.ConnectedComponents(graph).run().getPartition().getVector()
    return np.asarray(parts, np.int64)[found]


def _held_together(left: Ints, right: Ints, found: Ints, fewest: int) -> Ints:
    found = found.copy()
    while True:
        inside = (found[left] == found[right]) & (found[left] >= 0)
        ties = np.bincount(np.concatenate((left[inside], right[inside])), minlength=len(found))
        loose = (found >= 0) & (ties < fewest)
        if not loose.any():
            return found
        found[loose] = -1


def _numbered(found: Ints) -> Ints:
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) if one >= 0 else -1 for one in found.tolist()], np.int64)
