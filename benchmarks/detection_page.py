"""What docs/time-to-detection.md says and its picture shows, both from the tables of the page alone."""

import math
from collections.abc import Iterator, Sequence
from statistics import median
from textwrap import fill
from typing import NamedTuple

from markupsafe import Markup
from page_tables import rows_under
from story_pictures.canvas import CAMPAIGNS, EDGE, HONEST, INK, PAPER, RULE, heading, label, lettered, line_path

from stillwatch.findings.charts.svg import captioned, element
from stillwatch.findings.numerals import count
from stillwatch.findings.settings import Judging

HOURS = (1, 2, 3, 6, 12, 24)
BEGUN_SHARE, BEGUN_EXCHANGES, BEGUN_ACCOUNTS = 0.01, 20, 5
BAR_HOURS, BAR_SHARE, BAR_OF_CAMPAIGNS = 1, 0.005, 0.5
BEFORE, COLD = 7, 0  # days of honest logs before the first of a story
FALSE_DISCOVERY_RATE = Judging().false_discovery_rate

WIDTH, HEIGHT, TOP, GROUND = 736, 330, 92, 262
FEWER = 3  # exchanges of an account from which habits are judged, to see what that would gain

FOUND_TABLE = """\
| days before | story | campaign | seed | accounts | extraction | began after | found after | asked by then | since |
|---|---|---|---|---|---|---|---|---|---|
"""
HOURS_TABLE = """\
| days before | hour | campaigns | accounts | exchanges each | with {fewest} or more | linked | gathered | found \
| honest stated | from {fewer}: found, honest | if gathered | if pooled |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
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
which they are rehearsed, of these seeds; seed 101 was also looked at while some rules were made. Their campaigns begin
within the first hours of the logs, where nothing is known yet of honest traffic; a gateway that has been watched for a
while knows it. So each story is told with {before} days of honest logs before its first day, and, for the first seed,
as it is.

![Share of the campaigns that are found, by hours and by share of their exchanges](time-to-detection.svg)

## What it shows

{shown}

## What can be seen in the first day

{hours_table}
"Accounts", "exchanges each", "with {fewest} or more": those accounts of a campaign that asked anything by then, what
each asked, cover included, and how many of them can be judged by their habits (`fewest_exchanges`); medians over the
campaigns. "Linked": tied to another account of the campaign by more than strangers reach; "gathered": in a group that
is mostly the campaign's; both in shares of its accounts, medians. "Found": campaigns that a scan of that hour states;
"honest stated": honest groups that these scans state. "From {fewer}": the same two, were habits judged from {fewer}
exchanges of an account. "If gathered": campaigns whose false-alarm rate would be {rate:g} or less were all of their
accounts gathered and no other. "If pooled": campaigns whose exchanges together hold a share of harvest intents that at
most {rate:g} of the honest accounts with {exchanges} or more exchanges reach (where there are fewer than {least} of
these, none can).

## Campaign by campaign

{found_table}
"Extraction": its extraction exchanges over the whole story. "Began after": hours from its story's first exchange.
"Asked by then": the share of them that had been asked when it was found; "since": without what was asked before it
began in earnest.
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
    sooner: int
    honest_sooner: int
    known: int
    pooled: int

    @property
    def line(self) -> str:
        """The row as Markdown."""
        shares = " | ".join(f"{one:.0%}" for one in (self.judged, self.linked, self.gathered))
        return (
            f"| {self.before} | {self.hour} h | {self.campaigns} | {self.asked:g} | {self.each:.1f} | {shares} "
            f"| {self.found} | {self.honest_stated} | {self.sooner}, {self.honest_sooner} | {self.known} "
            f"| {self.pooled} |\n"
        )


def found_rows(page: str) -> list[Found]:
    """Read the table of campaigns of a page."""
    rows = rows_under(page, "days before | story")
    return [
        Found(
            int(row[0]), row[1], row[2], int(row[3]), _number(row[4]), _number(row[5]), float(row[6].rstrip(" h")),
            None if row[7] == "not found" else _number(row[7]), _part(row[8]), _part(row[9]),
        )
        for row in rows
    ]  # fmt: skip


def hour_rows(page: str) -> list[Hour]:
    """Read the table of the first day of a page."""
    rows = rows_under(page, "days before | hour")
    return [
        Hour(
            int(row[0]), _number(row[1]), int(row[2]), float(row[3]), float(row[4]), *map(_part, row[5:8]),
            *(int(one) for cell in row[8:] for one in cell.split(", ")),
        )
        for row in rows
    ]  # fmt: skip


def _number(cell: str) -> int:
    return int(cell.removesuffix(" h").replace(",", ""))


def _part(cell: str) -> float:
    return 0.0 if cell == "–" else round(float(cell.rstrip("%")) / 100, 6)


def found_table(lines: Sequence[str]) -> str:
    """Return the table of campaigns, of rows as they are written."""
    return FOUND_TABLE + "".join(lines)


def hours_table(lines: Sequence[str]) -> str:
    """Return the table of the first day, of rows as they are written."""
    return HOURS_TABLE.format(fewest=Judging().fewest_exchanges, fewer=FEWER) + "".join(lines)


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
        fewest=Judging().fewest_exchanges,
        fewer=FEWER,
        least=round(1 / FALSE_DISCOVERY_RATE) - 1,
        shown="\n\n".join(said),
        hours_table=hours_table([one.line for one in hours]),
        found_table=found_table([one.line for one in rows]),
    ) + f"\n{by_hand}"  # fmt: skip


def _told(rows: Sequence[Found], before: int) -> Iterator[str]:
    in_time, found = sum(one.in_time for one in rows), [one for one in rows if one.after_h is not None]
    days = f"With {before} days of honest logs before" if before else "From the first day of the logs"
    met = "met" if in_time >= BAR_OF_CAMPAIGNS * len(rows) else "not met"
    yield f"**{days}, {in_time} of {len(rows)} campaigns are found in time: the bar is {met}.** Found are,"
    for hours in HOURS:
        early = sum(one.after_h <= hours for one in found if one.after_h is not None)
        yield f"{early} within {hours} h,"
    yield f"{len(found)} at all."
    if found:
        after = sorted(one.after_h if one.after_h is not None else math.inf for one in rows)[(len(rows) - 1) // 2]
        half = "never" if math.isinf(after) else f"by {count(int(after))} h"
        since = median(one.since for one in found)
        yield f"Half of all are found {half}. Those found had asked for {since:.1%} (median) since they began."


class Panel(NamedTuple):
    """A diagram of how many are found, along an axis that is logarithmic."""

    title: str
    left: int
    right: int
    marks: tuple[float, ...]
    unit: str
    bar: float

    def across(self, value: float) -> float:
        """Return the place of a value; what is off the axis stands at its end."""
        low, high = math.log(self.marks[0]), math.log(self.marks[-1])
        at = (math.log(max(value, 1e-9)) - low) / (high - low)
        return self.left + (self.right - self.left) * min(1.0, max(0.0, at))

    def drawn(self) -> Iterator[Markup]:
        """Draw the axes, and where the line must have reached half."""
        yield heading(self.title, self.left - 42)
        for part in (0.0, 0.25, 0.5, 0.75, 1.0):
            yield element("path", d=f"M{self.left} {_height(part):g}H{self.right}", stroke=RULE, fill="none")
            yield label(f"{part:.0%}", self.left - 8, _height(part) + 4, text_anchor="end")
        for mark in self.marks:
            yield label(f"{mark:g}{self.unit}", self.across(mark), GROUND + 20, text_anchor="middle")
        yield _ring(round(self.across(self.bar), 1), _height(BAR_OF_CAMPAIGNS))

    def line(self, levels: Sequence[float], of: int, colour: str) -> Markup:
        """Draw how many of all are found by each level, as a stair."""
        points = [(float(self.left), float(GROUND))]
        for place, level in enumerate(sorted(levels), 1):
            points += [(self.across(level), points[-1][1]), (self.across(level), _height(place / of))]
        points.append((float(self.right), points[-1][1]))
        return element("path", d=line_path(points), stroke=colour, stroke_width=2.5, fill="none")


PANELS = (
    Panel("Found by hours since it began", 62, 350, (1, 6, 24, 168, 720), " h", BAR_HOURS),
    Panel("Found by share asked since", 420, 700, (0.1, 0.5, 2, 10, 100), "%", 100 * BAR_SHARE),
)


def _height(part: float) -> float:
    return GROUND - (GROUND - TOP) * part


def _ring(x: float, y: float) -> Markup:
    return element("circle", cx=float(x), cy=float(y), r=5, fill="none", stroke=INK, stroke_width=2)


_TOLD = (BEFORE, f"With {BEFORE} days of honest logs before"), (COLD, "From the first day of the logs")


def _said(rows: Sequence[Found], before: int) -> str:
    """Say when each campaign was found, for those who read the picture by ear."""
    return "; ".join(
        f"{one.story} {one.campaign} {one.seed}, "
        + ("not found" if one.after_h is None else f"{one.after_h} h, {one.since:.2%}")
        for one in rows
        if one.before == before
    )


def draw(rows: Sequence[Found]) -> str:
    """Draw how many are found, against hours and against exchanges, as an SVG; the same rows give the same bytes."""
    drawn = [part for panel in PANELS for part in panel.drawn()]
    for at, (before, colour, words) in enumerate((
        (COLD, HONEST, "from the first day of the logs"),
        (BEFORE, CAMPAIGNS[0], f"{BEFORE} days of honest logs before"),
    )):  # fmt: skip
        mine = [one for one in rows if one.before == before]
        found = [(one.after_h, 100 * one.since) for one in mine if one.after_h is not None]
        drawn += [panel.line([one[axis] for one in found], len(mine), colour) for axis, panel in enumerate(PANELS)]
        drawn.append(element("path", d=f"M{20 + 232 * at} 53h18", stroke=colour, stroke_width=2.5, fill="none"))
        drawn.append(label(words, 44 + 232 * at, 57, fill=INK))
    drawn += [_ring(496, 53), label("asked for: half of all by here", 508, 57, fill=INK)]
    drawn.append(label("Share of all campaigns; the axes below are logarithmic.", 20, HEIGHT - 16))
    said = ". ".join(f"{words}: {_said(rows, before)}" for before, words in _TOLD)
    paper = element("rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=6, fill=PAPER, stroke=EDGE)
    return (
        captioned(
            "time-to-detection", "Share of campaigns found, by hours and exchanges since they began", f"{said}.",
            paper, lettered(*drawn),
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT,
        )
        + "\n"
    )  # fmt: skip
