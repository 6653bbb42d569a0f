import pytest
import typer

from stillwatch.options import check_sizes, parsed_memory
from stillwatch.worlds.calendar import LONGEST_DAYS


def test_memory_is_parsed_where_it_is_given():
    assert (parsed_memory(None), parsed_memory("4GB")) == (None, 4_000_000_000)


@pytest.mark.parametrize("given", ["4 apples", "1MB", "999999999999999999TB", "9" * 400])
def test_what_is_no_memory_is_refused(given):
    with pytest.raises(typer.BadParameter):
        parsed_memory(given)


@pytest.mark.parametrize(("scale", "days"), [(None, None), (1.0, 1), (0.001, LONGEST_DAYS)])
def test_a_world_may_have_these_sizes(scale, days):
    check_sizes(scale, days)


@pytest.mark.parametrize(
    ("scale", "days"), [(0.0, None), (-1.0, 1), (float("inf"), 1), (float("nan"), 1), (1.0, LONGEST_DAYS + 1)]
)
def test_no_world_has_these(scale, days):
    with pytest.raises(typer.BadParameter):
        check_sizes(scale, days)
