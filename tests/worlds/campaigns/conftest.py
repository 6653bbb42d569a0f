"""A plain campaign whose knobs tests turn, and what a campaign opens and sends."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stillwatch.worlds import Calendar
from stillwatch.worlds.accounts import Account
from stillwatch.worlds.campaigns import Campaign, Work, open_crew
from stillwatch.worlds.recording import Recorder
from stillwatch.worlds.registry import Registry
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import NO_VISITS, Visits


@dataclass(frozen=True)
class Acted:
    """A campaign's accounts, what they send in the order of time, and its rows."""

    accounts: list[Account]
    visits: Visits
    released: tuple[str, ...]

    @property
    def says(self) -> pl.Series:
        """The symbol of the grammar that each visit says."""
        return pl.Series(np.array(shipped_grammar().names)[self.visits["says"]].tolist())

    @cached_property
    def rows(self) -> pl.DataFrame:
        registry = Registry()
        registry.add(self.accounts)
        recorded = Recorder(registry.close(), self.released, shipped_grammar()).record(self.visits).recorded
        return pl.DataFrame(pl.from_arrow(pa.Table.from_batches([recorded.exchanges])))


@pytest.fixture(scope="session")
def plain() -> Campaign:
    """Ten accounts that share nothing and work through single-turn jobs of two templates."""
    wants = {"reasoning": 0.7, "coding": 0.3}
    return Campaign("yew", 10, 2000, wants, work=Work(turns=1.0, templates=2))


@pytest.fixture(scope="session")
def act(fortnight: Calendar) -> Callable[..., Acted]:
    """Let a campaign act in a fortnight's story, of which a world may have fewer or more days."""

    def acted(campaign: Campaign, *, scale: float = 1.0, days: int = 14, seed: int = 11) -> Acted:
        calendar = Calendar(fortnight.first, days, fortnight.releases)
        crew = open_crew(calendar, campaign, seed, scale, fortnight.days)
        visits = np.concatenate([NO_VISITS, *crew.visits()])
        order = np.lexsort((visits["seed"], visits["at"]))
        return Acted(crew.accounts, visits[order], tuple(release.model for release in fortnight.releases))

    return acted
