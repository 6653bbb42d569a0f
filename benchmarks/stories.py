"""Makes each shipped story of `stillwatch.worlds`, scans it, and scores what was found against its truth.

usage: python benchmarks/stories.py [--seeds 1,2] [STORY...]

Honest stories have no campaign: whatever is found in them is false.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from stillwatch.findings.statement import Release
from stillwatch.scan import scan
from stillwatch.settings import Settings
from stillwatch.worlds import STORIES, World, make_world, write_world


def rehearse(story: str, seed: int) -> str:
    """Scan one world; return its line of the table."""
    world = make_world(story, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        write_world(world, Path(folder) / "world")
        found = scan(
            [str(Path(folder) / "world" / "exchanges.parquet")], into=Path(folder) / "findings", settings=Settings(),
            releases=tuple(Release(one.model, one.at) for one in world.releases), now=datetime.now(UTC),
        )  # fmt: skip
    said = {member.account_id for finding in found.findings for member in finding.members}
    guilty = _guilty(world)
    false = sum(not guilty & {member.account_id for member in finding.members} for finding in found.findings)
    honest = world.truth_accounts.num_rows - len(guilty)
    precision = f"{len(said & guilty) / len(said):.3f}" if said else "-"
    recall = f"{len(said & guilty) / len(guilty):.3f}" if guilty else "-"
    return (f"| {story} | {seed} | {world.exchanges.num_rows:,} | {precision} | {recall} | {false} "
            f"| {1e4 * len(said - guilty) / honest:.1f} |")  # fmt: skip


def _guilty(world: World) -> set[str]:
    rows = world.truth_accounts.to_pylist()
    return {row["account_id"] for row in rows if row["campaign"] is not None}


def main() -> None:
    """Print one line for each story and seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("stories", nargs="*")
    asked = parser.parse_args()
    print("| story | seed | exchanges | precision | recall | false campaigns | honest flagged per 10,000 |")
    print("|---|---|---|---|---|---|---|")
    for story in asked.stories or sorted(STORIES):
        for seed in asked.seeds.split(","):
            print(rehearse(story, int(seed)), flush=True)


if __name__ == "__main__":
    main()
