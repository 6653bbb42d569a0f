"""Spreads one campaign over ever more accounts and cover, and scores what is found: docs/dilution.md and its picture.

usage: python benchmarks/dilution.py [--seeds 1,2] [--large]

Each world is made, scanned with the default settings and scored in this process: two seeds take some ten minutes on two
cores. `--large` adds 10,000 accounts among 30,000 honest ones, which takes minutes a world, and the same with ten times
the work. What the page says by hand, from `## Where it falls short` on, is kept: read it again when the figures have
changed.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

import polars as pl
from markupsafe import Markup
from story_pictures.canvas import CAMPAIGNS, EDGE, INK, PAPER, RULE, dot_path, heading, label, lettered, line_path

from stillwatch.findings.charts.svg import captioned, element
from stillwatch.findings.numerals import count
from stillwatch.kernels import prepare_kernels
from stillwatch.operator_lists import read_releases
from stillwatch.progress import SILENT
from stillwatch.scanning import scan
from stillwatch.settings import Settings
from stillwatch.worlds import Making, Story, find_story, make
from stillwatch.worlds.score import Score, score
from stillwatch.worlds.truth import open_truth

DOCS = Path(__file__).parent.parent / "docs"
WORK, MORE_WORK = 6_000, 60_000  # extraction exchanges
SPREADS, LARGE = (1, 10, 100, 1_000), 10_000
COVERS = (0.0, 0.5, 0.9)
FEWEST_HONEST, HONEST_EACH = 3_000, 3
FLAT_FROM, FLAT_POINTS = 10, 0.05
JUDGED = Settings().judging.fewest_exchanges
BY_HAND = "## Where it falls short"

TABLE = f"""\
| extraction exchanges | accounts | of them asked | cover | exchanges each | with {JUDGED} or more | account recall \
| account precision | honest flagged per 10,000 | exchange precision / recall |
|---|---|---|---|---|---|---|---|---|---|
"""

OPENING = """\
# Dilution

Whoever runs a campaign and fears to be found spreads the same work over more accounts, and other people's requests
over the work. This page measures what that buys: one campaign of {works} extraction exchanges in 14 days, over ever
more accounts and with ever more cover. It is written by

```console
$ python benchmarks/dilution.py --seeds {seeds}
```

The campaign has the knobs of the story `hydra`, but for two: its pools of addresses, cards, mail domains and client
builds grow with the accounts (some eight accounts to a card, but two of each thing at the least), and none of its
accounts is closed, so that it has as many as the table says. Cover comes on top: at 90%, nine in ten exchanges of its
accounts are unrelated people's. It works among some {honest} honest accounts of the kinds of `february` ({each} times
the campaign's where that is more). Settings are the defaults; counts of {worlds} are added up.

{table}
"Exchanges each" is the mean of the accounts that asked anything, cover included; recall is over these. "–": nothing was
said. The honest accounts of a seed are the same in each row, so the rows are not so many independent tests of false
alarms.

![Recall of accounts against the number of accounts, one line for each share of cover](dilution.svg)

## What it shows

{shown}
"""


class Cell(NamedTuple):
    """A row of the table, in the order of its columns; the last four as they are written."""

    work: int
    accounts: int
    asked: str
    cover: float
    each: float
    judged: str
    recall: float
    precision: str
    honest: str
    exchanges: str

    @property
    def line(self) -> str:
        """The row as Markdown."""
        cover = f"{self.cover:.0%}"
        return (
            f"| {count(self.work)} | {count(self.accounts)} | {self.asked} | {cover} | {self.each:,.1f} "
            f"| {self.judged} | {self.recall:.3f} | {self.precision} | {self.honest} | {self.exchanges} |\n"
        )


@dataclass(frozen=True)
class Outcome:
    """A world that was scanned: its score, and how many exchanges each account of the campaign asked."""

    score: Score
    asked: tuple[int, ...]


def spread(work: int, accounts: int, cover: float) -> Story:
    """Return the story in which so many accounts share the work."""
    hydra, february = find_story("hydra").campaigns[0], find_story("february")
    campaign = replace(
        hydra, accounts=accounts, exchanges=work, fewest_accounts=accounts,
        hiding=replace(hydra.hiding.resized(accounts / hydra.accounts), closed_daily_share=0.0),
        cover=replace(hydra.cover, share=cover),
    )  # fmt: skip
    return replace(february, campaigns=(campaign,))


def outcome(work: int, accounts: int, cover: float, seed: int) -> Outcome:
    """Make a world, scan and score it."""
    honest = max(FEWEST_HONEST, HONEST_EACH * accounts)
    with tempfile.TemporaryDirectory(prefix="stillwatch-") as folder:
        world, findings = Path(folder) / "world", Path(folder) / "findings"
        made = make(Making(spread(work, accounts, cover), seed, scale=1.0, honest=honest), world)
        released = read_releases(world / "releases.json")
        scan([str(path) for path in made.logs], into=findings, settings=Settings(), releases=released)
        truth = pl.read_parquet(world / "truth_accounts.parquet").filter(pl.col("campaign").is_not_null())
        asked = pl.concat([pl.read_parquet(path, columns=["account_id"]) for path in made.logs])
        counts = asked.join(truth, on="account_id", how="semi")["account_id"].value_counts()["count"].to_list()
        return Outcome(score(open_truth(world), findings), tuple(counts))


def gathered(work: int, accounts: int, cover: float, outcomes: Sequence[Outcome]) -> Cell:
    """Add up the worlds of several seeds."""
    scores = [one.score for one in outcomes]
    tp, fp, fn = (sum(getattr(one.accounts, name) for one in scores) for name in ("tp", "fp", "fn"))
    named = [one.exchanges for one in scores if one.exchanges is not None]
    right, wrong, missed = (sum(getattr(one, name) for one in named) for name in ("tp", "fp", "fn"))
    asked = [number for one in outcomes for number in one.asked]
    return Cell(
        work,
        accounts,
        count(round(len(asked) / len(outcomes))),
        cover,
        sum(asked) / len(asked),
        f"{sum(number >= JUDGED for number in asked) / len(asked):.0%}",
        tp / (tp + fn),
        _of(tp, tp + fp),
        f"{1e4 * fp / sum(one.honest_count for one in scores):.1f}",
        f"{_of(right, right + wrong)} / {_of(right, right + missed)}",
    )


def _of(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def cells(page: str) -> list[Cell]:
    """Read the table of a page."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if re.match(r"\| [\d,]+ \|", line)]
    return [
        Cell(int(row[0].replace(",", "")), int(row[1].replace(",", "")), row[2], int(row[3].rstrip("%")) / 100,
             float(row[4].replace(",", "")), row[5], float(row[6]), *row[7:])
        for row in rows
    ]  # fmt: skip


def page_of(rows: Sequence[Cell], seeds: str, by_hand: str) -> str:
    """Return the page: all that follows from the table, then what is said by hand."""
    several = seeds.count(",") + 1
    large = " --large" if any(row.accounts == LARGE for row in rows) else ""
    return OPENING.format(
        works=" or of ".join(count(work) for work in sorted({row.work for row in rows})),
        seeds=seeds + large,
        honest=count(FEWEST_HONEST),
        each=HONEST_EACH,
        worlds=f"the worlds of {several} seeds" if several > 1 else "the worlds of one seed",
        table=TABLE + "".join(row.line for row in rows),
        shown=fill(" ".join([*_flatness(rows), *_thinness(rows)]), 120),
    ) + f"\n{by_hand}"  # fmt: skip


def _flatness(rows: Sequence[Cell]) -> Iterator[str]:
    yield f"Asked for is a recall that stays within {100 * FLAT_POINTS:.0f} points from {FLAT_FROM} accounts up."
    for work, cover in sorted({(row.work, row.cover) for row in rows}):
        own = [row for row in rows if (row.work, row.cover) == (work, cover) and row.accounts >= FLAT_FROM]
        some, most = [row.recall for row in own], max(row.accounts for row in own)
        lies = f"Of {count(work)} exchanges at {cover:.0%} cover, over up to {count(most)} accounts, it lies between"
        flat = "it is flat" if max(some) - min(some) <= FLAT_POINTS else "it is not flat"
        yield f"{lies} {min(some):.3f} and {max(some):.3f}: {flat}."


def _thinness(rows: Sequence[Cell]) -> Iterator[str]:
    yield (
        f"What an account does besides harvesting is judged from {JUDGED} exchanges up (`fewest_exchanges`), which too "
        "wide a spread does not reach."
    )
    for row in rows:
        if row.judged != "100%":
            yield (
                f"Of {count(row.accounts)} accounts that share {count(row.work)} exchanges at {row.cover:.0%} cover, "
                f"each asks {row.each:.1f} times, "
                f"{row.judged} can be judged by all that they do, and the recall is {row.recall:.3f}."
            )


def draw(rows: Sequence[Cell]) -> str:
    """Draw recall against accounts as an SVG file; the same rows give the same bytes."""
    spreads = sorted({row.accounts for row in rows})
    left, right, top, ground, width, height = 62, 600, 72, 250, 640, 300
    across = {one: left + (right - left) * at / (len(spreads) - 1) for at, one in enumerate(spreads)}
    drawn: list[Markup] = [heading("Accounts of the campaign that are found", 20)]
    for recall in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = ground - (ground - top) * recall
        drawn.append(element("path", d=f"M{left} {y:g}H{right}", stroke=RULE, fill="none"))
        drawn.append(label(f"{recall:.0%}", left - 16, y + 4, text_anchor="end"))
    drawn += [label(count(one), x, ground + 20, text_anchor="middle") for one, x in across.items()]
    drawn.append(label("accounts that share the same work", (left + right) / 2, ground + 39, text_anchor="middle"))
    # the widest first, so that lines that coincide are all seen
    for at, (cover, colour, stroke) in enumerate(zip(COVERS, CAMPAIGNS, (8, 4.5, 1.5), strict=True)):
        lined = {"stroke": colour, "fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}
        for work in sorted({row.work for row in rows}):
            own = [row for row in rows if (row.work, row.cover) == (work, cover)]
            points = [(across[row.accounts], ground - (ground - top) * row.recall) for row in own]
            dashes = {"stroke_dasharray": "2 14"} if work == MORE_WORK else {}
            drawn.append(element("path", d=line_path(points), stroke_width=stroke, **lined, **dashes))
            drawn.append(element("path", d=dot_path(points), stroke_width=stroke + 6, **lined))
        drawn.append(element("path", d=f"M{20 + 110 * at} 47h18", stroke_width=stroke, **lined))
        drawn.append(label(f"{cover:.0%} cover", 46 + 110 * at, 51, fill=INK))
    if any(row.work == MORE_WORK for row in rows):
        drawn.append(label(f"dotted: {count(MORE_WORK)} exchanges", right, 51, text_anchor="end"))
    said = "; ".join(
        f"{count(row.work)} exchanges, {count(row.accounts)} accounts, {row.cover:.0%} cover: {row.recall:.3f}"
        for row in rows
    )
    ground_paper = element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=6, fill=PAPER, stroke=EDGE)
    return (
        captioned(
            "dilution", "Recall of accounts when one campaign is spread over more of them", f"{said}.",
            ground_paper, lettered(*drawn),
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width, height=height,
        )
        + "\n"
    )  # fmt: skip


def kept(page: str) -> str:
    """Return what a page says by hand."""
    return page[page.index(BY_HAND) :] if BY_HAND in page else f"{BY_HAND}\n"


def measured(*, large: bool) -> list[tuple[int, int, float]]:
    """Return which work is shared by how many accounts, at which cover."""
    shared = [(WORK, accounts) for accounts in SPREADS]
    if large:
        shared += [(WORK, LARGE), *((MORE_WORK, accounts) for accounts in (*SPREADS, LARGE) if accounts >= FLAT_FROM)]
    return [(*one, cover) for one in shared for cover in COVERS]


def main() -> None:
    """Print the table row by row, then write the page and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    prepare_kernels(SILENT)
    print(TABLE, end="", flush=True)
    lines = []
    for work, accounts, cover in measured(large=asked.large):
        cell = gathered(work, accounts, cover, [outcome(work, accounts, cover, seed) for seed in seeds])
        lines.append(cell.line)
        print(cell.line, end="", flush=True)
    # what is drawn and said follows from the table as it is written
    rows, path = cells("".join(lines)), DOCS / "dilution.md"
    by_hand = kept(path.read_text(encoding="utf-8") if path.exists() else "")
    path.write_text(page_of(rows, ",".join(map(str, seeds)), by_hand), encoding="utf-8")
    (DOCS / "dilution.svg").write_text(draw(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
