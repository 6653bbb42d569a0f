"""Stillwatch against other methods on the same worlds, in one run: the tables of docs/versus.md.

usage: python benchmarks/versus.py [WORLD...] [--stories hydra,relay] [--seed 1] [--into-page]
                                   [--part all|worlds|coordinated] [--qut-python PYTHON]

Worlds stand in ../shared/worlds (all of them unless named); stories ship with the package and are made here. Real
coordinated accounts stand in ../shared/data/coordinated; QUT's toolkit is asked where an interpreter that has it is
named. What the others are and which advantages they are given is told in docs/versus.md; --into-page puts the tables
there.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from coordinated.tables import posts_lines, transfers_lines
from rivals.components import shared_value_groups
from rivals.fraudar import dense_blocks
from rivals.louvain import communities, tied_accounts
from rivals.outliers import ecod_accounts, isolated_accounts, largest_accounts
from rivals.prada import prada_accounts
from rivals.values import SHARED, Groups

from stillwatch.operator_lists import read_releases
from stillwatch.scanning import scan
from stillwatch.settings import Settings
from stillwatch.worlds import Making, find_story, make, shipped_stories
from stillwatch.worlds.score import Score, score
from stillwatch.worlds.truth import Truth, open_truth

ROOT = Path(__file__).parents[1]
WORLDS, PAGE = ROOT.parent / "shared" / "worlds", ROOT / "docs" / "versus.md"
STORIES = "patient,ghost,regrowth,adaptive"
OURS = "stillwatch"
COORDINATED = ROOT.parent / "shared" / "data" / "coordinated"
MARKS = {
    "worlds": ("<!-- tables: python benchmarks/versus.py --into-page -->", "<!-- end of tables -->"),
    "posts": ("<!-- posts: python benchmarks/versus.py --into-page --qut-python PYTHON -->", "<!-- end of posts -->"),
    "transfers": ("<!-- transfers: python benchmarks/versus.py --into-page -->", "<!-- end of transfers -->"),
}
# Flagged where nobody attacks, by methods that flag as many as they are told to.
UNASKED_SHARE = 0.01
MOST_BLOCKS = 10
WEAKEST_TIES = (0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 1.0)


@dataclass(frozen=True)
class Case:
    """A world: its exchanges, the truth, and what of the truth the others are told."""

    name: str
    folder: Path
    exchanges: pl.DataFrame
    truth: Truth

    @property
    def honest(self) -> frozenset[str]:
        """The accounts of no campaign."""
        return frozenset(one.account_id for one in self.truth.accounts if one.campaign is None)

    @property
    def guilty_count(self) -> int:
        """How many accounts the campaigns have."""
        return len(self.truth.accounts) - len(self.honest)

    @property
    def flagged_count(self) -> int:
        """How many accounts outlier detectors are told to flag."""
        return self.guilty_count or round(UNASKED_SHARE * len(self.truth.accounts))


@dataclass(frozen=True)
class Row:
    """One method on one world; `tells_campaigns` is False where it only flags accounts."""

    method: str
    scored: Score
    seconds: float
    tells_campaigns: bool = True

    def figures(self) -> dict[str, tuple[str, float]]:
        """Return each column as it is shown, and as a number of which more is better."""
        rates, told = self.scored.accounts.rates, {}
        if self.scored.campaigns:
            told["precision"] = (f"{rates.precision:.3f}", rates.precision)
            told["recall"] = (f"{rates.recall:.3f}", rates.recall)
            told["B-cubed F1"] = (f"{self.scored.bcubed.f1:.3f}", self.scored.bcubed.f1)
        flagged, false = self.scored.honest_flagged_per_10k, len(self.scored.false_campaigns)
        told["honest flagged per 10,000"] = (f"{flagged:.1f}", -flagged)
        if self.tells_campaigns:
            told["false campaigns"] = (str(false), -false)
        told["CPU seconds"] = (f"{self.seconds:.1f}", -self.seconds)
        return told


def scored_groups(groups: Mapping[str, int], truth: Truth) -> Score:
    """Score groups as findings of stillwatch are scored."""
    with tempfile.TemporaryDirectory() as folder:
        said = {"campaign_id": [f"g{group:06}" for group in groups.values()], "account_id": list(groups)}
        schema = pa.schema([("campaign_id", pa.string()), ("account_id", pa.string())])
        pq.write_table(pa.table(said, schema), Path(folder) / "accounts.parquet")
        return score(truth, Path(folder))


def by_scan(case: Case) -> Score:
    """Scan with the settings that ship."""
    logs, released = case.folder / "exchanges.parquet", case.folder / "releases.json"
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "findings"
        releases = read_releases(released) if released.exists() else ()
        scan([str(logs)], into=into, settings=Settings(), releases=releases, threads=2)
        (into / "exchanges.parquet").unlink(missing_ok=True)  # only accounts are compared
        return score(case.truth, into)


def best_told(options: list[Groups], case: Case, unasked: int) -> Groups:
    """Return the groups with the best account F1; where nobody attacks the option that is set for it."""
    if not options:
        return {}
    if not case.guilty_count:
        return options[min(unasked, len(options) - 1)]
    return max(options, key=lambda groups: scored_groups(groups, case.truth).accounts.rates.f1)


def louvain_told(case: Case) -> Groups:
    accounts, ties = tied_accounts(case.exchanges)
    options = [communities(accounts, ties, weakest) for weakest in WEAKEST_TIES]
    return best_told(options, case, WEAKEST_TIES.index(0.2))


def fraudar_told(case: Case) -> Groups:
    blocks = dense_blocks(case.exchanges, MOST_BLOCKS)
    options: list[Groups] = []
    for block in blocks:
        options.append({**(options[-1] if options else {}), **block})
    return best_told(options, case, 0)


RIVALS: dict[str, tuple[Callable[[Case], Groups], bool]] = {
    "shared card": (lambda case: shared_value_groups(case.exchanges, ("payment_hash",)), True),
    "shared card or address": (lambda case: shared_value_groups(case.exchanges), True),
    "components": (lambda case: shared_value_groups(case.exchanges, SHARED), True),
    "Louvain": (lambda case: communities(*tied_accounts(case.exchanges)), True),
    "Louvain, cut by the truth": (louvain_told, True),
    "FRAUDAR, blocks by the truth": (fraudar_told, True),
    "IsolationForest, count by the truth": (lambda case: isolated_accounts(case.exchanges, case.flagged_count), False),
    "ECOD, count by the truth": (lambda case: ecod_accounts(case.exchanges, case.flagged_count), False),
    "volume, count by the truth": (lambda case: largest_accounts(case.exchanges, case.flagged_count), False),
    "PRADA by account, threshold and side by the truth": (
        lambda case: best_told(list(prada_accounts(case.exchanges, case.honest)), case, 0),
        False,
    ),
}


def rows(case: Case) -> Iterator[Row]:
    began = time.process_time()
    ours = by_scan(case)
    yield Row(OURS, ours, time.process_time() - began)
    for method, (grouped, tells) in RIVALS.items():
        began = time.process_time()
        groups = grouped(case)
        seconds = time.process_time() - began
        yield Row(method, scored_groups(groups, case.truth), seconds, tells)


def better(ours: Row, others: list[Row]) -> Iterator[str]:
    """Say for each column which other methods are better as shown."""
    for column, (shown, value) in ours.figures().items():
        told = [(row.method, *row.figures()[column]) for row in others if column in row.figures()]
        told.sort(key=lambda one: -one[2])
        ahead = [f"{method} {theirs}" for method, theirs, number in told if theirs != shown and number > value]
        if ahead:
            named = ", ".join(ahead) if len(ahead) < len(told) else f"all others, {ahead[0]} first"
            yield f"{column} ({shown}): {named}"


def table(case: Case) -> Iterator[str]:
    """Yield the lines of a world's table, and which methods do better than stillwatch."""
    told = list(rows(case))
    columns = list(told[0].figures())
    guilty = f"{case.guilty_count:,} of campaigns" if case.guilty_count else "nobody attacks"
    yield f"### {case.name}"
    yield ""
    yield f"{len(case.exchanges):,} exchanges, {len(case.truth.accounts):,} accounts, {guilty}."
    yield ""
    yield f"| method | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for row in told:
        figures = row.figures()
        name = f"**{row.method}**" if row.method == OURS else row.method
        yield f"| {name} | {' | '.join(figures[column][0] if column in figures else '-' for column in columns)} |"
    yield ""
    ahead = list(better(told[0], told[1:]))
    yield (
        "Better than stillwatch here (its figure in brackets), best first:"
        if ahead
        else "No other method is better in any column."
    )
    if ahead:
        yield ""
        yield from (f"- {line}" for line in ahead)
    yield ""


def opened(name: str, folder: Path) -> Case:
    return Case(name, folder, pl.read_parquet(folder / "exchanges.parquet"), open_truth(folder))


def cases(asked: argparse.Namespace, folder: Path) -> Iterator[Case]:
    """Yield the shared worlds, where they are here, then stories made for this."""
    if not WORLDS.is_dir():
        print("the shared worlds are not here (../shared/worlds): only stories are compared", file=sys.stderr)
    present = sorted(one.name for one in WORLDS.iterdir()) if WORLDS.is_dir() else []
    for name in asked.worlds or present:
        if name in present:
            yield opened(name, WORLDS / name)
        else:
            print(f"skipped: no world {name} in ../shared/worlds", file=sys.stderr)
    for name in filter(None, asked.stories.split(",")):
        if name not in shipped_stories():
            sys.exit(f"no story {name}; there are {', '.join(sorted(shipped_stories()))}")
        make(Making(find_story(name), seed=asked.seed), folder / name)
        yield opened(f"{name} (own story, seed {asked.seed})", folder / name)


def warm(folder: Path) -> None:
    """Scan a small world once, so that no compiling of kernels is in the seconds."""
    make(Making(find_story("one_office")), folder / "warm")
    scan([str(folder / "warm" / "exchanges.parquet")], into=folder / "findings", settings=Settings(), threads=2)


def world_lines(asked: argparse.Namespace) -> Iterator[str]:
    """Yield the tables of all worlds that are asked for."""
    with tempfile.TemporaryDirectory() as folder:
        warm(Path(folder))
        for case in cases(asked, Path(folder)):
            yield from table(case)


def parts(asked: argparse.Namespace) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the parts of the page that are asked for, with their lines."""
    if asked.part != "coordinated":
        yield "worlds", world_lines(asked)
    if asked.part != "worlds" and COORDINATED.is_dir():
        yield "posts", posts_lines(COORDINATED, asked.qut_python)
        yield "transfers", transfers_lines(COORDINATED)
    elif asked.part != "worlds":
        print("no real accounts are here (../shared/data/coordinated): they are not compared", file=sys.stderr)


def put(part: str, lines: list[str]) -> None:
    """Put the lines of a part into the page, in place of those there."""
    page, (begins, ends) = PAGE.read_text(encoding="utf-8"), MARKS[part]
    before, after = page.split(begins)[0], page.split(ends)[1]
    PAGE.write_text("\n".join([before + begins, "", *lines, *([""] if lines[-1] else []), ends]) + after, "utf-8")


def main() -> None:
    """Print a table for each world and for the real accounts, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", metavar="WORLD")
    parser.add_argument("--stories", default=STORIES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=("all", "worlds", "coordinated"), default="all")
    parser.add_argument("--qut-python", type=Path, metavar="PYTHON")
    parser.add_argument("--into-page", action="store_true")
    asked = parser.parse_args()
    for part, told in parts(asked):
        lines: list[str] = []
        for line in told:
            lines.append(line)
            print(line, flush=True)
        if asked.into_page:
            put(part, lines)


if __name__ == "__main__":
    main()
