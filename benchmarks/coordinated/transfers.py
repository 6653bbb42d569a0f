"""Accounts that airdrop hunters ran, told from who sent coins to whom: hop airdrop, with some transfers hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import networkit as nk
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_rand_score

from stillwatch.campaigns.communities import find_communities
from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.incidence import Incidence, index_shown
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import weigh_links

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
FEWEST_ACCOUNTS = 5  # smaller groups are no groups, whoever finds them


@dataclass(frozen=True)
class Transfers:
    """Who sent to whom on which chain. Accounts are numbered first, then addresses that are no account."""

    accounts_count: int
    source: Ints
    target: Ints
    chain: npt.NDArray[np.object_]

    def hidden(self, share: float, seed: int) -> "Transfers":
        """Return what is left when this share of the transfers, drawn at random, is not seen."""
        return self.only(np.random.default_rng(seed).random(len(self.source)) >= share)

    def only(self, kept: Mask) -> "Transfers":
        """Return the transfers that a mask keeps."""
        return Transfers(self.accounts_count, self.source[kept], self.target[kept], self.chain[kept])

    def between_accounts(self) -> "Transfers":
        """Return those without an outside address."""
        return self.only((self.source < self.accounts_count) & (self.target < self.accounts_count))


@dataclass(frozen=True)
class Truth:
    """The groups that the airdrop's reviewers named; -1 is none.

    Attributes
    ----------
    judged
        Accounts that were eliminated as Sybils, each in a group, with any transfer at all.
    honest
        Eligible accounts that no report named.
    """

    groups: Ints
    judged: Mask
    honest: Mask


def read_transfers(folder: Path) -> tuple[Transfers, Truth]:
    """Read the accounts and the transfer edges."""
    accounts = pl.read_parquet(folder / "hop_airdrop_accounts.parquet").sort("account")
    edges = pl.read_parquet(folder / "hop_airdrop_edges.parquet")
    source, target = (edges[name].to_numpy() for name in ("src", "dst"))
    groups = accounts["group"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    label = accounts["label"].to_numpy()
    touched = np.isin(accounts["account"].to_numpy(), np.concatenate((source, target)))
    truth = Truth(groups, (label == "sybil") & touched, (label == "eligible") & (groups < 0))
    return Transfers(len(accounts), source, target, edges["chain"].to_numpy()), truth


def components(seen: Transfers) -> Ints:
    """Return connected components: whoever sent to whom, and whoever shares a counterparty, transitively."""
    size = int(max(seen.source.max(), seen.target.max(), seen.accounts_count)) + 1
    graph = coo_matrix((np.ones(len(seen.source)), (seen.source, seen.target)), (size, size))
    return np.asarray(connected_components(graph, directed=False)[1][: seen.accounts_count], np.int64)


def louvain(seen: Transfers) -> Ints:
    """Return communities of the graph of transfers: Blondel et al. (2008), networkit's `PLM`."""
    size = int(max(seen.source.max(), seen.target.max(), seen.accounts_count)) + 1
    low, high = np.minimum(seen.source, seen.target), np.maximum(seen.source, seen.target)
    pairs = np.unique(low * size + high)
    ends = ((pairs // size).astype(np.uint64), (pairs % size).astype(np.uint64))
    graph = nk.GraphFromCoo((np.ones(len(pairs)), ends), n=size, weighted=True, directed=False)
    nk.engineering.setSeed(1, False)  # noqa: FBT003 - networkit takes it by position
    found = nk.community.PLM(graph, refine=False).run().getPartition().getVector()
    return np.asarray(found, np.int64)[: seen.accounts_count]


def shown_by(seen: Transfers) -> Shown:
    """Return what accounts show: each counterparty, and themselves, as a value; each chain is a family."""
    count = seen.accounts_count
    ids = pa.array([f"{number:08}" for number in range(count)])
    chains = [_incidence(seen.only(seen.chain == chain), chain) for chain in np.unique(seen.chain)]
    return Shown(ids, tuple(chains), (), np.full(count, -1))


def gathered(seen: Transfers) -> Ints:
    """Return the groups that stillwatch gathers with the settings that ship: two families must speak for a link."""
    return gather_campaigns(shown_by(seen), Linking(), Gathering()).groups


def linked(seen: Transfers) -> Ints:
    """Return communities over all links of the weakest bits that ship, whether one family speaks or more."""
    shown, settings = shown_by(seen), Linking()
    everybody = np.ones(seen.accounts_count, bool)
    weighed = weigh_links(shown, everybody, settings, trimmed_share=settings.trimmed_share)
    kept = weighed.only(weighed.total >= settings.weakest_link_bits)
    worth = kept.total - settings.weakest_link_bits + 1.0
    return find_communities(kept.a, kept.b, worth, seen.accounts_count, Gathering())


METHODS: dict[str, Callable[[Transfers], Ints]] = {
    "stillwatch, as it ships": gathered,
    "stillwatch, links of any family": linked,
    "components": components,
    "components, transfers between accounts": lambda seen: components(seen.between_accounts()),
    "Louvain": louvain,
    "Louvain, transfers between accounts": lambda seen: louvain(seen.between_accounts()),
}


def scored(groups: Ints, truth: Truth) -> dict[str, float]:
    """Score groups of five accounts or more; whoever is in none is a group of one."""
    told = _sized(groups)
    alone = np.where(told < 0, -1 - np.arange(len(told)), told)
    ours, theirs = alone[truth.judged], truth.groups[truth.judged]
    eliminated = np.isin(truth.groups, truth.groups[truth.judged])
    others = theirs != np.bincount(theirs).argmax()
    return {
        "ARI": float(adjusted_rand_score(theirs, ours)),
        "without the largest group": float(adjusted_rand_score(theirs[others], ours[others])),
        "B-cubed F1": _bcubed(theirs, ours),
        "in a group": float((told[truth.judged] >= 0).mean()),
        "of those named, in an eliminated group": float(eliminated[told >= 0].mean()) if (told >= 0).any() else 0.0,
        "honest named per 10,000": 1e4 * float((told[truth.honest] >= 0).mean()),
    }


def _incidence(seen: Transfers, name: str) -> Incidence:
    count = seen.accounts_count
    owners = np.concatenate((seen.source, seen.target, seen.source, seen.target))
    numbers = np.concatenate((seen.target, seen.source, seen.source, seen.target))
    own = owners < count
    values, numbers = np.unique(numbers[own], return_inverse=True)
    keys = np.unique(owners[own] * len(values) + numbers)
    shows = keys // len(values), keys % len(values)
    texts = pa.array(values).cast(pa.string())
    return index_shown(name, name, np.bincount(shows[0], minlength=count), shows, texts)


def _sized(groups: Ints) -> Ints:
    _, numbers, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return np.where((groups >= 0) & (counts[numbers] >= FEWEST_ACCOUNTS), groups, -1)


def _bcubed(theirs: Ints, ours: Ints) -> float:
    """Return the mean over accounts of how much their two groups have in common, as precision and recall, as F1."""
    rows, columns = (np.unique(labels, return_inverse=True)[1] for labels in (theirs, ours))
    both = coo_matrix((np.ones(len(rows)), (rows, columns))).tocsr().tocoo()
    precision = float((both.data**2 / np.bincount(columns)[both.col]).sum()) / len(rows)
    recall = float((both.data**2 / np.bincount(rows)[both.row]).sum()) / len(rows)
    return 2 * precision * recall / (precision + recall)
