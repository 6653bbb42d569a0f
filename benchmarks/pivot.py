"""How soon after a release a campaign's pivot is told, and how often an honest one is: the tables of docs/pivot.md.

usage: python benchmarks/pivot.py [--part all|campaigns|honest] [--seeds 1,2] [--releases 100] [--into-page]

Worlds are the stories `pivot` and `retreat`, with the hours that the campaign takes changed, cut some hours after the
release and scanned; and the public of `pivot` alone, once for each honest release, scanned a day after it.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from stillwatch.engine import open_engine
from stillwatch.findings.pivot import Turned, weigh_turn
from stillwatch.findings.settings import Judging
from stillwatch.findings.statement import Finding
from stillwatch.findings.turns import Turns, read_turns
from stillwatch.operator_lists import read_releases
from stillwatch.scanning import scan
from stillwatch.settings import Settings
from stillwatch.worlds import Making, find_story, make
from stillwatch.worlds.story import Story

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "pivot.md"
MARKS = {
    part: (f"<!-- {part}: python benchmarks/pivot.py --part {part} --into-page -->", f"<!-- end of {part} -->")
    for part in ("campaigns", "honest")
}
HOURS = (1, 2, 3, 4, 6, 12, 24)
HONEST_HOURS = (6, 24)
# so that 30 % of the traffic of the day after the release asks the new model; measured, and said in the table
MOVING_SHARE, PACE_DAYS = 0.75, 1.0
DRAWN, DRAWN_SIZES = 10, (5, 10, 20, 40)
FEWEST_SHARING = 5


@dataclass(frozen=True)
class World:
    """The exchanges of a world, who is guilty, and when the campaign began to turn."""

    exchanges: pl.DataFrame
    guilty: frozenset[str]
    releases: Path
    at: datetime
    back: bool = False

    def until(self, hours: float) -> pl.DataFrame:
        """Return what is logged so many hours after the beginning."""
        return self.exchanges.filter(pl.col("asked_at") < self.at + timedelta(hours=hours))


def pivoting(hours: float | None = None, *, times: int = 1) -> Story:
    """Return the story `pivot` with a campaign that takes so many hours, and asks so many times as much."""
    story = find_story("pivot")
    [campaign] = story.campaigns
    pace = campaign.pace if hours is None else replace(campaign.pace, pivot_h=hours)
    return replace(story, campaigns=(replace(campaign, pace=pace, exchanges=times * campaign.exchanges),))


def honest_release() -> Story:
    """Return the public of `pivot` alone, which moves faster."""
    story = find_story("pivot")
    moving = replace(story.calendar, moving_share=MOVING_SHARE, pace_days=PACE_DAYS)
    return replace(story, campaigns=(), calendar=moving)


CASES: dict[str, Callable[[], Story]] = {
    "`pivot`: all turn within 20 h, as told": pivoting,
    "within 6 h": lambda: pivoting(6.0),
    "within 1 h": lambda: pivoting(1.0),
    "within 6 h, four times the requests": lambda: pivoting(6.0, times=4),
    "within 1 h, four times the requests": lambda: pivoting(1.0, times=4),
    "`retreat`: back within 12 h, as told": lambda: find_story("retreat"),
}


def made(story: Story, seed: int, folder: Path) -> World:
    """Make a world; the beginning is the release, or the day of the retreat."""
    logs = make(Making(story, seed=seed), folder).logs
    truth = pl.read_parquet(folder / "truth_accounts.parquet").filter(pl.col("campaign").is_not_null())
    back = [one.pace.retreat_day for one in story.campaigns if one.pace.retreat_day is not None]
    first = datetime.combine(story.calendar.first, datetime.min.time(), UTC)
    at = first + timedelta(days=back[0]) if back else story.calendar.releases[-1].at
    exchanges = pl.concat([pl.read_parquet(one) for one in logs])
    return World(exchanges, frozenset(truth["account_id"]), folder / "releases.json", at, bool(back))


def findings_of(world: World, hours: float, folder: Path) -> tuple[Finding, ...]:
    """Scan what is logged so many hours after the beginning."""
    logged = folder / f"until_{hours:g}.parquet"
    world.until(hours).write_parquet(logged)
    releases = read_releases(world.releases)
    return scan(
        [str(logged)], into=folder / "findings", settings=Settings(), releases=releases, threads=2
    ).findings  # fmt: skip


def turns_of(world: World, hours: float) -> tuple[np.ndarray, Turns]:
    """Return the accounts and their turns, as a scan would read them from the same exchanges."""
    logged = world.until(hours).with_columns(asked=pl.col("asked_at").dt.replace_time_zone(None))
    cards = logged.select("account_id", value="payment_hash").drop_nulls().unique()
    released = [(one["model"], datetime.fromisoformat(one["time"])) for one in json.loads(world.releases.read_text())]
    accounts = logged["account_id"].unique().sort()
    with open_engine(memory_bytes=1 << 30, threads=2, folder=None) as engine:
        engine.name("marked", logged.to_arrow())
        engine.name("traits", cards.with_columns(trait=pl.lit("payment card")).to_arrow())
        times = pa.array([at.astimezone(UTC).replace(tzinfo=None) for _, at in released], pa.timestamp("us"))
        engine.name("releases", pa.table({"model": [model for model, _ in released], "released": times}))
        return accounts.to_numpy(), read_turns(engine, pa.array(accounts.to_list()))


def strongest(turns: Turns, members: np.ndarray, *, back: bool) -> Turned | None:
    """Weigh a group against everybody else; return its most surprising turn of one kind."""
    honest = np.ones(len(turns.payers), bool)
    honest[members] = False
    weighed = [weigh_turn(one, members, honest, turns.payers, Judging()) for one in turns.turns if one.back is back]
    return min((one for one in weighed if one is not None), key=lambda one: one.probability, default=None)


def told_after(world: World, hours: float, folder: Path) -> tuple[bool, bool, str, float]:
    """Say whether the campaign and its pivot are found; how many of its accounts turned, for how many; their bits."""
    findings = findings_of(world, hours, folder)
    ours = [one for one in findings if len(world.guilty & {m.account_id for m in one.members}) * 2 > len(one.members)]
    pivots = [one for finding in ours for one in finding.pivots if one.back is world.back]
    accounts, turns = turns_of(world, hours)
    turned = strongest(turns, np.flatnonzero(np.isin(accounts, list(world.guilty))), back=world.back)
    if turned is None:
        return bool(ours), bool(pivots), "-", 0.0
    counts = f"{turned.moved_count}/{turned.judged_count} for {turned.expected_count:.1f}"
    return bool(ours), bool(pivots), counts, turned.bits


def campaign_lines(seeds: Sequence[int]) -> Iterator[str]:
    """Yield, for each case, what is told by each hour."""
    yield f"| campaign | | {' | '.join(f'{hours} h' for hours in HOURS)} |"
    yield f"|---|---|{'---|' * len(HOURS)}"
    for name, story in CASES.items():
        told: dict[int, list[tuple[bool, bool, str, float]]] = {hours: [] for hours in HOURS}
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                world = made(story(), seed, Path(folder) / "world")
                for hours in HOURS:
                    told[hours].append(told_after(world, hours, Path(folder)))
        rows = {
            "campaign found, of its worlds": lambda one: f"{sum(row[0] for row in one)}/{len(one)}",
            "pivot told, of its worlds": lambda one: f"{sum(row[1] for row in one)}/{len(one)}",
            f"turned, for expected (seed {seeds[0]})": lambda one: one[0][2],
            "bits, the campaign's accounts known": lambda one: ", ".join(f"{row[3]:.1f}" for row in one),
        }
        for place, (what, said) in enumerate(rows.items()):
            yield f"| {name if not place else ''} | {what} | {' | '.join(said(told[hours]) for hours in HOURS)} |"


def honest_groups(logged: pl.DataFrame, accounts: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Yield the accounts that share a card or an address, and some drawn at random."""
    for column in ("payment_hash", "ip"):
        shared = logged.select("account_id", column).drop_nulls().unique().group_by(column).agg("account_id")
        for members in shared.filter(pl.col("account_id").list.len() >= FEWEST_SHARING).sort(column)["account_id"]:
            yield np.flatnonzero(np.isin(accounts, members.to_list()))
    draw = np.random.default_rng(seed)
    for size in DRAWN_SIZES:
        for _ in range(DRAWN):
            yield draw.choice(len(accounts), size, replace=False)


def honest_lines(releases: int) -> Iterator[str]:
    """Yield what is told of honest releases, by scans and by weighing every honest group as if it were a candidate."""
    shares: list[float] = []
    findings: list[Finding] = []
    bits: dict[int, list[float]] = {hours: [] for hours in HONEST_HOURS}
    for seed in range(1, releases + 1):
        with tempfile.TemporaryDirectory() as folder:
            world = made(honest_release(), seed, Path(folder) / "world")
            day = world.until(24).filter(pl.col("asked_at") >= world.at)
            shares.append(float((day["model"] == read_releases(world.releases)[-1].model).mean()))
            findings += findings_of(world, 24, Path(folder))
            for hours in HONEST_HOURS:
                accounts, turns = turns_of(world, hours)
                for members in honest_groups(world.until(hours), accounts, seed):
                    weighed = (strongest(turns, members, back=back) for back in (False, True))
                    bits[hours].append(max(0.0 if one is None else one.bits for one in weighed))
    pivots = sum(len(one.pivots) for one in findings)
    yield (
        f"{releases} releases; in the day after, {np.mean(shares):.1%} of the traffic asks the new model on average "
        f"({min(shares):.1%} to {max(shares):.1%}). Scanned a day after: {len(findings)} campaigns stated, "
        f"{pivots} pivots told."
    )
    yield ""
    bar = -np.log2(Judging().false_discovery_rate)
    yield "| hours after the release | honest groups weighed | over 3 bits | over the bar | greatest bits, bar |"
    yield "|---|---|---|---|---|"
    for hours, some in bits.items():
        over = [sum(one >= level for one in some) for level in (3, bar)]
        yield f"| {hours} | {len(some):,} | {over[0]} | {over[1]} | {max(some):.1f}, {bar:.1f} |"


def main() -> None:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("all", *MARKS), default="all")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--releases", type=int, default=100)
    parser.add_argument("--into-page", action="store_true")
    asked = parser.parse_args()
    seeds = [int(one) for one in asked.seeds.split(",")]
    for part, told in (("campaigns", campaign_lines(seeds)), ("honest", honest_lines(asked.releases))):
        if asked.part not in ("all", part):
            continue
        lines: list[str] = []
        for line in told:
            lines.append(line)
            print(line, flush=True)
        if asked.into_page:
            put(part, lines)


def put(part: str, lines: list[str]) -> None:
    """Put the lines of a part into the page, in place of those there."""
    page, (begins, ends) = PAGE.read_text(encoding="utf-8"), MARKS[part]
    before, after = page.split(begins)[0], page.split(ends)[1]
    PAGE.write_text("\n".join([before + begins, "", *lines, "", ends]) + after, encoding="utf-8")


if __name__ == "__main__":
    main()
