"""The tables of docs/versus.md on real coordinated accounts."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import TypeVar

from coordinated.definitions import coortweet_join, coortweet_pairs, qut_weights
from coordinated.lockstep import in_lockstep
from coordinated.posts import Shares, all_shares
from coordinated.qut import qut_told
from coordinated.transfers import METHODS, read_transfers, scored

WINDOWS_S, FEWEST_MESSAGES, FEWEST_TIMES = (10, 60, 600), 2, 2
HIDDEN_SHARE, SEEDS = 0.3, (1, 2, 3, 4, 5)
ALIKE = {True: "the same", False: "NOT the same"}
T = TypeVar("T")


def posts_lines(folder: Path, qut: Path | None) -> Iterator[str]:
    """Yield a row for each table and window: pairs, whether they are the same, and seconds."""
    columns = ("shares", "window", "pairs by CooRTweet", "ours", "ordered pairs by QUT", "ours", "ours, ms", "QUT, ms")
    columns += ("times", "times with loading")
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for shares in all_shares(folder):
        in_lockstep(shares.table, WINDOWS_S[0])  # loads the compiled kernel
        for window_s in WINDOWS_S:
            yield _posts_line(shares, window_s, qut)


def _posts_line(shares: Shares, window_s: int, qut: Path | None) -> str:
    def coortweet() -> bool:
        found = in_lockstep(shares.table, window_s, FEWEST_MESSAGES)
        return all(
            coortweet_pairs(found, FEWEST_MESSAGES, times)
            == coortweet_join(shares.table, window_s, FEWEST_MESSAGES, times)
            for times in (1, FEWEST_TIMES)
        )

    pairs = coortweet_pairs(in_lockstep(shares.table, window_s, FEWEST_MESSAGES), FEWEST_MESSAGES)
    said = [f"{shares.name} ({len(shares.table):,})", f"{window_s} s", f"{len(pairs):,}", ALIKE[coortweet()]]
    if qut is None:
        return f"| {' | '.join([*said, *['-'] * 6])} |"
    network = "co_retweet" if "retweets" in shares.name else "co_link"
    runs = [qut_told(qut, shares.table, network, window_s, FEWEST_MESSAGES) for _ in range(3)]
    theirs, computing_s = runs[0].weights, min(one.computing_s for one in runs)
    found, ours_s = _quickest(lambda: in_lockstep(shares.table, window_s), 7)
    both_s = min(one.computing_s + one.loading_s for one in runs)
    said += [f"{len(theirs):,}", ALIKE[qut_weights(found, FEWEST_MESSAGES) == theirs]]
    said += [f"{1e3 * ours_s:.0f}", f"{1e3 * computing_s:.0f}"]
    return f"| {' | '.join([*said, f'{computing_s / ours_s:.0f}', f'{both_s / ours_s:.0f}'])} |"


def transfers_lines(folder: Path) -> Iterator[str]:
    """Yield a row for each method: means over the seeds, and the range of the adjusted Rand index."""
    transfers, truth = read_transfers(folder)
    seen = [transfers.hidden(HIDDEN_SHARE, seed) for seed in SEEDS]
    for place, (method, grouped) in enumerate(METHODS.items()):
        scores = [scored(grouped(one), truth) for one in seen]
        if not place:
            columns = list(scores[0])
            yield f"| method | {columns[0]} | range | {' | '.join(columns[1:])} |"
            yield f"|---|{'---|' * (len(columns) + 1)}"
        indices = [one["ARI"] for one in scores]
        told = [f"{mean(indices):.3f}", f"{min(indices):.3f}-{max(indices):.3f}"]
        told += [f"{mean(one[name] for one in scores):.{1 if 'per' in name else 3}f}" for name in columns[1:]]
        yield f"| {f'**{method}**' if not place else method} | {' | '.join(told)} |"


def _quickest(work: Callable[[], T], times: int) -> tuple[T, float]:
    """Return what comes of it, and the shortest of so many times, in seconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        done = work()
        took.append(time.perf_counter() - began)
    return done, min(took)
