"""A story: who is in a world, honest and not, and over which days. Stories are data; nothing here draws anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from stillwatch.worlds.accounts import Account, Kind
from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.campaigns import Hiding


class Campaign(Protocol):
    """A campaign of a story."""

    @property
    def name(self) -> str:
        """The name under which the truth lists it."""
        ...

    @property
    def hiding(self) -> Hiding:
        """How it provides for its accounts."""
        ...

    def accounts(self, calendar: Calendar, seed: int, scale: float = 1.0) -> list[Account]:
        """Return all of its accounts."""
        ...


@dataclass(frozen=True)
class Story:
    """Who is in a world.

    Parameters
    ----------
    name, tells
        A name, and one sentence for people.
    calendar
        Its days and releases.
    population
        Kinds of honest accounts, and how many of each; `scale` multiplies the counts.
    campaigns
        Campaigns; `scale` multiplies their accounts.
    tactics
        Columns by which the campaigns' tactics, beside their pools, set them apart.
    prices
        Price of a million tokens of input and of output by model, in dollars.
    """

    name: str
    tells: str
    calendar: Calendar
    population: tuple[tuple[Kind, int], ...]
    campaigns: tuple[Campaign, ...] = ()
    tactics: frozenset[str] = frozenset()
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def meaningful(self) -> frozenset[str]:
        """Columns by which the story itself, and not the way it was made, sets its campaigns apart."""
        return self.tactics.union(*(campaign.hiding.shows for campaign in self.campaigns))
