"""What docs/reliability.md says and its picture shows, both from the tables of the page alone."""

import math
from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import NamedTuple

from markupsafe import Markup
from page_tables import rows_under
from story_pictures.canvas import CAMPAIGNS, EDGE, HONEST, INK, KINDS, PAPER, RULE, heading, label, lettered, line_path

from stillwatch.findings.charts.svg import captioned, element
from stillwatch.findings.numerals import count
from stillwatch.findings.settings import Judging

JUDGING = Judging()
Z = 1.96  # of 95 % of a normal distribution

REACHED = "| x | honest candidates | honest firms | honest accounts |\n|---|---|---|---|\n"
BINS = "| measure | candidates | said, on average | campaigns among them |\n|---|---|---|---|\n"
ERRORS = "| measure, of | candidates | calibration error | Brier score |\n|---|---|---|---|\n"
CONTROL = """\
| set level | worlds | reported | of them honest | false discovery rate | at most | campaigns' groups reported |
|---|---|---|---|---|---|---|
"""

OPENING = """\
# Do the probabilities mean what they say?

Each finding tells a false-alarm rate and a confidence, and the false discovery rate over all findings is held at
{rate:.0%}. Whether these numbers are true can be measured where it is known who is honest. This page is written by

```console
$ python benchmarks/reliability.py --seeds {seeds}
```

All {stories} stories that ship are told at the scale at which they are rehearsed, with these seeds: {worlds} worlds.
Every group that a scan gathers and judges is a *candidate*,
stated or not. It is a campaign's where more than half of its accounts are, and honest otherwise. Settings are the
defaults.

![How often the honest reach a false-alarm rate, and how often a confidence is right](reliability.svg)

## False-alarm rates of the honest

A false-alarm rate of x should be reached by the honest no more often than x. Below is the share of them that reach it,
with 95% intervals (Wilson).

- *Honest candidates* are gathered groups with no campaign behind them. They were selected: a scan gathers accounts
  because they agree, so nobody promises that the rate holds for them one by one.
- *Honest firms* are not selected by the scan: accounts that share a card, an address or a mail domain
  ({fewest} to {most} of them), judged as if they were a candidate.
- *Honest accounts* are weighed against each candidate that is a campaign's (`weigh_membership`): how often strangers
  agree as much. Accounts of one world are not independent of each other, so the intervals are too narrow.

{reached}
## Confidence

{bins}
Measures: *1 minus the rate*: 1 minus the false-alarm rate; *as told*: the confidence that a finding tells, 1 minus
the local false discovery rate, which is estimated from the rates of all candidates of the scan; *as told, one
gateway*: the same, were all candidates of all worlds those of one scan; *fitted*: a rising curve (isotonic regression)
of the false-alarm rate, fitted on one half of the stories and read off for the other half, and the other way round.
Each row of the table is a bin of what is said: in tenths up to 0.9, then up to 0.98 and 1.

{errors}
Calibration error: the mean distance of what is said from the share of campaigns, over the bins of the table above,
weighted by their candidates. "The surer" have a false-alarm rate of at most {rate:.0%}; no others are ever stated.

## False discovery rate

Reported are the candidates that the procedure of Benjamini and Hochberg lets through at a level. The false discovery
rate is the mean over all worlds of the share of honest groups among the groups reported in a world (none where nothing
is reported). It is certainly no more than the share of worlds in which any honest group is reported, of which the upper
end of its 95% interval is given.

{control}
## What it shows

{shown}
"""


class Reached(NamedTuple):
    """A level, and of each kind of the honest how many reach it, of how many."""

    level: float
    candidates: tuple[int, int]
    firms: tuple[int, int]
    accounts: tuple[int, int]

    @property
    def line(self) -> str:
        """The row as Markdown."""
        cells = " | ".join(_counted(*one) for one in self[1:])
        return f"| {self.level:g} | {cells} |\n"


class Bin(NamedTuple):
    """Candidates of which a measure says about the same, and how many of them are campaigns'."""

    measure: str
    candidates: int
    said: float
    campaigns: int

    @property
    def line(self) -> str:
        """The row as Markdown."""
        return (
            f"| {self.measure} | {self.candidates} | {self.said:.4f} | {_counted(self.campaigns, self.candidates)} |\n"
        )


class Error(NamedTuple):
    """How far a measure is from the truth, over some candidates."""

    measure: str
    candidates: int
    calibration: float
    brier: float

    @property
    def line(self) -> str:
        """The row as Markdown."""
        return f"| {self.measure} | {self.candidates} | {self.calibration:.4f} | {self.brier:.4f} |\n"


class Control(NamedTuple):
    """What is reported at a set level."""

    level: float
    worlds: int
    reported: int
    honest: int
    rate: float
    at_most: float
    found: tuple[int, int]

    @property
    def line(self) -> str:
        """The row as Markdown."""
        return (
            f"| {self.level:g} | {self.worlds} | {self.reported} | {self.honest} "
            f"| {self.rate:.4f} | {self.at_most:.4f} | {count(self.found[0])} of {count(self.found[1])} |\n"
        )


class Tables(NamedTuple):
    """All tables of the page."""

    reached: Sequence[Reached]
    bins: Sequence[Bin]
    errors: Sequence[Error]
    control: Sequence[Control]


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the bounds between which a share lies with 95 %.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.

    Examples
    --------
    >>> [round(one, 3) for one in interval(0, 40)]
    [0.0, 0.088]
    """
    if not whole:
        return 0.0, 1.0
    middle, spread = (part + Z**2 / 2), Z * math.sqrt(part * (whole - part) / whole + Z**2 / 4)
    return max(0.0, (middle - spread) / (whole + Z**2)), min(1.0, (middle + spread) / (whole + Z**2))


def _counted(part: int, whole: int) -> str:
    low, high = interval(part, whole)
    share = part / whole if whole else 0.0
    return f"{count(part)} of {count(whole)}: {share:.3g} ({low:.2g} to {high:.2g})"


def tables(page: str) -> Tables:
    """Read the tables of a page."""
    return Tables(
        [Reached(float(row[0]), *map(_pair, row[1:])) for row in rows_under(page, "x")],
        [Bin(row[0], int(row[1]), float(row[2]), _pair(row[3])[0]) for row in rows_under(page, "measure")],
        [Error(row[0], int(row[1]), float(row[2]), float(row[3])) for row in rows_under(page, "measure, of")],
        [
            Control(float(row[0]), *map(int, row[1:4]), *map(float, row[4:6]), _pair(row[6]))
            for row in rows_under(page, "set level")
        ],
    )  # fmt: skip


def _pair(cell: str) -> tuple[int, int]:
    part, whole = cell.split(":", maxsplit=1)[0].replace(",", "").split(" of ")
    return int(part), int(whole)


def page_of(of: Tables, *, seeds: str, stories: int, sharing: tuple[int, int], by_hand: str) -> str:
    """Return the page: all that follows from the tables, then what is said by hand."""
    return OPENING.format(
        rate=JUDGING.false_discovery_rate,
        seeds=seeds,
        stories=stories,
        worlds=of.control[0].worlds,
        fewest=sharing[0],
        most=sharing[1],
        reached=REACHED + "".join(one.line for one in of.reached),
        bins=BINS + "".join(one.line for one in of.bins),
        errors=ERRORS + "".join(one.line for one in of.errors),
        control=CONTROL + "".join(one.line for one in of.control),
        shown=fill(" ".join([*_honesty(of.reached), *_controlled(of.control)]), 120),
    ) + f"\n{by_hand}"  # fmt: skip


def _honesty(rows: Sequence[Reached]) -> Iterator[str]:
    for name in ("candidates", "firms", "accounts"):
        over = [f"{row.level:g}" for row in rows if interval(*getattr(row, name))[0] > row.level]
        above = f"above what it says at {', '.join(over)}" if over else "nowhere above what it says"
        yield f"For honest {name} the share that reaches a level is, beyond chance, {above}."


def _controlled(rows: Sequence[Control]) -> Iterator[str]:
    for row in rows:
        held = "held" if row.rate <= row.level else "not held"
        sure = ", beyond chance" if row.at_most <= row.level else ""
        yield f"Set to {row.level:g}, the false discovery rate is measured as {row.rate:.3g}: {held}{sure}."


def draw(of: Tables) -> str:
    """Draw the two diagrams as an SVG file; the same tables give the same bytes."""
    width, height = 760, 372
    said = "; ".join(f"{row.level:g}: " + ", ".join(f"{part}/{whole}" for part, whole in row[1:]) for row in of.reached)
    ground_paper = element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=6, fill=PAPER, stroke=EDGE)
    return (
        captioned(
            "reliability", "Reliability of false-alarm rates and confidence", f"Share that reaches each level: {said}.",
            ground_paper, lettered(*_rates(of.reached), *_confidences(of.bins)),
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width, height=height,
        )
        + "\n"
    )  # fmt: skip


TOP, GROUND = 104, 320


def _frame(left: int, right: int, marks: Sequence[float], place: dict[float, float], words: str) -> Iterator[Markup]:
    """Draw a square whose two axes have the same marks, its diagonal and what runs along it."""
    for mark in marks:
        x, y = left + (right - left) * place[mark], GROUND - (GROUND - TOP) * place[mark]
        yield element("path", d=f"M{left} {y:.1f}H{right}M{x:.1f} {TOP}V{GROUND}", stroke=RULE, fill="none")
        yield label(f"{mark:g}", left - 7, y + 4, text_anchor="end", font_size=11)
        yield label(f"{mark:g}", x, GROUND + 17, text_anchor="middle", font_size=11)
    diagonal = line_path([(left, GROUND), (right, TOP)])
    yield element("path", d=diagonal, stroke=INK, stroke_dasharray="3 4", fill="none")
    yield label(words, (left + right) / 2, GROUND + 38, text_anchor="middle")


def _rates(rows: Sequence[Reached]) -> Iterator[Markup]:
    left, right, lowest = 62, 352, 1e-5
    marks = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]
    yield heading("Honest that reach a false-alarm rate", 20)
    yield from _frame(left, right, marks, {one: _log(one, lowest) for one in marks}, "false-alarm rate")
    for at, (name, colour) in enumerate((("candidates", CAMPAIGNS[0]), ("firms", KINDS[0]), ("accounts", HONEST))):
        yield element("path", d=f"M{20 + 110 * at} 52h18", stroke=colour, stroke_width=3)
        yield label(name, 44 + 110 * at, 56, fill=INK)
        for row in rows:
            part, whole = getattr(row, name)
            low, high = interval(part, whole)
            x = left + (right - left) * _log(row.level, lowest) + 4 * (at - 1)
            ends = [GROUND - (GROUND - TOP) * _log(one, lowest) for one in (low, high)]
            yield element("path", d=f"M{x:.1f} {ends[0]:.1f}V{ends[1]:.1f}", stroke=colour, stroke_width=1.5)
            if part:
                y = GROUND - (GROUND - TOP) * _log(part / whole, lowest)
                yield element("circle", cx=round(x, 1), cy=round(y, 1), r=3.5, fill=colour)


def _log(value: float, lowest: float) -> float:
    return 1 - math.log(max(value, lowest)) / math.log(lowest)


def _confidences(rows: Sequence[Bin]) -> Iterator[Markup]:
    left, right = 440, 730
    marks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    yield heading("Campaigns among candidates", 398)
    yield from _frame(left, right, marks, {one: one for one in marks}, "confidence said")
    measures = list(dict.fromkeys(row.measure for row in rows))
    for at, (name, colour) in enumerate(zip(measures, (*CAMPAIGNS[:2], KINDS[0], KINDS[2]), strict=True)):
        x, y = 404 + 190 * (at % 2), 52 + 19 * (at // 2)
        yield element("circle", cx=x, cy=y - 4, r=5, fill="none", stroke=colour, stroke_width=2)
        yield label(name, x + 12, y, fill=INK, font_size=11)
        for row in (one for one in rows if one.measure == name):
            share = row.campaigns / row.candidates
            yield element(
                "circle", cx=round(left + (right - left) * row.said, 1), cy=round(GROUND - (GROUND - TOP) * share, 1),
                r=round(3 + math.log2(row.candidates), 1), fill="none", stroke=colour, stroke_width=2,
            )  # fmt: skip
