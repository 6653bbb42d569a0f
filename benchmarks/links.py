"""Time, memory and truth of weighing links and gathering campaigns, against the number of accounts.

    python benchmarks/links.py [ACCOUNTS ...]

Accounts show 18 values on average, over five traits of five families: two thirds by popularity, the rest rare. One
account in sixteen is of a group of 20 to 200 that rotates over pools of 4 or 5 traits. Each size runs in a process of
its own, so that its peak memory is its own.
"""

import multiprocessing
import resource
import sys
import time

import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.incidence import Incidence, Ints, index_shown
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import weigh_links

SIZES = (10_000, 100_000)
TRAITS = {"address": "network", "client stack": "client", "payment card": "money", "email domain": "identity",
          "opening template": "wording"}  # fmt: skip
SHOWN_OF_EACH, POPULAR_SHARE, HIDDEN_SHARE = 18 / len(TRAITS), 0.65, 1 / 16


def strangers(count: int, draw: np.random.Generator) -> tuple[Ints, Ints]:
    """Numbers of accounts and values: of `count` values a few are in fashion (Zipf's law), the others rare."""
    owners = np.repeat(np.arange(count), draw.poisson(SHOWN_OF_EACH, count))
    popular = np.exp(draw.random(len(owners)) * np.log(count)).astype(np.int64)
    rare = draw.integers(0, 2 * count, len(owners))
    return owners, np.where(draw.random(len(owners)) < POPULAR_SHARE, popular, count + rare)


def planted_groups(count: int, draw: np.random.Generator) -> Ints:
    groups, free, placed, number = np.full(count, -1), draw.permutation(count), 0, 0
    while placed < count * HIDDEN_SHARE:
        size = int(np.exp(draw.uniform(np.log(20), np.log(200))))
        groups[free[placed : placed + size]] = number
        placed, number = placed + size, number + 1
    return groups


def hidden(groups: Ints, draw: np.random.Generator, first_value: int) -> dict[str, tuple[Ints, Ints]]:
    """Draw what the groups show besides: each of its traits is shown by four accounts of five, from a pool."""
    rows: dict[str, list[tuple[Ints, Ints]]] = {trait: [(np.empty(0, np.int64),) * 2] for trait in TRAITS}
    for group in range(groups.max() + 1):
        members = np.flatnonzero(groups == group)
        for trait in draw.permutation(list(TRAITS))[: draw.integers(4, 6)]:
            showing = members[draw.random(len(members)) < 0.8]
            pool = max(1, len(members) // draw.integers(10, 50))
            rows[trait].append((showing, first_value + draw.integers(0, pool, len(showing))))
            first_value += pool
    return {
        trait: tuple(np.concatenate(column) for column in zip(*parts, strict=True)) for trait, parts in rows.items()
    }


def indexed(trait: str, count: int, owners: Ints, numbers: Ints) -> Incidence:
    values, numbers = np.unique(numbers, return_inverse=True)
    keys = np.unique(owners * len(values) + numbers)
    shows = keys // len(values), keys % len(values)
    texts = pa.array(values).cast(pa.string())
    return index_shown(trait, TRAITS[trait], np.bincount(shows[0], minlength=count), shows, texts)


def made(count: int) -> tuple[Shown, Ints]:
    draw = np.random.default_rng(5)
    groups = planted_groups(count, draw)
    besides = hidden(groups, draw, 4 * count)
    incidences = []
    for trait in TRAITS:
        both = (strangers(count, draw), besides[trait])
        incidences.append(indexed(trait, count, *(np.concatenate(column) for column in zip(*both, strict=True))))
    ids = pa.array(np.char.zfill(np.arange(count).astype(str), 8))
    return Shown(ids, tuple(incidences), (), np.full(count, -1)), groups


def measure(count: int) -> None:
    shown, groups = made(count)
    weigh_links(made(100)[0], np.ones(100, bool), Linking())  # compiles
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds: list[int] = []
    times = [time.perf_counter()]
    pairs = candidate_pairs(shown.incidences, Linking())
    times.append(time.perf_counter())
    weigh_links(shown, np.ones(count, bool), Linking(), trimmed_share=0.1, pairs=pairs)
    times.append(time.perf_counter())
    found = gather_campaigns(shown, Linking(), Gathering(), round_done=rounds.append)
    times.append(time.perf_counter())
    listing_s, weighing_s, gathering_s = np.diff(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    incidences = sum(len(one.account_values) for one in shown.incidences)
    truth = np.where(groups < 0, -1 - np.arange(count), groups)  # strangers are groups of one, in both
    told = np.where(found.groups < 0, -1 - np.arange(count), found.groups)
    touched = (groups >= 0) | (found.groups >= 0)
    print(
        f"{count:>9,} {incidences:>11,} {len(pairs[0]):>12,} {listing_s:>9.2f} {weighing_s:>9.2f} {gathering_s:>9.2f}"
        f" {len(rounds):>7} {before / 1e3:>9,.0f} {peak / 1e3:>9,.0f}"
        f" {adjusted_rand_score(truth[touched], told[touched]):>6.3f}"
        f" {(groups[found.groups >= 0] >= 0).mean() if (found.groups >= 0).any() else 0:>10.3f}"
        f" {(found.groups[groups >= 0] >= 0).mean():>7.3f}",
        flush=True,
    )


def main(sizes: list[int]) -> None:
    print(
        " accounts  incidences        pairs   listing  weighing gathering  rounds    before      peak    ARI"
        "  precision  recall\n"
        "                                           s         s         s                MB        MB",
        flush=True,
    )
    for count in sizes:
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(count,))
        process.start()
        process.join()


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(SIZES))
