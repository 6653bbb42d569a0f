"""Measures how soon after it begins a campaign is found: docs/time-to-detection.md and its picture.

usage: python benchmarks/time_to_detection.py [--seeds 101,102] [--stories ghost,relay]

Every story with campaigns is made in memory, at the scale at which it is rehearsed, and marked once; then the stages of
a scan run over what was asked until so many hours after each campaign began: with a week of honest logs before, and, for
the first seed, as the story is told. A seed takes some four minutes on two cores. What the page says by hand, from
`## Where it falls short` on, is kept: read it again when the figures have changed.
"""

import argparse
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup
from staged import Marked, case_of, marked, mostly_of
from story_pictures.canvas import CAMPAIGNS, EDGE, HONEST, INK, PAPER, RULE, heading, label, lettered, line_path

from stillwatch.campaigns.membership import weigh_membership
from stillwatch.findings.charts.svg import captioned, element
from stillwatch.findings.habits import find_habits, sum_profiles
from stillwatch.findings.judge import Ints, judge_group
from stillwatch.findings.numerals import count
from stillwatch.findings.settings import Judging
from stillwatch.findings.state import Case, state_findings
from stillwatch.kernels import prepare_kernels
from stillwatch.progress import SILENT
from stillwatch.worlds import Story, find_story, shipped_stories
from stillwatch.worlds.campaigns.campaign import Campaign

DOCS = Path(__file__).parent.parent / "docs"
HOURS = (1, 2, 3, 6, 12, 24)
DAYS = (2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90)
BEGUN_SHARE, BEGUN_EXCHANGES, BEGUN_ACCOUNTS = 0.01, 20, 5
BAR_HOURS, BAR_SHARE, BAR_OF_CAMPAIGNS = 1, 0.005, 0.5
BEFORE, COLD = 7, 0  # days of honest logs before the first of a story
FALSE_DISCOVERY_RATE = Judging().false_discovery_rate
BY_HAND = "## Where it falls short"

FOUND_TABLE = """\
| days before | story | campaign | seed | accounts | extraction | began after | found after | asked by then | asked since |
|---|---|---|---|---|---|---|---|---|---|
"""
HOURS_TABLE = """\
| days before | hour | campaigns | accounts that asked | exchanges each | with {fewest} or more | linked | gathered | found \
| honest groups stated | if gathered | if pooled |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""

OPENING = """\
# Time to detection

How soon after it begins is a campaign found? Asked for is that at least half of all campaigns are found within an hour,
or before they asked for another 0.5% of their exchanges. This page is written by

```console
$ python benchmarks/time_to_detection.py --seeds {seeds}
```

A campaign **begins in earnest** when 1% of its extraction exchanges, and at least {exchanges}, have been asked, by at
least {accounts} accounts (by one, where it has one). Then the stages of a scan run, with the default settings, over all
that was logged until {hours} hours after, then until each of a row of days. It is **found** at the first scan with
a finding more than half of whose accounts are the campaign's. Worlds are the stories with campaigns, at the scale at
which they are rehearsed, of seeds that nothing was developed with. Their campaigns begin within the first hours of the
logs, where nothing is known yet of honest traffic; a gateway that has been watched for a while knows it. So each story
is told with {before} days of honest logs before its first day, and, for the first seed, as it is.

![Share of the campaigns that are found, by hours and by share of their exchanges](time-to-detection.svg)

## What it shows

{shown}

## What can be seen in the first day

{hours_table}
Of all campaigns, medians; the accounts are those of the campaign that asked anything by then, cover included.
"Linked": tied to another account of the campaign by more than strangers reach. "Gathered": in a group that is mostly
the campaign's. "Found": campaigns that a scan of that hour states. "If gathered": campaigns that would be under the false
discovery rate of {rate:g} were all of their accounts known and no other. "If pooled": campaigns whose exchanges together hold a
share of harvest intents that at most {rate:g} of the honest accounts with {exchanges} or more exchanges reach (no fewer can be
told where there are fewer than {least} of these).

## Campaign by campaign

{found_table}
"Extraction": its extraction exchanges over the whole story. "Began after": hours from its story's first exchange.
"Asked by then": the share of them that had been asked when it was found; "asked since": without what was asked before
it began in earnest.
"""


class Found(NamedTuple):
    """A row of the table of campaigns: when it began, when it was found, what it had asked by then."""

    before: int
    story: str
    campaign: str
    seed: int
    accounts: int
    exchanges: int
    began_h: float
    after_h: int | None
    asked: float
    since: float

    @property
    def in_time(self) -> bool:
        """Whether it was found by the bar: within an hour, or before it had asked for so much more."""
        return self.after_h is not None and (self.after_h <= BAR_HOURS or self.since <= BAR_SHARE)

    @property
    def line(self) -> str:
        """The row as Markdown."""
        after = "not found" if self.after_h is None else f"{count(self.after_h)} h"
        shares = f"{self.asked:.2%} | {self.since:.2%}" if self.after_h is not None else "– | –"
        return (
            f"| {self.before} | {self.story} | {self.campaign} | {self.seed} | {count(self.accounts)} "
            f"| {count(self.exchanges)} | {self.began_h:.1f} h | {after} | {shares} |\n"
        )


class Seen(NamedTuple):
    """What can be seen of a campaign by an hour, in shares of its accounts that asked, and probabilities.

    Attributes
    ----------
    known
        The false-alarm rate, were its accounts gathered, all of them and no other.
    pooled
        How rare its share of harvest intents is, were all its exchanges those of one account.
    """

    hour: int
    asked: int
    each: float
    judged: float
    linked: float
    gathered: float
    found: bool
    honest_stated: int
    known: float
    pooled: float


class Hour(NamedTuple):
    """A row of the table of the first day, in the order of its columns."""

    before: int
    hour: int
    campaigns: int
    asked: float
    each: float
    judged: float
    linked: float
    gathered: float
    found: int
    honest_stated: int
    known: int
    pooled: int

    @property
    def line(self) -> str:
        """The row as Markdown."""
        shares = " | ".join(f"{one:.0%}" for one in (self.judged, self.linked, self.gathered))
        return (
            f"| {self.before} | {self.hour} h | {self.campaigns} | {self.asked:g} | {self.each:.1f} | {shares} "
            f"| {self.found} | {self.honest_stated} | {self.known} | {self.pooled} |\n"
        )


@dataclass(frozen=True)
class Begun:
    """A campaign of a world that began in earnest: its times of asking, in the order of time."""

    name: str
    at: datetime
    asked_at: np.ndarray

    def asked(self, until: datetime) -> float:
        """Return the share of its exchanges that were asked before a time."""
        return float(np.searchsorted(self.asked_at, np.datetime64(until.replace(tzinfo=None), "us"))) / len(
            self.asked_at
        )


def begun(world: Marked, name: str) -> Begun:
    """Say when a campaign began in earnest: so many of its exchanges were asked, by so many of its accounts."""
    own = world.extraction.filter(pc.equal(world.extraction["campaign"], name))
    accounts = own["account_id"].to_numpy()
    needed = max(BEGUN_EXCHANGES, math.ceil(BEGUN_SHARE * len(own)))
    firsts = np.sort(np.unique(accounts, return_index=True)[1])
    last = max(needed - 1, int(firsts[min(BEGUN_ACCOUNTS, len(firsts)) - 1]))
    asked_at = own["asked_at"].cast(pa.timestamp("us")).to_numpy()
    return Begun(name, own["asked_at"][min(last, len(own) - 1)].as_py(), asked_at)


def campaigns_of(world: Marked) -> list[str]:
    """Return the names of the campaigns that asked anything for extraction."""
    return sorted(set(world.extraction["campaign"].to_pylist()))


def after_honest_days(story: Story, days: int) -> Story:
    """Return the story with so many more days before its first, on which there is honest traffic alone."""
    calendar = replace(
        story.calendar, first=story.calendar.first - timedelta(days=days), days=story.calendar.days + days
    )
    return replace(story, calendar=calendar, campaigns=tuple(_later(one, days) for one in story.campaigns))


def _later(campaign: Campaign, days: int) -> Campaign:
    pace, hiding = campaign.pace, campaign.hiding
    moved = replace(
        pace, from_day=pace.from_day + days,
        until_day=None if pace.until_day is None else pace.until_day + days,
        retreat_day=None if pace.retreat_day is None else pace.retreat_day + days,
    )  # fmt: skip
    swept = tuple(day + days for day in hiding.swept_days)
    return replace(campaign, pace=moved, hiding=replace(hiding, swept_days=swept))


def watched(world: Marked, name: str, before: int) -> tuple[Found, list[Seen]]:
    """Scan by the hour and then by the day, until the campaign is found; tell what was seen in the first day."""
    campaign = begun(world, name)
    accounts = sum(one == name for one in world.campaigns.values())
    first, last = (getattr(pc, one)(world.marks["asked_at"]).as_py() for one in ("min", "max"))
    seen, found = [], None
    for hours in (*HOURS, *(24 * day for day in DAYS)):
        until = campaign.at + timedelta(hours=hours)
        if hours > HOURS[-1] and found is not None:
            break
        with case_of(world, until) as case:
            here = world.campaign_of(case.shown.accounts)
            stated = [mostly_of(one, here) for one in _findings(case)]
            told = name in stated
            if hours <= HOURS[-1]:
                seen.append(_seen(case, np.flatnonzero(here == name), here, hours, (told, stated.count(""))))
        found = hours if found is None and told else found
        if until > last:
            break
    asked = campaign.asked(campaign.at + timedelta(hours=found or 0))
    row = Found(
        before, world.story, name, world.seed, accounts, len(campaign.asked_at),
        (campaign.at - first).total_seconds() / 3600 - 24 * before, found, asked, asked - campaign.asked(campaign.at),
    )  # fmt: skip
    return row, seen


def _findings(case: Case) -> Iterator[Ints]:
    accounts = case.shown.accounts
    for finding in state_findings(case).findings:
        names = pa.array([member.account_id for member in finding.members])
        yield pc.index_in(names, value_set=accounts).to_numpy(zero_copy_only=False).astype(np.int64)


def _seen(case: Case, members: Ints, campaigns: np.ndarray, hour: int, stated: tuple[bool, int]) -> Seen:
    sums = sum_profiles(case.engine, case.shown.accounts)
    inside = np.zeros(len(campaigns), bool)
    inside[members] = True
    links, groups = case.gathered.links, case.gathered.groups
    within = inside[links.a] & inside[links.b]
    linked = np.unique(np.concatenate((links.a[within], links.b[within])))
    theirs = [
        number for number in np.unique(groups[members][groups[members] >= 0])
        if mostly_of(case.gathered.members(int(number)), campaigns) == campaigns[members[0]]
    ]  # fmt: skip
    return Seen(
        hour, len(members), float(sums.exchanges[members].sum() / len(members)),
        float((sums.exchanges[members] >= case.judging.fewest_exchanges).mean()),
        len(linked) / len(members), float(np.isin(groups[members], theirs).mean()), *stated,
        _known(case, members), pooled(sums.harvest, sums.exchanges, members, campaigns == ""),
    )  # fmt: skip


def _known(case: Case, members: Ints) -> float:
    """Judge the campaign's accounts as if they were gathered, all of them and no other."""
    if len(members) < 2 or not case.gathered.strangers.any():
        return 1.0
    habits = find_habits(case.engine, case.shown.accounts, case.gathered.reference, case.judging)
    standing = weigh_membership(case.shown, case.gathered.strangers, members)
    return judge_group(
        members, case.gathered, standing, habits, case.shown.organisations, case.judging
    ).false_alarm_rate  # fmt: skip


def pooled(harvest: Ints, exchanges: Ints, members: Ints, honest: np.ndarray) -> float:
    """Return how many honest accounts harvest as large a share as the members do together, themselves counted.

    Accounts of one firm may all do the same, so the members count as one account; it is compared with accounts that
    asked often enough for a share.
    """
    total = int(exchanges[members].sum())
    others = honest & (exchanges >= BEGUN_EXCHANGES)
    share = harvest[members].sum() / max(1, total)
    as_high = (harvest[others] / exchanges[others] >= share).sum()
    return float((1.0 + as_high) / (1.0 + others.sum()))


def hour_of(before: int, hour: int, seen: Sequence[Seen]) -> Hour:
    """Put together what is seen of all campaigns by an hour."""
    then = [one for one in seen if one.hour == hour]
    mid = {
        name: median(getattr(one, name) for one in then) for name in ("asked", "each", "judged", "linked", "gathered")
    }
    over = {name: sum(getattr(one, name) <= FALSE_DISCOVERY_RATE for one in then) for name in ("known", "pooled")}
    told = {name: sum(getattr(one, name) for one in then) for name in ("found", "honest_stated")}
    return Hour(before, hour, len(then), **mid, **told, **over)


def found_rows(page: str) -> list[Found]:
    """Read the table of campaigns of a page."""
    rows = [_cells(line) for line in page.splitlines() if re.match(r"\| \d+ \| [a-z]", line)]
    return [
        Found(
            int(row[0]), row[1], row[2], int(row[3]), _number(row[4]), _number(row[5]), float(row[6].rstrip(" h")),
            None if row[7] == "not found" else _number(row[7]), _part(row[8]), _part(row[9]),
        )
        for row in rows
    ]  # fmt: skip


def hour_rows(page: str) -> list[Hour]:
    """Read the table of the first day of a page."""
    rows = [_cells(line) for line in page.splitlines() if re.match(r"\| \d+ \| \d+ h", line)]
    return [
        Hour(
            int(row[0]), _number(row[1]), int(row[2]), float(row[3]), float(row[4]), *map(_part, row[5:8]),
            *map(int, row[8:]),
        )
        for row in rows
    ]  # fmt: skip


def _cells(line: str) -> list[str]:
    return line.strip("| ").split(" | ")


def _number(cell: str) -> int:
    return int(cell.removesuffix(" h").replace(",", ""))


def _part(cell: str) -> float:
    return 0.0 if cell == "–" else float(cell.rstrip("%")) / 100


def page_of(rows: Sequence[Found], hours: Sequence[Hour], seeds: str, by_hand: str) -> str:
    """Return the page: all that follows from the tables, then what is said by hand."""
    said = [
        fill(" ".join(_told([one for one in rows if one.before == before], before)), 120) for before in (BEFORE, COLD)
    ]
    return OPENING.format(
        seeds=seeds,
        exchanges=BEGUN_EXCHANGES,
        accounts=BEGUN_ACCOUNTS,
        hours=", ".join(map(str, HOURS[:-1])) + f" and {HOURS[-1]}",
        before=BEFORE,
        rate=FALSE_DISCOVERY_RATE,
        least=round(1 / FALSE_DISCOVERY_RATE) - 1,
        shown="\n\n".join(said),
        hours_table=HOURS_TABLE.format(fewest=Judging().fewest_exchanges) + "".join(one.line for one in hours),
        found_table=FOUND_TABLE + "".join(one.line for one in rows),
    ) + f"\n{by_hand}"  # fmt: skip


def _told(rows: Sequence[Found], before: int) -> Iterator[str]:
    in_time, found = sum(one.in_time for one in rows), [one for one in rows if one.after_h is not None]
    days = f"With {before} days of honest logs before" if before else "As the stories are told"
    met = "met" if in_time >= BAR_OF_CAMPAIGNS * len(rows) else "not met"
    yield f"**{days}, {in_time} of {len(rows)} campaigns are found in time: the bar is {met}.**"
    for hours in HOURS:
        early = sum(one.after_h <= hours for one in found if one.after_h is not None)
        yield f"{early} are found within {hours} h{',' if hours != HOURS[-1] else '.'}"
    yield f"{len(found)} are found at all." if len(found) != 1 else "1 is found at all."
    if found:
        after = sorted(one.after_h if one.after_h is not None else math.inf for one in rows)[(len(rows) - 1) // 2]
        half = "never" if math.isinf(after) else f"by {count(int(after))} h"
        since = median(one.since for one in found)
        yield f"Half of all campaigns are found {half}. Those found had asked for {since:.1%} (median) since they began."


def draw(rows: Sequence[Found]) -> str:
    """Draw how many are found, against hours and against exchanges, as an SVG; the same rows give the same bytes."""
    width, height, top, ground = 720, 320, 84, 262
    panels = (
        ("Found by hours since it began", 62, 350, [1, 6, 24, 168, 720], " h", float(BAR_HOURS), lambda one: one.after_h),
        ("Found by share asked since", 420, 700, [0.1, 0.5, 2, 10, 100], "%", 100 * BAR_SHARE, lambda one: 100 * one.since),
    )  # fmt: skip
    drawn: list[Markup] = []
    for title, left, right, marks, unit, bar, value in panels:
        low, high = math.log(marks[0]), math.log(marks[-1])

        def across(at: float, low: float = low, high: float = high, left: int = left, right: int = right) -> float:
            return left + (right - left) * min(1.0, max(0.0, (math.log(max(at, 1e-9)) - low) / (high - low)))

        drawn.append(heading(title, left - 42))
        for part in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = ground - (ground - top) * part
            drawn.append(element("path", d=f"M{left} {y:g}H{right}", stroke=RULE, fill="none"))
            drawn.append(label(f"{part:.0%}", left - 8, y + 4, text_anchor="end"))
        drawn += [label(f"{one:g}{unit}", across(one), ground + 20, text_anchor="middle") for one in marks]
        # where the line must have reached half
        y = ground - (ground - top) * BAR_OF_CAMPAIGNS
        drawn.append(
            element("circle", cx=round(across(bar), 1), cy=round(y, 1), r=5, fill="none", stroke=INK, stroke_width=2)
        )
        for before, colour in ((COLD, HONEST), (BEFORE, CAMPAIGNS[0])):
            mine = [one for one in rows if one.before == before]
            levels = sorted(value(one) for one in mine if one.after_h is not None)
            points, y = [(float(left), float(ground))], float(ground)
            for place, level in enumerate(levels, 1):
                points.append((across(level), y))
                y = ground - (ground - top) * place / len(mine)
                points.append((across(level), y))
            points.append((float(right), y))
            drawn.append(element("path", d=line_path(points), stroke=colour, stroke_width=2.5, fill="none"))
    for at, (colour, words) in enumerate(
        ((CAMPAIGNS[0], f"{BEFORE} days of honest logs before"), (HONEST, "from the first day of the logs"))
    ):
        drawn.append(element("path", d=f"M{20 + 230 * at} 49h18", stroke=colour, stroke_width=2.5, fill="none"))
        drawn.append(label(words, 44 + 230 * at, 53, fill=INK))
    drawn.append(element("circle", cx=490, cy=49, r=5, fill="none", stroke=INK, stroke_width=2))
    drawn.append(label("asked for: half of all by here", 502, 53, fill=INK))
    drawn.append(label("share of all campaigns; both axes below are logarithmic", 20, height - 14))
    said = "; ".join(
        f"{one.story} {one.campaign} {one.seed}, {one.before} days before: "
        + ("not found" if one.after_h is None else f"{one.after_h} h, {one.since:.2%}")
        for one in rows
    )
    ground_paper = element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=6, fill=PAPER, stroke=EDGE)
    return (
        captioned(
            "time-to-detection", "Share of campaigns found, by hours and exchanges since they began", f"{said}.",
            ground_paper, lettered(*drawn),
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width, height=height,
        )
        + "\n"
    )  # fmt: skip


def kept(page: str) -> str:
    """Return what a page says by hand."""
    return page[page.index(BY_HAND) :] if BY_HAND in page else f"{BY_HAND}\n"


def measured(names: Sequence[str], seeds: Sequence[int], before: int) -> Iterator[tuple[Found, list[Seen]]]:
    """Yield each campaign of the stories."""
    for seed in seeds:
        for name in names:
            world = marked(after_honest_days(find_story(name), before), seed)
            for campaign in campaigns_of(world):
                yield watched(world, campaign, before)


def main() -> None:
    """Print the tables row by row, then write the page and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="101,102")
    parser.add_argument("--stories", default="", help="only these; the page is not written")
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    names = [one for one in asked.stories.split(",") if one]
    attacked = [name for name in shipped_stories() if find_story(name).campaigns]
    prepare_kernels(SILENT)
    print(FOUND_TABLE, end="", flush=True)
    rows, hours = [], []
    for before, some in ((BEFORE, seeds), (COLD, seeds[:1])):
        seen: list[Seen] = []
        for row, first_day in measured(names or attacked, some, before):
            print(row.line, end="", flush=True)
            rows.append(row.line)
            seen += first_day
        hours += [hour_of(before, hour, seen).line for hour in HOURS]
    print("", *hours, sep="", flush=True)
    if names:
        return
    # what is drawn and said follows from the tables as they are written
    table, path = found_rows("".join(rows)), DOCS / "time-to-detection.md"
    by_hand = kept(path.read_text(encoding="utf-8") if path.exists() else "")
    page = page_of(table, hour_rows("".join(hours)), ",".join(map(str, seeds)), by_hand)
    path.write_text(page, encoding="utf-8")
    (DOCS / "time-to-detection.svg").write_text(draw(table), encoding="utf-8")


if __name__ == "__main__":
    main()
