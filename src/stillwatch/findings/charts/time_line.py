"""Activity over time: extraction and cover stacked, with the releases of models marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from stillwatch.findings.charts.svg import captioned, element, percent
from stillwatch.findings.numerals import clock, count, day, instant, plural, short_count, short_day
from stillwatch.findings.statement import Activity, Finding, Release

MOST_BARS = 120
STEPS_H = (1, 3, 6, 24, 7 * 24, 28 * 24, 364 * 24)
TOP_PX, PLOT_PX, FOOT_PX = 22, 150, 22


@dataclass(frozen=True)
class Bar:
    """What was asked from `at` on, for as long as the time line's step."""

    at: datetime
    exchanges_count: int
    extraction_count: int


@dataclass(frozen=True)
class TimeLine:
    """Bars of equal length that leave no gap, and the releases that fall among them with their numbers."""

    step: timedelta
    bars: tuple[Bar, ...]
    releases: tuple[tuple[int, Release], ...]

    @property
    def ends_at(self) -> datetime:
        """The end of the last bar."""
        return self.bars[-1].at + self.step

    @property
    def step_words(self) -> str:
        """The length of a bar, in words."""
        hours = self.step // timedelta(hours=1)
        if hours == 1:
            return "hour"
        return "day" if hours == 24 else plural(hours // 24, "day") if hours > 24 else plural(hours, "hour")

    def when(self, bar: Bar) -> str:
        """Write when a bar begins."""
        return day(bar.at) if self.step >= timedelta(days=1) else instant(bar.at)


def gather_time_line(activity: Sequence[Activity], releases: Iterable[Release]) -> TimeLine | None:
    """Gather hours into at most 120 bars of one length; None where there is no activity."""
    if not activity:
        return None
    first, last = min(hour.hour_at for hour in activity), max(hour.hour_at for hour in activity)
    hours = (last - first) // timedelta(hours=1) + 1
    step = timedelta(hours=next((step for step in STEPS_H if hours <= step * (MOST_BARS - 1)), STEPS_H[-1]))
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + (first - midnight) // step * step
    sums = [[0, 0] for _ in range((last - start) // step + 1)]
    for hour in activity:
        cell = sums[(hour.hour_at - start) // step]
        cell[0] += hour.exchanges_count
        cell[1] += hour.extraction_count
    bars = tuple(Bar(start + step * i, exchanges, extraction) for i, (exchanges, extraction) in enumerate(sums))
    ends = start + step * len(bars)
    within = sorted((release for release in releases if start <= release.at < ends), key=lambda r: (r.at, r.model))
    return TimeLine(step, bars, tuple(enumerate(within, 1)))


def draw_time_line(finding: Finding, line: TimeLine, slot: str) -> Markup:
    """Draw the bars over a common scale; the releases are numbered, and named in the text under the image."""
    top = round_up(max(bar.exchanges_count for bar in line.bars))
    peak = max(line.bars, key=lambda bar: (bar.exchanges_count, bar.at))
    description = (
        f"{count(finding.exchanges_count)} exchanges from {instant(line.bars[0].at)} to {instant(line.ends_at)}, "
        f"one bar for each {line.step_words}. The most are {count(peak.exchanges_count)}, from {line.when(peak)}."
    )
    return captioned(
        slot,
        f"Exchanges for each {line.step_words}, extraction and cover",
        description,
        *_grid(top, lines=True),
        *(_bar(line, index, bar, top) for index, bar in enumerate(line.bars)),
        *_grid(top, lines=False),
        *_dates(line),
        *(_release(line, number, release) for number, release in line.releases),
        class_="time-line",
        width="100%",
        height=TOP_PX + PLOT_PX + FOOT_PX,
    )


def round_up(most: int) -> int:
    """Return the least of 1, 2, 4, 5 and 8 times a power of ten that is no less than `most`, and 2 at the least.

    Examples
    --------
    >>> round_up(3412), round_up(0), round_up(100)
    (4000, 2, 100)
    """
    size = 1
    while True:
        for factor in (1, 2, 4, 5, 8):
            if factor * size >= max(most, 2):
                return factor * size
        size *= 10


def _height(number: int, top: int) -> float:
    return PLOT_PX * number / top


def _bar(line: TimeLine, index: int, bar: Bar, top: int) -> Markup:
    base, whole, taken = TOP_PX + PLOT_PX, _height(bar.exchanges_count, top), _height(bar.extraction_count, top)
    width = 1 / len(line.bars)
    across = {"x": percent((index + 0.1) * width), "width": percent(0.8 * width)}
    spoken = (
        f"{line.when(bar)}: {plural(bar.exchanges_count, 'exchange')}, {count(bar.extraction_count)} of them extraction"
    )
    return element(
        "g",
        element("title", spoken),
        element("rect", class_="bar cover", y=base - whole, height=whole - taken, **across),
        element("rect", class_="bar extraction", y=base - taken, height=taken, **across),
    )


def _grid(top: int, *, lines: bool) -> list[Markup]:
    heights = [(number, TOP_PX + PLOT_PX - _height(number, top)) for number in (0, top // 2, top)]
    if lines:
        return [element("line", class_="grid", x1="0%", x2="100%", y1=y, y2=y) for _, y in heights]
    return [element("text", short_count(number), class_="tick scale", x=2, y=y - 4) for number, y in heights[1:]]


def _dates(line: TimeLine) -> list[Markup]:
    last = len(line.bars) - 1
    short = line.ends_at - line.bars[0].at <= timedelta(days=4)
    parts = min(last, 2 if short else 4)
    marks = []
    for index in sorted({round(part * last / max(parts, 1)) for part in range(parts + 1)}):
        at = line.bars[index].at
        x, anchor = (
            (0.0, "start") if index == 0 else (1.0, "end") if index == last else ((index + 0.5) / (last + 1), "middle")
        )
        marks.append(
            element(
                "text",
                f"{short_day(at)}, {clock(at)}" if short else short_day(at),
                class_="tick",
                x=percent(x),
                y=TOP_PX + PLOT_PX + 16,
                text_anchor=anchor,
            )
        )
    return marks


def _release(line: TimeLine, number: int, release: Release) -> Markup:
    x = percent((release.at - line.bars[0].at) / (line.ends_at - line.bars[0].at))
    return element(
        "g",
        element("title", f"{release.model} released {instant(release.at)}"),
        element("line", class_="release", x1=x, x2=x, y1=TOP_PX - 4, y2=TOP_PX + PLOT_PX),
        element("circle", class_="release-dot", cx=x, cy=9, r=8),
        element("text", number, class_="release-number", x=x, y=12.5, text_anchor="middle"),
        class_="release-mark",
    )
