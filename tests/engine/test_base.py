import inspect

import pytest

from stillwatch.engine.base import Engine
from stillwatch.engine.duck import DuckEngine

ASKED = [name for name, value in vars(Engine).items() if inspect.isfunction(value) and not name.startswith("_")]


@pytest.mark.parametrize("name", ASKED)
def test_the_embedded_engine_does_what_a_stage_may_ask(name):
    asked = inspect.signature(getattr(Engine, name)).parameters.values()
    given = inspect.signature(getattr(DuckEngine, name)).parameters.values()
    assert [(one.name, one.kind, one.default) for one in asked] == [(one.name, one.kind, one.default) for one in given]


def test_a_stage_may_ask_for_something():
    assert {"name", "sql", "keep"} <= set(ASKED)
