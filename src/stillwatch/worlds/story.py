"""A story: who is in a world, and what happens there. Stories are TOML files; those that ship stand in `stories/`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from stillwatch.settings_table import read_table
from stillwatch.world_errors import BadStory, StoryUnknown
from stillwatch.worlds.accounts import Kind
from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.campaigns import Campaign
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.knobs import MILLION, UNTOLD, knob

SUFFIX = ".toml"


@dataclass(frozen=True)
class Share:
    """A kind of honest account, and its part of all of them."""

    kind: Kind = field(metadata=UNTOLD)
    share: float = knob("share of the honest accounts that are of this kind", unit="0-1")


@dataclass(frozen=True)
class Population:
    """The honest accounts."""

    kinds: tuple[Share, ...] = field(metadata=UNTOLD)
    accounts: int = knob("honest accounts at scale 1", unit="accounts", most=10 * MILLION)
    fewest_accounts: int = knob(
        "honest accounts that stay however small the world is, so that rarity can be learned", unit="accounts",
        default=300, most=10 * MILLION,
    )  # fmt: skip

    def counts(self, scale: float) -> Iterator[tuple[Kind, int]]:
        """Yield how many there are of each kind, at least one."""
        accounts = max(self.fewest_accounts, round(self.accounts * scale))
        total = sum(one.share for one in self.kinds)
        for one in self.kinds:
            yield one.kind, max(1, round(accounts * one.share / total / one.kind.size))


@dataclass(frozen=True)
class Price:
    """What a model costs."""

    input: float = knob("a million tokens of input", unit="dollars")
    output: float = knob("a million tokens of output", unit="dollars")


@dataclass(frozen=True)
class Story:
    """Who is in a world, and what happens there."""

    name: str = knob("a name", unit="text")
    tells: str = knob("what happens, in one sentence", unit="text")
    calendar: Calendar = knob("its days and releases", unit="table")
    population: Population = knob("the honest accounts", unit="table")
    campaigns: tuple[Campaign, ...] = knob("campaigns", unit="tables", default=())
    follows: str = knob("the public report or measurement that it follows", unit="text", default="")
    rehearsal_scale: float = knob(
        "scale at which it is rehearsed unless told otherwise, so that a rehearsal takes seconds", unit="ratio",
        default=1.0, least=0.0001, most=100,
    )  # fmt: skip
    prices: dict[str, Price] = knob("prices of the models, by name", unit="tables", factory=dict)
    text: str = field(default="", compare=False, repr=False, metadata=UNTOLD)

    @property
    def meaningful(self) -> frozenset[str]:
        """Columns by which the story itself, and not the way it was made, sets its campaigns apart."""
        return frozenset().union(*(campaign.meaningful for campaign in self.campaigns))

    def within(self, days: int | None) -> "Story":
        """Return the story in its first days, or in more days than it has."""
        return self if days is None else replace(self, calendar=replace(self.calendar, days=days))


@cache
def shipped_stories() -> Mapping[str, Story]:
    """Return the stories that ship, by name."""
    folder = resources.files("stillwatch.worlds.stories")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
    return {
        file.name.removesuffix(SUFFIX): _told(file.read_text(encoding="utf-8"), f"the story {file.name}")
        for file in files
    }


def find_story(name: str) -> Story:
    """Return the story that ships under a name, or that stands in a TOML file.

    Raises
    ------
    StoryUnknown
        No story that ships has this name.
    BadStory
        The file cannot be read, or has faults; all of them together.
    """
    if not name.endswith(SUFFIX):
        if name not in shipped_stories():
            raise StoryUnknown(name, sorted(shipped_stories()))
        return shipped_stories()[name]
    with BadStory.told_of(name):
        text = Path(name).read_bytes()
    try:
        return _told(text.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise BadStory(name, "bytes that are no UTF-8") from error


def _told(text: str, where: str) -> Story:
    try:
        table = tomllib.loads(text)
    except ValueError as error:  # also of a number with thousands of digits, which is no TOMLDecodeError
        raise BadStory(where, str(error)) from error
    faults: list[str] = []
    shares = _shares(table, faults)
    story = read_table(Story, table, Path(), faults)
    faults += [] if faults else _contradictions(story)
    if faults:
        raise BadStory(where, faults)
    return replace(story, population=replace(story.population, kinds=shares), text=text)


def _shares(table: dict[str, Any], faults: list[str]) -> tuple[Share, ...]:
    """Take the kinds out of the population, whose fields depend on what each is."""
    population = table.get("population")
    given = population.pop("kinds", []) if isinstance(population, dict) else []
    if isinstance(population, dict):
        population["kinds"] = []
    told: list[Share] = []
    for place, one in enumerate(given if isinstance(given, list) else [given], 1):
        within = f"population.kinds[{place}]"
        known = kinds().get(str(one.pop("kind", None))) if isinstance(one, dict) else None
        if known is None:
            faults.append(f"`{within}.kind` is none of {', '.join(f'`{name}`' for name in kinds())}")
            continue
        share = one.pop("share", None)
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
            faults.append(f"`{within}.share` is not above 0 and at most 1")
            continue
        kind = read_table(known, one, Path(), faults, within=within)
        if any(kind == other.kind for other in told):
            faults.append(f"`{within}` says what an earlier one says: their accounts would be the same")
        told.append(Share(kind, float(share)))
    if not given:
        faults.append("`population.kinds` is missing")
    return tuple(told)


def _contradictions(story: Story) -> Iterator[str]:
    """Yield what no field says by itself."""
    names = [campaign.name for campaign in story.campaigns]
    yield from (f"two campaigns have the name `{name}`" for name in sorted({n for n in names if names.count(n) > 1}))
    for release in story.calendar.releases:
        if release.at.tzinfo is None:
            yield f"the release of `{release.model}` has a time without a zone"
    for place, campaign in enumerate(story.campaigns, 1):
        yield from (f"`campaigns[{place}].{fault}" for fault in _faults_of(campaign, story.calendar.days))


def _faults_of(campaign: Campaign, days: int) -> Sequence[str]:
    until = days if campaign.pace.until_day is None else campaign.pace.until_day
    wrong = {
        "wants` names no target": not campaign.wants and campaign.forwarding.share < 1,
        "wants` has no share above 0": bool(campaign.wants) and not sum(campaign.wants.values()),
        "cover.share` is 1: nothing of it would be extraction": campaign.cover.share >= 1,
        "work.languages` has shares of more than 1 together": sum(campaign.work.languages.values()) > 1,
        "pace` ends before it begins": until <= campaign.pace.from_day,
    }
    return [fault for fault, is_so in wrong.items() if is_so]
