"""Rehearsals: worlds are made and scanned as their days pass, and the findings are held against the truth."""

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table

from stillwatch.errors import FolderOccupied
from stillwatch.findings.numerals import count, instant, plural, share
from stillwatch.operator_lists import read_releases
from stillwatch.progress import SILENT, LiveProgress, Progress
from stillwatch.record import read_record
from stillwatch.settings import Settings
from stillwatch.terminal import listed, plain, told
from stillwatch.worlds import Making, find_story, make, shipped_stories
from stillwatch.worlds.score import Detection, Rates, Score, detections, score
from stillwatch.worlds.truth import open_truth

# Days after which a world with campaigns is scanned, beside its last: close together where most campaigns are found,
# since a scan costs as much as all days before it.
SCANNED_DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60)
_NONE = "–"


@dataclass(frozen=True)
class Scored:
    """The folder of the latest findings with their score, and when each campaign was found, by name."""

    findings: Path
    score: Score
    detections: tuple[Detection, ...]


@dataclass(frozen=True)
class Rehearsed:
    """A story that was made, scanned and scored, and how long that took."""

    story: str
    seed: int
    exchanges_count: int
    scored: Scored
    seconds: float

    @property
    def hours(self) -> tuple[float, ...]:
        """How long it took to find each of the campaigns that were found."""
        return tuple(one.hours for one in self.scored.detections if one.hours is not None)

    def as_data(self) -> dict[str, Any]:
        """Return all of it by name, as JSON tells it."""
        told = {name: getattr(self, name) for name in ("story", "seed", "exchanges_count", "seconds")}
        return told | {"score": self.scored.score.as_data(), "detections": self.scored.detections}


def score_findings(world: Path, findings: Sequence[Path], console: Console) -> Scored:
    """Score the findings that know of the latest exchange, and say when each campaign was found by any.

    Parameters
    ----------
    findings
        Folders of findings; where there are several, each with the `scan.json` of its scan.

    Raises
    ------
    TruthUnreadable, FindingsUnscorable, RecordUnreadable
        The world has no truth that can be read, or a folder no findings.
    """
    with LiveProgress(console) as progress:
        return _score(world, findings, progress, timed=len(findings) > 1)


def _score(world: Path, findings: Sequence[Path], progress: Progress, *, timed: bool) -> Scored:
    progress.stage("reading the truth", None, "")
    truth = open_truth(world)
    dated = sorted((read_record(folder).summary.last_asked_at, folder) for folder in findings if timed)
    latest = dated[-1][1] if dated else findings[0]
    named = (latest / "exchanges.parquet").exists()
    progress.stage("scoring", truth.exchanges_count() if named else None, "exchanges" if named else "")
    scored = score(truth, latest, progress.advance)
    if dated:
        progress.stage("placing campaigns in time", None, "")
    return Scored(latest, scored, detections(truth, dated) if dated else ())


def order_rehearsals(
    names: Sequence[str], *, seed: int = 1, scale: float | None = None, days: int | None = None
) -> list[Making]:
    """Return the worlds to make: those of the stories named, each once, or of all that ship when none is named.

    Raises
    ------
    StoryUnknown, BadStory
        No story that ships has one of these names, or its file has faults.
    """
    stories = [find_story(name) for name in dict.fromkeys(names or shipped_stories())]
    return [Making(story, seed, scale, days) for story in stories]


def rehearse(orders: Sequence[Making], into: Path | None, console: Console) -> Iterator[Rehearsed]:
    """Make, scan and score worlds, one after the other.

    A world with campaigns is scanned as its days pass, so that it is seen when they are found.

    Parameters
    ----------
    into
        Folder in which each story gets one with its `world`, its `findings`, and those of its first days; None: nothing
        is kept.

    Raises
    ------
    FolderOccupied
        A story's folder in `into` holds something; nothing was made.
    CannotWrite
        A folder cannot be written, or its disk is full.
    """
    if into:
        for order in orders:
            _keep_clear(into / order.story.name)
    return _one_by_one(orders, into, console)


def _one_by_one(orders: Sequence[Making], into: Path | None, console: Console) -> Iterator[Rehearsed]:
    from stillwatch.kernels import prepare_kernels  # noqa: PLC0415 - a score needs none of them

    for number, order in enumerate(orders):
        with LiveProgress(console) as progress, _kept(into) as folder:
            if number == 0:
                prepare_kernels(progress)
            rehearsed = _rehearse(order, folder / order.story.name, progress)
        yield rehearsed


def _keep_clear(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise FolderOccupied(folder, "a file")
    if folder.exists() and (found := sorted(f"`{one.name}`" for one in folder.iterdir())):
        raise FolderOccupied(folder, ", ".join(found))


@contextmanager
def _kept(into: Path | None) -> Iterator[Path]:
    if into:
        yield into
    else:
        with tempfile.TemporaryDirectory(prefix="stillwatch-") as folder:
            yield Path(folder)


def _rehearse(order: Making, folder: Path, progress: Progress) -> Rehearsed:
    from stillwatch.scanning import scan  # noqa: PLC0415 - a score needs none of it

    began, name = time.monotonic(), order.story.name
    progress.stage(f"{name}: making the world", None, "")
    world = folder / "world"
    made = make(order, world, SILENT, by_day=True)
    released = read_releases(world / "releases.json") if (world / "releases.json").exists() else ()
    days = len(made.logs)
    steps = [*(number for number in SCANNED_DAYS if order.story.campaigns and number < days), days]
    progress.stage(f"{name}: scanning", len(steps), "scans")
    findings = []
    for number in steps:
        findings.append(folder / ("findings" if number == days else f"findings-day-{number:02}"))
        known = tuple(one for one in released if one.at.date() <= date.fromisoformat(made.logs[number - 1].stem))
        scan([str(day) for day in made.logs[:number]], into=findings[-1], settings=Settings(), releases=known)
        progress.advance(1)
    scored = _score(world, findings, SILENT, timed=bool(order.story.campaigns))
    return Rehearsed(name, order.seed, made.exchanges_count, scored, time.monotonic() - began)


def show_score(given: Score) -> Iterator[RenderableType]:
    """Yield the parts of a score for the terminal."""
    yield plain("Against the truth of this world", "bold")
    rows = [
        (one.name, count(one.accounts_count), count(one.found_count), share(one.found_count / one.accounts_count),
         one.campaign_id or "not found")
        for one in given.campaigns
    ]  # fmt: skip
    if rows:
        yield listed(("!true campaign", ">!accounts", ">!found", ">!share", "!as"), rows)
        yield told("accounts  ", _rates(given.accounts.rates))
        yield told("campaigns ", f"told apart with B-cubed {_rates(given.bcubed)}")
    if given.exchanges is not None:
        yield told("exchanges ", _rates(given.exchanges.rates))
    flagged = f"{count(given.accounts.fp)} of {plural(given.honest_count, 'account')} flagged"
    if given.accounts.fp:
        roles = ", ".join(f"{role} {count(number)}" for role, number in given.false_by_role.items())
        flagged += f", {given.honest_flagged_per_10k:.1f} per 10,000 ({roles})"
    yield told("honest    ", f"{flagged}; {plural(len(given.false_campaigns), 'false campaign')}")


def _rates(rates: Rates) -> str:
    return f"precision {rates.precision:.3f}, recall {rates.recall:.3f}, F1 {rates.f1:.3f}"


def show_detections(found: Sequence[Detection]) -> Table:
    """Return when each campaign was found, and how much of its extraction had been asked by then."""
    rows = [
        (
            one.campaign,
            instant(one.first_at) if one.first_at else _NONE,
            instant(one.detected_at) if one.detected_at else "not found",
            _NONE if one.hours is None else f"{one.hours:.1f} h",
            _NONE if one.sent_share is None else share(one.sent_share),
        )
        for one in found
    ]
    return listed(("!true campaign", "!first extraction", "!found", ">!after", ">!asked by then"), rows)


# One row a line as it comes needs widths that do not depend on rows.
_COLUMNS = (
    ("story", 20), (">exchanges", 9), (">honest", 6), (">in cam-\npaigns", 7), (">preci-\nsion", 6), (">recall", 6),
    (">false in\n10,000", 8), (">B-cubed\nF1", 7), (">false\ncampaigns", 9), (">exchanges\nP / R", 11),
    (">found\nafter", 13), (">seconds", 7),
)  # fmt: skip


def heading() -> Table:
    """Return the head of the table of rehearsals."""
    return _line((name.lstrip(">") for name, _ in _COLUMNS), "dim")


def row_of(one: Rehearsed) -> Table:
    """Return a rehearsal as a line of the table."""
    given = one.scored.score
    rates, hours, guilty = given.accounts.rates, one.hours, given.accounts.tp + given.accounts.fn
    after = f"{median(hours):.0f} h, " if hours else ""
    cells = (
        one.story,
        count(one.exchanges_count),
        count(given.honest_count),
        count(guilty),
        f"{rates.precision:.3f}" if given.accounts.tp + given.accounts.fp else _NONE,
        f"{rates.recall:.3f}" if guilty else _NONE,
        f"{given.honest_flagged_per_10k:.1f}",
        f"{given.bcubed.f1:.3f}" if guilty else _NONE,
        count(len(given.false_campaigns)),
        _pair(given) if guilty else _NONE,
        f"{after}{len(hours)} of {len(given.campaigns)}" if guilty else _NONE,
        f"{one.seconds:.1f}",
    )
    return _line(cells)


def _pair(given: Score) -> str:
    if given.exchanges is None:
        return _NONE
    return f"{given.exchanges.rates.precision:.2f} / {given.exchanges.rates.recall:.2f}"


def _line(cells: Iterable[str], style: str = "") -> Table:
    line = Table.grid(padding=(0, 1), pad_edge=False)
    for name, width in _COLUMNS:
        right = name.startswith(">")
        line.add_column(justify="right" if right else "left", width=width, overflow="fold", vertical="bottom")
    line.add_row(*(plain(cell, style) for cell in cells))
    return line
