"""Worlds, stories of few people and recorded accounts, made once for all tests."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import Calendar, Story, World, find_story, make_world
from stillwatch.worlds.accounts import Account
from stillwatch.worlds.recording import Recorder
from stillwatch.worlds.registry import Registry
from stillwatch.worlds.text import shipped_grammar, write_texts
from stillwatch.worlds.text.flat import SCOPES
from stillwatch.worlds.text.grammar import Grammar
from stillwatch.worlds.visits import NO_VISITS


@cache
def _made(story: str, scale: float | None) -> World:
    return make_world(story, scale=scale)


@pytest.fixture(scope="session")
def made() -> Callable[..., World]:
    """A world of a story that ships, by name and scale."""

    def world(story: str, scale: float | None = None) -> World:
        return _made(story, scale)

    return world


@pytest.fixture(scope="session")
def fortnight() -> Calendar:
    """The two weeks of most stories, with one release."""
    return find_story("peace").calendar


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Story]:
    """A story that ships, whose honest side may get as small as the scale says."""

    def story(name: str, **changes: object) -> Story:
        told = find_story(name)
        return replace(told, population=replace(told.population, **{"fewest_accounts": 1} | changes))

    return story


@pytest.fixture(scope="session")
def record(fortnight: Calendar) -> Callable[[Sequence[Account]], pl.DataFrame]:
    """What the gateway records of accounts, in the order of time."""

    def recorded(accounts: Sequence[Account]) -> pl.DataFrame:
        registry = Registry()
        registry.add(accounts)
        for number, account in enumerate(accounts):
            account.visits["account"] = number
        visits = np.concatenate([NO_VISITS, *(account.visits for account in accounts)])
        released = tuple(release.model for release in fortnight.releases)
        recorder = Recorder(registry.close(), released, shipped_grammar())
        rows = recorder.record(visits[np.lexsort((visits["seed"], visits["at"]))]).recorded.exchanges
        frame = pl.from_arrow(pa.Table.from_batches([rows], EXCHANGES.schema))
        assert isinstance(frame, pl.DataFrame)
        return frame

    return recorded


@pytest.fixture(scope="session")
def write() -> Callable[..., list[str]]:
    """Write one symbol from each seed; scopes that are not given are the seed's."""

    def written(grammar: Grammar, symbol: str, seeds: np.ndarray, **scopes: np.ndarray) -> list[str]:
        numbers = np.full(len(seeds), grammar.numbers[symbol])
        texts: list[str] = write_texts(grammar, numbers, {**dict.fromkeys(SCOPES, seeds), **scopes}).to_pylist()
        return texts

    return written
