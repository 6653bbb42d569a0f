"""The demonstration: a world is made and scanned as an operator would scan logs, and its truth is held against it."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from stillwatch.errors import FolderOccupied
from stillwatch.findings.settings import Declared, Price
from stillwatch.findings.statement import Release
from stillwatch.orders import run_order
from stillwatch.progress import LiveProgress
from stillwatch.record import Order
from stillwatch.scanning import Scan
from stillwatch.settings import Settings
from stillwatch.worlds import Making, find_story, make
from stillwatch.worlds.score import Score, score
from stillwatch.worlds.truth import open_truth

STORY = "february"
_FOLDERS = ("world", "findings")


@dataclass(frozen=True)
class Demonstration:
    """A world that was scanned, and how the findings compare with its truth."""

    scan: Scan
    comparison: Score
    findings_folder: Path
    logs: Path


def run_demo(into: Path, console: Console, *, seed: int = 1, threads: int | None = None) -> Demonstration:
    """Make a world in `into/world`, scan it into `into/findings`, and compare with the truth that lies beside the logs.

    Raises
    ------
    FolderOccupied
        `into` holds something else than an earlier demonstration.
    CannotWrite
        `into` cannot be written, or its disk is full.
    """
    if into.exists() and (not into.is_dir() or {one.name for one in into.iterdir()} - {*_FOLDERS}):
        raise FolderOccupied(into)
    folder, findings = (into / name for name in _FOLDERS)
    story = find_story(STORY)
    with LiveProgress(console) as progress:
        (logs,) = make(Making(story, seed), folder, progress).logs
    prices = {model: Price(price.input, price.output) for model, price in story.prices.items()}
    releases = tuple(Release(one.model, one.at) for one in story.calendar.releases)
    order = Order((str(logs),), Settings(declared=Declared(prices=prices)), releases=releases)
    scan = run_order(order, findings, console, threads=threads)
    return Demonstration(scan, score(open_truth(folder), findings), findings, logs)
