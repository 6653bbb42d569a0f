"""A story: who is in a world, and what happens there. Stories are TOML files; those that ship stand in `stories/`."""

import tomllib
from collections.abc import Iterator, Mapping
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
from stillwatch.worlds.contradictions import calendar_faults, campaign_faults
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.knobs import MILLION, UNTOLD, knob, knobs_of

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
        known = kinds().get(str(one.get("kind"))) if isinstance(one, dict) else None
        if known is None:
            faults.append(f"`{within}.kind` is none of {', '.join(f'`{name}`' for name in kinds())}")
            continue
        before = len(faults)
        share = _share_of(known, one, within, faults)
        if len(faults) == before and any(share.kind == other.kind for other in told):
            faults.append(f"`{within}` says what an earlier one says: their accounts would be the same")
        told.append(share)
    if not given:
        faults.append("`population.kinds` is missing")
    return tuple(told)


def _share_of(kind: type[Kind], table: dict[str, Any], within: str, faults: list[str]) -> Share:
    """Return a kind and its share; with any fault, defaults stand in their place."""
    share = table.get("share")
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
        faults.append(f"`{within}.share` is not above 0 and at most 1")
        share = 1.0
    names = [one.name for one in knobs_of(kind)]
    for name in table:
        if name not in {"kind", "share", *names}:
            has = ", ".join(f"`{one}`" for one in ("share", *names))
            faults.append(f"`{within}.{name}` is no field of the kind `{kind.kind}`, which has {has}")
    fields = {name: value for name, value in table.items() if name in names}
    return Share(read_table(kind, fields, Path(), faults, within=within), float(share))


def _contradictions(story: Story) -> Iterator[str]:
    """Yield what no field says by itself."""
    names = [campaign.name for campaign in story.campaigns]
    yield from (f"two campaigns have the name `{name}`" for name in sorted({n for n in names if names.count(n) > 1}))
    yield from calendar_faults(story.calendar, story.prices)
    for place, campaign in enumerate(story.campaigns, 1):
        yield from (f"`campaigns[{place}].{fault}" for fault in campaign_faults(campaign, story.calendar.days))
