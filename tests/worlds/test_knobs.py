import re
from dataclasses import dataclass, field, fields

import pytest

from stillwatch.worlds import Story, knobs
from stillwatch.worlds.honest import kinds
from stillwatch.worlds.knobs import MILLION, UNTOLD, Knob, knob, knobs_of, parts_of

UNSAID = {("Story", "text"), ("Share", "kind"), ("Population", "kinds")}
SOURCES = {value for name, value in vars(knobs).items() if name.isupper() and isinstance(value, str)}


@dataclass(frozen=True)
class Wheel:
    spokes: int = knob("how many spokes it has", unit="spokes", default=8, least=8, most=60)


@dataclass(frozen=True)
class Bicycle:
    colour: str = knob("its colour", unit="text", source="a shop")
    front: Wheel = knob("the front wheel", unit="table", factory=Wheel)
    spare: Wheel | None = knob("a wheel that is carried along", unit="table", default=None)
    others: tuple[Wheel, ...] = knob("more wheels", unit="tables", default=())
    by_name: dict[str, Wheel] = knob("wheels with a name", unit="tables", factory=dict)
    hidden: int = field(default=3, metadata=UNTOLD)


def reachable(kind):
    yield kind
    for _, inner in parts_of(kind):
        yield from reachable(inner)


def told_dataclasses():
    found = {inner for kind in (Story, *kinds().values()) for inner in reachable(kind)}
    return sorted(found, key=lambda kind: kind.__name__)


def test_a_knob_holds_what_is_said_of_its_field():
    colour, front, spare, *_ = knobs_of(Bicycle)
    assert (colour.name, colour.about, colour.unit, colour.source) == ("colour", "its colour", "text", "a shop")
    assert front == Knob("front", "the front wheel", "table", knobs.OURS, Wheel(8))
    assert spare.default is None
    assert (front.least, front.most) == (None, MILLION)


def test_a_knob_may_have_bounds_of_its_own():
    (spokes,) = knobs_of(Wheel)
    assert (spokes.least, spokes.most) == (8, 60)


def test_a_knob_without_default_is_required():
    with pytest.raises(TypeError, match="colour"):
        Bicycle()
    assert Bicycle("red").front.spokes == 8


def test_the_default_of_a_table_is_its_own_each_time():
    assert Bicycle("red").by_name is not Bicycle("red").by_name


def test_parts_are_found_in_unions_tuples_and_tables():
    assert [name for name, _ in parts_of(Bicycle)] == ["front", "spare", "others", "by_name"]
    assert {kind for _, kind in parts_of(Bicycle)} == {Wheel}


def test_every_part_of_a_story_is_reached():
    names = {kind.__name__ for kind in told_dataclasses()}
    assert names >= {"Story", "Calendar", "Release", "Population", "Share", "Price", "Campaign", "Work", "Pace",
                     "Hiding", "Cover", "Forwarding", "Adapting", "Person", "App"}  # fmt: skip


@pytest.mark.parametrize("kind", told_dataclasses(), ids=lambda kind: kind.__name__)
def test_every_knob_says_what_it_means_its_unit_and_its_source(kind):
    for one in fields(kind):
        if (kind.__name__, one.name) in UNSAID:
            assert dict(one.metadata) == UNTOLD
            continue
        assert re.fullmatch(r"\S[^\n]*[^\s.;:]", one.metadata["about"])
        assert re.match(r"[a-z0-9`]", one.metadata["about"])
        assert one.metadata["unit"].strip()
        assert one.metadata["source"] in SOURCES
