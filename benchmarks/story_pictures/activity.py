"""The left panel: exchanges over time in layers, closures, releases, and who turns to a model."""

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl
from markupsafe import Markup

from stillwatch.findings.charts.svg import element
from stillwatch.findings.charts.time_line import round_up
from stillwatch.findings.numerals import count, plural, short_count, short_day
from story_pictures.canvas import HONEST, INK, MUTED, RULE, Named, heading, label, legend, line_path
from story_pictures.scene import Scene

LEFT, RIGHT = 52, 556
TOP, GROUND = 104, 268
_SHARES_TOP, _SHARES_GROUND = 312, 352
_DATES_Y = 375
_STEPS_H = (2, 6, 12, 24)
_MOST_BARS = 190
_HOUR = timedelta(hours=1)
Numbers = npt.NDArray[np.float64]
# fewer exchanges than these tell nothing of a share
_LEAST_ASKED = 8
# closures of one instant that are counted in figures
_MANY = 3


def draw_activity(scene: Scene) -> Markup:
    """Draw the exchanges of a story over time."""
    step = step_h(scene)
    names = [one for one in scene.layers if not one.name.endswith(": cover")]
    shown = [*names, *([Named("cover: lighter", _cover(scene))] if len(names) < len(scene.layers) else [])]
    return Markup("").join([
        heading(f"Exchanges per {'day' if step == 24 else plural(step, 'hour')}", 16),
        legend(shown, 16, RIGHT),
        _grid(scene, step),
        *_areas(scene, step),
        _closures(scene),
        _shares(scene, 12 if step == _STEPS_H[0] else 24),
        _releases(scene),
        _dates(scene),
    ])  # fmt: skip


def step_h(scene: Scene) -> int:
    """Return how many hours one step of the panel has."""
    hours = scene.story.calendar.days * 24
    return next((step for step in _STEPS_H if hours <= step * _MOST_BARS), _STEPS_H[-1])


def counted(scene: Scene, step: int) -> npt.NDArray[np.int64]:
    """Return the exchanges of each layer in each step."""
    bars = -(-scene.story.calendar.days * 24 // step)
    bar = _bars(scene, step)
    return np.array([
        np.bincount(bar.filter(scene.exchanges["layer"] == one.name).to_numpy(), minlength=bars)
        for one in scene.layers
    ])  # fmt: skip


def _bars(scene: Scene, step: int) -> pl.Series:
    return ((scene.exchanges["asked_at"] - _first(scene)).dt.total_hours() // step).alias("bar")


def _cover(scene: Scene) -> str:
    return next(one.colour for one in scene.layers if one.name.endswith(": cover"))


def _first(scene: Scene) -> datetime:
    return datetime.combine(scene.story.calendar.first, datetime.min.time(), UTC)


def _x(scene: Scene, at: datetime) -> float:
    return LEFT + (RIGHT - LEFT) * ((at - _first(scene)) / timedelta(days=scene.story.calendar.days))


def _top(counts: npt.NDArray[np.int64]) -> int:
    return max(int(counts.sum(axis=0).max()), 2)


def _grid(scene: Scene, step: int) -> Markup:
    top = _top(counted(scene, step))
    every = round_up(-(-top // 4))
    lines = []
    for number in range(every, top + 1, every):
        y = GROUND - (GROUND - TOP) * number / top
        lines.append(element("path", d=f"M{LEFT} {y:g}H{RIGHT}", stroke=RULE))
        lines.append(label(short_count(number), LEFT - 6, y + 4, text_anchor="end"))
    return Markup("").join(lines)


def _areas(scene: Scene, step: int) -> list[Markup]:
    counts = counted(scene, step)
    high = np.round(GROUND - (GROUND - TOP) * np.cumsum(counts, axis=0) / _top(counts), 1)
    low = np.vstack([np.full(counts.shape[1], float(GROUND)), high[:-1]])
    edges = np.round(np.linspace(LEFT, RIGHT, counts.shape[1] + 1), 1)
    return [
        element("path", d=_stairs(edges, under, over), fill=one.colour, class_="layer")
        for one, under, over in zip(scene.layers, low, high, strict=True)
    ]


def _stairs(edges: Numbers, low: Numbers, high: Numbers) -> str:
    """Return the outline of bars that touch, between two heights each."""
    there = _flight(edges, high)
    back = _flight(edges[::-1], low[::-1])
    return f"M{LEFT} {low[0]:g}{there}{back}z"


def _flight(edges: Numbers, heights: Numbers) -> str:
    """Return steps from the first edge to the last; those of one height are one."""
    changes = np.flatnonzero(np.diff(heights, prepend=np.nan))
    ends = edges[[*changes[1:], -1]]
    return "".join(f"V{y:g}H{x:g}" for x, y in zip(ends.tolist(), heights[changes].tolist(), strict=True))


def _closures(scene: Scene) -> Markup:
    truth = pl.DataFrame(scene.world.truth_accounts).filter(pl.col("closed_at").is_not_null()).sort("closed_at")
    colours = {one.name.removesuffix(": extraction"): one.colour for one in scene.layers}
    ticks = [
        element(
            "path",
            d="".join(f"M{_x(scene, at):.1f} {GROUND + 4}v9" for at in part["closed_at"]),
            stroke=colours.get(str(campaign), MUTED), stroke_width=1.4, class_="closures",
        )
        for (campaign,), part in truth.group_by("campaign", maintain_order=True)
    ]  # fmt: skip
    at_once = truth["closed_at"].value_counts(sort=True).filter(pl.col("count") >= _MANY)
    numbers = [
        label(count(many), _x(scene, at) + 4, GROUND + 14, font_size=11) for at, many in sorted(at_once.iter_rows())
    ]
    ground = element("path", d=f"M{LEFT} {GROUND + 0.5}H{RIGHT}", stroke=MUTED)
    words = [label("closed", LEFT - 6, GROUND + 13, text_anchor="end", font_size=11)] if ticks else []
    return Markup("").join([ground, *ticks, *numbers, *words])


def _releases(scene: Scene) -> Markup:
    drawn = []
    for release in scene.story.calendar.releases:
        x = _x(scene, release.at)
        drawn += [
            element("path", d=f"M{x:.1f} {TOP - 4}V{_SHARES_GROUND}", stroke=INK, stroke_dasharray="4 3"),
            label(f"{release.model} released", x, TOP - 9, text_anchor="middle", fill=INK),
        ]
    return Markup("").join(drawn)


def _dates(scene: Scene) -> Markup:
    days = scene.story.calendar.days
    every = next(every for every in (2, 7, 14) if days <= 8 * every)
    drawn = []
    for day in range(0, days, every):
        at = _first(scene) + timedelta(days=day)
        x = _x(scene, at)
        drawn.append(element("path", d=f"M{x:.1f} {_SHARES_GROUND}v5", stroke=MUTED))
        drawn.append(label(short_day(at), x, _DATES_Y - 5, text_anchor="middle"))
    return Markup("").join(drawn)


def _shares(scene: Scene, step: int) -> Markup:
    """Draw which share of what is asked goes to a model, of the honest and of each campaign's extraction."""
    model = scene.telling_model
    height = _SHARES_GROUND - _SHARES_TOP
    drawn = [
        label(f"Share that asks {model}", LEFT, _SHARES_TOP - 9),
        element("path", d=f"M{LEFT} {_SHARES_TOP}H{RIGHT}M{LEFT} {_SHARES_GROUND}H{RIGHT}", stroke=RULE),
        label("100%", LEFT - 6, _SHARES_TOP + 4, text_anchor="end"),
        label("0", LEFT - 6, _SHARES_GROUND + 4, text_anchor="end"),
    ]
    asked = scene.exchanges.with_columns(_bars(scene, step), to_it=pl.col("model") == model)
    for name, colour in _asking(scene):
        part = asked.filter(pl.col("layer") == name) if name else asked.filter(~pl.col("layer").str.contains(": "))
        shares = part.group_by("bar").agg(pl.len(), pl.col("to_it").mean()).sort("bar")
        shares = shares.filter(pl.col("len") >= _LEAST_ASKED)
        middles = [_x(scene, _first(scene) + _HOUR * step * (bar + 0.5)) for bar in shares["bar"]]
        points = [(x, _SHARES_GROUND - height * to) for x, to in zip(middles, shares["to_it"], strict=True)]
        if points:
            drawn.append(element("path", d=line_path(points), stroke=colour, stroke_width=1.8, fill="none"))
    return Markup("").join(drawn)


def _asking(scene: Scene) -> list[tuple[str, str]]:
    extracting = [(one.name, one.colour) for one in scene.layers if one.name.endswith(": extraction")]
    return [("", HONEST), *extracting]
