"""A scan with a state: whether it finds what a scan of everything at once finds, and what a new day costs.

    python benchmarks/state.py agree [STORY ...] [--scale 1]
    python benchmarks/state.py day [--story february] [--scale 0.02] [--days 31]

`agree` makes each story, scans it at once without a state and day by day with one, and counts what differs. `day` makes
a world, puts all days but the last into a state, and adds the last: seconds of each stage and processor seconds, and
the bytes for each exchange that the state keeps. `february` at scale 1 has some 27 million exchanges in 14 days.
"""

import argparse
import os
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from stages import Stages

from stillwatch.findings.statement import Release
from stillwatch.kernels import prepare_kernels
from stillwatch.operator_lists import read_releases
from stillwatch.progress import SILENT
from stillwatch.scanning import Scan, scan
from stillwatch.settings import Settings
from stillwatch.worlds import Making, find_story, make

STORIES = ("hydra", "patient", "ghost", "pivot", "relay", "peace")


def scanned(logs: list[Path], into: Path, releases: tuple[Release, ...], state: Path | None, stages: Stages) -> Scan:
    """Scan logs with the settings that come with the package."""
    given = [str(one) for one in logs]
    return scan(given, into=into, settings=Settings(), releases=releases, state=state, progress=stages)


def exchanges_of(folder: Path) -> set[str]:
    """Return the exchanges told to be extraction."""
    return set(pq.read_table(folder / "exchanges.parquet")["exchange_id"].to_pylist())


def agree(stories: list[str], scale: float) -> None:
    """Print a line for each story: what both scans tell, and what only one of them tells."""
    print("| story | exchanges | campaigns at once / by days | their accounts: both / only at once / only by days "
          "| extraction: both / only at once / only by days |")  # fmt: skip
    print("|---|---|---|---|---|")
    for name in stories:
        with tempfile.TemporaryDirectory() as folder:
            world, plain, days = (Path(folder) / one for one in ("world", "plain", "days"))
            made = make(Making(find_story(name), scale=scale), world, by_day=True)
            logs, releases = (
                sorted((world / "exchanges").glob("*.parquet")),
                tuple(read_releases(world / "releases.json")),
            )
            whole = scanned(logs, plain, releases, None, Stages())
            for log in logs:
                parts = scanned([log], days, releases, Path(folder) / "state", Stages())
            accounts = [
                {one.account_id for finding in told.findings for one in finding.members} for told in (whole, parts)
            ]
            taken = [exchanges_of(plain), exchanges_of(days)]
        counts = [f"{len(a & b):,} / {len(a - b):,} / {len(b - a):,}" for a, b in (accounts, taken)]
        print(f"| {name} | {made.exchanges_count:,} | {len(whole.findings)} / {len(parts.findings)} "
              f"| {counts[0]} | {counts[1]} |", flush=True)  # fmt: skip


def day(story: str, scale: float, days: int) -> None:
    """Print what the last day costs, stage by stage, against the scan of all days at once."""
    with tempfile.TemporaryDirectory() as folder:
        world, state = Path(folder) / "world", Path(folder) / "state"
        make(Making(find_story(story), scale=scale, days=days), world, by_day=True)
        logs, releases = sorted((world / "exchanges").glob("*.parquet")), tuple(read_releases(world / "releases.json"))
        history = scanned(logs[:-1], Path(folder) / "before", releases, state, Stages()).summary
        added, whole = Stages(), Stages()
        rows = scanned(logs[-1:], Path(folder) / "added", releases, state, added).summary.exchanges_count
        kept = Counter[str]()
        for path in (state / "parts").rglob("*.*"):
            kept[path.name] += path.stat().st_size
        scanned(logs, Path(folder) / "whole", releases, None, whole)
    print(f"{rows - history.exchanges_count:,} exchanges added to {history.exchanges_count:,} of {len(logs) - 1} days, "
          f"{os.cpu_count()} cores\n\n| stage | s | CPU s |\n|---|---|---|")  # fmt: skip
    for name in added.seconds:
        print(f"| {name} | {added.seconds[name]:.1f} | {added.processor[name]:.1f} |")
    for told, stages in (("the new day, in all", added), ("all days at once", whole)):
        print(f"| {told} | {stages.seconds.total():.1f} | {stages.processor.total():.1f} |")
    print("\n| kept | bytes for each exchange |\n|---|---|")
    for name, size in kept.most_common():
        print(f"| `{name}` | {size / rows:.1f} |")
    print(f"| all | {kept.total() / rows:.1f} |")


def main() -> None:
    """Read what is asked for, and measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked = parser.add_subparsers(dest="what", required=True)
    one = asked.add_parser("agree")
    one.add_argument("stories", nargs="*", default=STORIES)
    one.add_argument("--scale", type=float, default=1.0)
    one = asked.add_parser("day")
    one.add_argument("--story", default="february")
    one.add_argument("--scale", type=float, default=0.02)
    one.add_argument("--days", type=int, default=31)
    given = parser.parse_args()
    prepare_kernels(SILENT)
    if given.what == "agree":
        agree(list(given.stories), given.scale)
    else:
        day(given.story, given.scale, given.days)


if __name__ == "__main__":
    main()
