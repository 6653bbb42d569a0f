"""Worlds and recorded accounts, made once for all tests."""

from collections.abc import Callable
from functools import cache

import polars as pl
import pyarrow as pa
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import World, make_world
from stillwatch.worlds.accounts import Account
from stillwatch.worlds.recording import plan_visits, record_exchanges
from stillwatch.worlds.stories.background import FORTNIGHT


@cache
def _made(story: str, scale: float) -> World:
    return make_world(story, scale=scale)


@pytest.fixture(scope="session")
def made() -> Callable[[str, float], World]:
    return _made


@pytest.fixture(scope="session")
def record() -> Callable[[list[Account]], pl.DataFrame]:
    def recorded(accounts: list[Account]) -> pl.DataFrame:
        batches = record_exchanges(plan_visits(accounts), FORTNIGHT)
        frame = pl.from_arrow(pa.Table.from_batches(batches, EXCHANGES.schema))
        assert isinstance(frame, pl.DataFrame)
        return frame

    return recorded
