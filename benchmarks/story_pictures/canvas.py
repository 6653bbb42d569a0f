"""Colours, texts, legends and paths of the pictures of stories."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from stillwatch.findings.charts.svg import element

WIDTH, HEIGHT = 1000, 392
INK, MUTED, RULE, PAPER, EDGE = "#1b1f24", "#59616b", "#e4e4de", "#fbfbf9", "#d5d5ce"
HONEST, GROUPS = "#93a5ba", "#1f8f86"
# warm for campaigns, cool for what is honest, so that a glance tells them apart
CAMPAIGNS = ("#c85a00", "#7b3c93", "#b5123f")
KINDS = ("#2563b0", "#1f9484", "#58a63c", "#5b4fb8", "#3fa7d6", "#8a8f1e", "#0f5f4a", "#9a8fd8", "#36587a", "#76c7b7")
_SANS = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
_LETTER = 7.5


class Named(NamedTuple):
    """A colour, and what has it."""

    name: str
    colour: str


def tint(colour: str, kept: float = 0.42) -> str:
    """Return a colour mixed with the paper's.

    Examples
    --------
    >>> tint("#000000", 0.5)
    '#7e7e7c'
    """
    mixed = (round(kept * int(colour[at : at + 2], 16) + (1 - kept) * int(PAPER[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def paper() -> Markup:
    """Return the ground, which is light whatever the page is."""
    return element("rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=6, fill=PAPER, stroke=EDGE)


def label(words: object, x: float, y: float, **more: object) -> Markup:
    """Write words at a place."""
    return element("text", words, x=float(x), y=float(y), **({"fill": MUTED} | more))


def heading(words: str, x: float) -> Markup:
    """Write the heading of a panel."""
    return label(words, x, 27, fill=INK, font_size=15, font_weight=600)


def lettered(*children: object) -> Markup:
    """Group what is written in the letters of the pictures."""
    return element("g", *children, font_family=_SANS, font_size=13)


def legend(names: Iterable[Named], left: float, right: float, lines: Iterable[Named] = ()) -> Markup:
    """Write what the colours of areas mean, and below those of lines, in as many rows as are needed."""
    drawn, y = [], 48
    for some, mark in ((list(names), _block), (list(lines), _stroke)):
        x = left
        for name, colour in some:
            width = 17 + _LETTER * len(name)
            if x > left and x + width > right:
                x, y = left, y + 17
            drawn += [mark(x, y, colour), label(name, x + 17, y)]
            x += width + 12
        y += 17 if some else 0
    return Markup("").join(drawn)


def _block(x: float, y: float, colour: str) -> Markup:
    return element("rect", x=float(x), y=float(y - 10), width=11, height=11, rx=2, fill=colour)


def _stroke(x: float, y: float, colour: str) -> Markup:
    return element("path", d=f"M{x:g} {y - 4:g}h12", stroke=colour, stroke_width=2)


def line_path(points: Sequence[tuple[float, float]]) -> str:
    """Return the path through points, in steps from one to the next; coordinates are rounded to tenths."""
    at = [(round(10 * x), round(10 * y)) for x, y in points]
    steps = [f"l{_tenth(x - u)} {_tenth(y - v)}" for (u, v), (x, y) in pairwise(at)]
    return f"M{_tenth(at[0][0])} {_tenth(at[0][1])}" + "".join(steps).replace(" -", "-")


def dot_path(points: Iterable[tuple[float, float]]) -> str:
    """Return a path that draws a dot at each point where its stroke has round ends."""
    return "".join(f"M{round(x, 1):g} {round(y, 1):g}h0" for x, y in points)


def _tenth(tenths: int) -> str:
    return f"{tenths / 10:g}"
