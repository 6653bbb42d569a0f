"""Time, memory and truth of linking accounts and gathering campaigns, against accounts and the size of a campaign.

    python benchmarks/links.py [ACCOUNTS ...]      (10,000, 100,000 and 1,000,000; campaigns among 100,000 besides)

Accounts show 18 values on average, over five traits of five families: two thirds by popularity, the rest rare. One
account in sixteen is of a group that rotates over pools of 4 or 5 traits, four accounts of five showing one value.
Small groups have a value for 10 to 50 accounts, large ones for 25 to 200, one campaign ten of each trait, whatever its
size. *Linking* goes once from the index in memory (accounts, traits, values) to communities: which pairs, what
strangers share, the bits of every pair, the levels that strangers do not reach, Leiden, and who is tied to what it
finds. *Gathering* is all of `gather_campaigns`: up to four rounds, each linking again with what is learned from who is
in no group; beyond 100,000 accounts without the settling of members. Each case runs in a process of its own, so that
its peak memory is its own; kernels are compiled before. *Shown* counts accounts and values, *incidences* those that
another account shows too.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.campaigns.rounds import link_accounts, list_pairs
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.incidence import Incidence, Ints, index_shown
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown

SIZES = (10_000, 100_000, 1_000_000)
CAMPAIGNS, AMONG = (100, 1_000, 10_000), 100_000
SMALL, LARGE = (20, 200), (50, 2_000)  # accounts of a group
FEW, MANY = (10, 50), (25, 200)  # accounts for each value of a pool
TRAITS = {"address": "network", "client stack": "client", "payment card": "money", "email domain": "identity",
          "opening template": "wording"}  # fmt: skip
SHOWN_OF_EACH, POPULAR_SHARE, HIDDEN_SHARE = 18 / len(TRAITS), 0.65, 1 / 16


@dataclass(frozen=True)
class Case:
    """How many accounts, and the sizes of the groups among them; `campaign` makes one group of so many."""

    accounts: int
    sizes: tuple[int, int] = SMALL
    for_each_value: tuple[int, int] = FEW
    campaign: int = 0
    settled: bool = False

    @property
    def name(self) -> str:
        """What is linked, in words."""
        if self.campaign:
            return f"one campaign of {self.campaign:,} among {self.accounts:,} accounts"
        return f"{self.accounts:,} accounts, groups of {self.sizes[0]} to {self.sizes[1]:,}"


def strangers(count: int, draw: np.random.Generator) -> tuple[Ints, Ints]:
    """Numbers of accounts and values: of `count` values a few are in fashion (Zipf's law), the others rare."""
    owners = np.repeat(np.arange(count), draw.poisson(SHOWN_OF_EACH, count))
    popular = np.exp(draw.random(len(owners)) * np.log(count)).astype(np.int64)
    rare = draw.integers(0, 2 * count, len(owners))
    return owners, np.where(draw.random(len(owners)) < POPULAR_SHARE, popular, count + rare)


def planted_groups(case: Case, draw: np.random.Generator) -> Ints:
    """Return for each account the number of its group, or -1."""
    count = case.accounts
    groups, free, placed, number = np.full(count, -1), draw.permutation(count), 0, 0
    while placed < (case.campaign or count * HIDDEN_SHARE):
        size = case.campaign or int(np.exp(draw.uniform(*np.log(case.sizes))))
        groups[free[placed : placed + size]] = number
        placed, number = placed + size, number + 1
    return groups


def hidden(case: Case, groups: Ints, draw: np.random.Generator, first_value: int) -> dict[str, tuple[Ints, Ints]]:
    """Draw what the groups show besides: each of its traits is shown by four accounts of five, from a pool."""
    rows: dict[str, list[tuple[Ints, Ints]]] = {trait: [(np.empty(0, np.int64),) * 2] for trait in TRAITS}
    order = np.argsort(groups, kind="stable")
    ends = np.searchsorted(groups[order], np.arange(groups.max() + 2))
    for begin, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        members = order[begin:end]
        for trait in draw.permutation(list(TRAITS))[: draw.integers(4, 6)]:
            showing = members[draw.random(len(members)) < 0.8]
            pool = max(1, len(members) // draw.integers(*case.for_each_value))
            rows[trait].append((showing, first_value + draw.integers(0, pool, len(showing))))
            first_value += pool
    return {
        trait: tuple(np.concatenate(column) for column in zip(*parts, strict=True)) for trait, parts in rows.items()
    }


def indexed(trait: str, count: int, owners: Ints, numbers: Ints) -> Incidence:
    """Return the incidence of one trait."""
    values, numbers = np.unique(numbers, return_inverse=True)
    keys = np.unique(owners * len(values) + numbers)
    shows = keys // len(values), keys % len(values)
    texts = pa.array(values).cast(pa.string())
    return index_shown(trait, TRAITS[trait], np.bincount(shows[0], minlength=count), shows, texts)


def made(case: Case) -> tuple[Shown, Ints]:
    """Return what the accounts show, and their groups."""
    draw, count = np.random.default_rng(5), case.accounts
    groups = planted_groups(case, draw)
    besides = hidden(case, groups, draw, 4 * count)
    incidences = []
    for trait in TRAITS:
        both = (strangers(count, draw), besides[trait])
        incidences.append(indexed(trait, count, *(np.concatenate(column) for column in zip(*both, strict=True))))
    ids = pa.array(np.char.zfill(np.arange(count).astype(str), 8))
    return Shown(ids, tuple(incidences), (), np.full(count, -1)), groups


def judged(groups: Ints, found: Ints) -> dict[str, float]:
    """Compare the groups found with those planted, over the accounts of either; strangers are groups of one."""
    alone = -1 - np.arange(len(groups))
    touched = (groups >= 0) | (found >= 0)
    truth, told = (np.where(one < 0, alone, one)[touched] for one in (groups, found))
    return {
        "ARI": float(adjusted_rand_score(truth, told)),
        "precision": float((groups[found >= 0] >= 0).mean()) if (found >= 0).any() else 0.0,
        "recall": float((found[groups >= 0] >= 0).mean()),
    }


def peak_mb() -> float:
    """Return the peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def measured(case: Case) -> dict[str, Any]:
    """Link, then gather, and return what it took and found."""
    shown, groups = made(case)
    gather_campaigns(made(Case(400))[0], Linking(), Gathering())  # compiles
    linking = Linking()
    before, cpu, times = peak_mb(), time.process_time(), [time.perf_counter()]
    listed = list_pairs(shown, linking, Gathering())
    times.append(time.perf_counter())
    linked = link_accounts(listed, np.ones(case.accounts, bool), trimmed_share=linking.trimmed_share)
    times.append(time.perf_counter())
    figures: dict[str, Any] = {
        "shown": int(sum(one.shown_count.sum() for one in shown.incidences)),
        "incidences": sum(len(one.account_values) for one in shown.incidences), "pairs": len(listed.pairs[0]),
        "listing": times[1] - times[0], "weighing": times[2] - times[1], "linking": times[2] - times[0],
        "linking CPU": time.process_time() - cpu, "before": before, "peak": peak_mb(),
        **judged(groups, linked.groups),
    }  # fmt: skip
    del listed, linked
    settlings, rounds = Gathering().most_settlings if case.settled else 0, list[int]()
    begun = time.perf_counter()
    found = gather_campaigns(shown, linking, Gathering(most_settlings=settlings), round_done=rounds.append)
    gathered = {"seconds": time.perf_counter() - begun, "rounds": len(rounds), **judged(groups, found.groups)}
    return {**figures, **{f"gathering {name}": value for name, value in gathered.items()}, "gathering peak": peak_mb()}


def _report(case: Case, pipe: Connection) -> None:
    pipe.send(measured(case))


def apart(case: Case) -> dict[str, Any]:
    """Measure in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_report, args=(case, theirs))
    process.start()
    theirs.close()
    figures: dict[str, Any] = ours.recv()
    process.join()
    return figures


def exponents(cases: list[Case], found: list[dict[str, Any]], size: Callable[[Case], int]) -> dict[str, float]:
    """Return by which power of the size time and memory grow, over all cases."""
    sizes = np.log([size(case) for case in cases])
    took = {"time": [one["linking"] for one in found], "memory": [one["peak"] - one["before"] for one in found]}
    return {name: float(np.polyfit(sizes, np.log(np.maximum(values, 1e-3)), 1)[0]) for name, values in took.items()}


def cases_of(sizes: list[int]) -> tuple[list[Case], list[Case]]:
    """Return the cases by accounts, and by the size of one campaign."""
    settled = 100_000  # beyond it the settling of members takes minutes
    by_accounts = [Case(count, settled=count <= settled) for count in sizes]
    if sizes[-1] >= 1_000_000:
        by_accounts.append(Case(sizes[-1], LARGE, MANY))
    return by_accounts, [Case(AMONG, SMALL, (size // 10, size // 10 + 1), size) for size in CAMPAIGNS]


def measured_cases(sizes: list[int]) -> dict[Case, dict[str, Any]]:
    """Measure all cases, and print the figures as they come."""
    by_accounts, by_campaign = cases_of(sizes)
    return {case: _told(case, apart(case)) for case in by_accounts + by_campaign}


def growth(found: dict[Case, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return by which power of the accounts, and of the size of a campaign, time and memory grow."""
    kinds = {
        "accounts": ([case for case in found if _is_plain(case)], lambda case: case.accounts),
        "accounts of a campaign": ([case for case in found if case.campaign], lambda case: case.campaign),
    }
    return {
        what: exponents(cases, [found[case] for case in cases], size)
        for what, (cases, size) in kinds.items()
        if len(cases) > 1
    }


def _is_plain(case: Case) -> bool:
    return not case.campaign and case == Case(case.accounts, settled=case.settled)


def _told(case: Case, figures: dict[str, Any]) -> dict[str, Any]:
    print(f"\n{case.name}", *(f"  {name}: {value:,.3f}" for name, value in figures.items()), sep="\n", flush=True)
    return figures


def main(sizes: list[int]) -> None:
    """Print the figures as they come, then the exponents."""
    for what, powers in growth(measured_cases(sizes)).items():
        print(f"exponents in {what}:", ", ".join(f"{name} {power:.2f}" for name, power in powers.items()))


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(SIZES))
