"""Small incidences, made by hand: the sets of values that accounts show."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.links.incidence import Incidence, index_shown
from stillwatch.links.shown import Shown


@pytest.fixture(scope="session")
def incidence_of() -> Callable[..., Incidence]:
    """Return the incidence of accounts that show the given sets of numbers, each number a value."""

    def make(shows: Sequence[set[int]], name: str = "payment card", family: str = "money") -> Incidence:
        texts = sorted(set().union(*shows))
        rows = [(account, texts.index(value)) for account, values in enumerate(shows) for value in values]
        owners, numbers = np.array(rows, np.int64).reshape(-1, 2).T
        shown_count = np.array([len(values) for values in shows], np.int64)
        return index_shown(name, family, shown_count, (owners, numbers), pa.array([f"{one:04}" for one in texts]))

    return make


@pytest.fixture(scope="session")
def shown_of(incidence_of) -> Callable[..., Shown]:
    """Return what accounts show: for each (trait, family) the sets of values, and their organisations."""

    def make(traits: dict[tuple[str, str], Sequence[set[int]]], organisations: Sequence[int] | None = None) -> Shown:
        incidences = tuple(incidence_of(shows, *trait) for trait, shows in traits.items())
        count = len(next(iter(traits.values())))
        owned = np.full(count, -1) if organisations is None else np.array(organisations)
        return Shown(pa.array([f"account-{at:05}" for at in range(count)]), incidences, (), owned.astype(np.int64))

    return make
