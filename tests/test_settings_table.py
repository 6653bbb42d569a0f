import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from stillwatch.settings_table import choices_of, dotted_names, parse_bytes, read_table


@dataclass(frozen=True)
class Inner:
    weakest_bits: float = 1.0
    trimmed_share: float = 0.1
    rounds: int = 2
    chance_probability: float = 0.5
    high_quantile: float = 0.9
    some_overdispersion: float = 0.3
    folder: Path | None = None


@dataclass(frozen=True)
class Outer:
    memory_bytes: int | None = None
    inner: Inner = field(default_factory=Inner)


def faults_of(table):
    faults = []
    read_table(Outer, table, Path(), faults)
    return faults


def test_names_are_dotted():
    assert list(dotted_names(Outer)) == ["memory_bytes", *(f"inner.{name}" for name in vars(Inner()))]


def test_values_are_converted():
    faults = []
    read = read_table(Outer, {"memory_bytes": "1GiB", "inner": {"weakest_bits": 3, "folder": "x"}}, Path("/a"), faults)
    assert (faults, read) == ([], Outer(2**30, Inner(weakest_bits=3.0, folder=Path("/a/x"))))


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"inner": {"rounds": 0}}, "`inner.rounds`: 0 is less than 1"),
        ({"inner": {"rounds": 1.5}}, "`inner.rounds`: expected `int`, got `float`"),
        ({"inner": {"trimmed_share": 1.01}}, "`inner.trimmed_share`: 1.01 is more than 1"),
        ({"inner": {"trimmed_share": -0.1}}, "`inner.trimmed_share`: -0.1 is not 0 or more"),
        ({"inner": {"weakest_bits": -1}}, "`inner.weakest_bits`: -1 is not 0 or more"),
        ({"inner": {"weakest_bits": float("nan")}}, "`inner.weakest_bits`: nan is not a number"),
        ({"inner": {"chance_probability": 0}}, "`inner.chance_probability`: 0 is not above 0"),
        ({"inner": {"chance_probability": -1}}, "`inner.chance_probability`: -1 is not above 0"),
        ({"inner": {"high_quantile": 1}}, "`inner.high_quantile`: 1 is not below 1"),
        ({"inner": {"high_quantile": 0}}, "`inner.high_quantile`: 0 is not above 0"),
        ({"inner": {"high_quantile": 5}}, "`inner.high_quantile`: 5 is more than 1"),
        ({"inner": {"some_overdispersion": 1.0}}, "`inner.some_overdispersion`: 1 is not below 1"),
        ({"inner": {"some_overdispersion": 0}}, "`inner.some_overdispersion`: 0 is not above 0"),
        ({"inner": {"folder": 3}}, "`inner.folder`: expected the path of a file, got `int`"),
        ({"inner": {"folder": "a\0b"}}, "`inner.folder`: a path has no NUL in it"),
        (
            {"inner": {"folder": "~no_one/x"}},
            "`inner.folder`: `~no_one/x` is in the home of nobody known here",
        ),
        ({"inner": 3}, "`inner` is not a table"),
        ({"memory_bytes": 10}, "`memory_bytes`: 10 bytes are less than 100MB"),
        ({"memory_bytes": "10MB"}, "`memory_bytes`: `10MB` is less than 100MB"),
        ({"rounds": 3}, "`rounds` is not a setting (did you mean `inner.rounds`?)"),
        ({"inner": {"round": 3}}, "`inner.round` is not a setting (did you mean `inner.rounds`?)"),
        ({"zzz": 3}, "`zzz` is not a setting"),
    ],
)
def test_a_fault_is_told_by_the_name_of_its_setting(table, fault):
    assert faults_of(table) == [fault]


@dataclass(frozen=True)
class Wheel:
    spokes: int
    share: float = 0.5
    offset_h: int = 0


@dataclass(frozen=True)
class Bicycle:
    name: str
    spare: Wheel | None = None
    wheels: tuple[Wheel, ...] = ()
    by_name: dict[str, Wheel] = field(default_factory=dict)
    shiny: bool = False
    sizes: tuple[float, ...] = ()
    colours: dict[Literal["red", "blue"], float] = field(default_factory=dict)
    size: Literal["small", "large"] | None = None
    teeth: int = field(default=30, metadata={"least": 8, "most": 60})
    gears: tuple[float, ...] = field(default=(), metadata={"least": None, "most": 12})


def bicycle_of(table, within=""):
    faults = []
    return read_table(Bicycle, {"name": "tall", **table}, Path(), faults, within=within), faults


@pytest.mark.parametrize(
    ("table", "bicycle"),
    [
        ({}, Bicycle("tall")),
        ({"spare": {"spokes": 8}}, Bicycle("tall", spare=Wheel(8))),
        ({"wheels": [{"spokes": 8}, {"spokes": 9, "share": 1}]}, Bicycle("tall", wheels=(Wheel(8), Wheel(9, 1.0)))),
        ({"wheels": []}, Bicycle("tall")),
        ({"by_name": {"front one": {"spokes": 8}}}, Bicycle("tall", by_name={"front one": Wheel(8)})),
        ({"spare": {"spokes": 8, "offset_h": -6}}, Bicycle("tall", spare=Wheel(8, offset_h=-6))),
        ({"shiny": True}, Bicycle("tall", shiny=True)),
        ({"sizes": [1, 2.5]}, Bicycle("tall", sizes=(1.0, 2.5))),
        ({"colours": {"red": 1}}, Bicycle("tall", colours={"red": 1.0})),
    ],
)
def test_tables_may_be_left_out_listed_or_named(table, bicycle):
    assert bicycle_of(table) == (bicycle, [])


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"spare": {"spokes": 0}}, "`spare.spokes`: 0 is less than 1"),
        ({"spare": {}}, "`spare.spokes` is missing"),
        ({"spare": 3}, "`spare`: expected `object | null`, got `int`"),
        ({"spare": {"spokes": 8, "spoke": 3}}, "`spare.spoke` is not a setting (did you mean `spare.spokes`?)"),
        ({"spare": {"spokes": 8, "share": 1.2}}, "`spare.share`: 1.2 is more than 1"),
        ({"spare": {"spokes": 8, "share": -0.2}}, "`spare.share`: -0.2 is not 0 or more"),
        ({"wheels": [{"spokes": 8}, {"spokes": "x"}]}, "`wheels[2].spokes`: expected `int`, got `str`"),
        ({"wheels": [{"spokes": 8}, 3]}, "`wheels[2]` is not a table"),
        ({"wheels": {"spokes": 8}}, "`wheels`: expected `array`, got `object`"),
        ({"by_name": {"front": {}}}, "`by_name.front.spokes` is missing"),
        ({"by_name": {"front": 3}}, "`by_name.front` is not a table"),
        ({"shiny": 1}, "`shiny`: expected `bool`, got `int`"),
        ({"sizes": ["x"]}, "`sizes`: expected `float`, got `str` - at `$[0]`"),
        ({"colours": {"green": 1}}, "`colours`: `green` is none of `red`, `blue`"),
        ({"colours": {"red": -1}}, "`colours.red`: -1 is not 0 or more"),
        ({"colours": {"red": 1, "blue": math.nan}}, "`colours.blue`: nan is not a number"),
        ({"size": "wide"}, "`size`: `wide` is none of `small`, `large`"),
        ({"size": 3}, "`size`: expected `str | null`, got `int`"),
        ({"sizes": [1, -2]}, "`sizes[2]`: -2 is not 0 or more"),
        ({"sizes": [1, math.inf]}, "`sizes[2]`: inf is not a number"),
        ({"teeth": 7}, "`teeth`: 7 is less than 8"),
        ({"teeth": -1}, "`teeth`: -1 is less than 8"),
        ({"teeth": 10**6}, "`teeth`: 1,000,000 is more than 60"),
        ({"gears": [1.0, 13.5]}, "`gears[2]`: 13.5 is more than 12"),
        ({"spare": {"spokes": -1}}, "`spare.spokes`: -1 is less than 1"),
        ({"spare": {"spokes": 2**64}}, "`spare.spokes`: no whole number may have so many digits"),
        ({"spare": {"spokes": -(10**5000)}}, "`spare.spokes`: no whole number may have so many digits"),
        ({"name": 3}, "`name`: expected `str`, got `int`"),
    ],
)
def test_a_fault_in_a_table_is_told_by_its_place(table, fault):
    told, faults = bicycle_of(table)
    assert any(fault in one for one in faults)
    assert isinstance(told, Bicycle)


def test_all_numbers_of_a_list_are_told_of():
    _, faults = bicycle_of({"sizes": [-1, 2, math.nan]})
    assert faults == ["`sizes[1]`: -1 is not 0 or more", "`sizes[3]`: nan is not a number"]


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (Literal["a", "b"], ("a", "b")),
        (Literal["a"] | None, ("a",)),
        (dict[Literal["a", "b"], float], ("a", "b")),
        (dict[str, float], ()),
        (int, ()),
    ],
)
def test_what_there_is_to_choose_from_is_read_from_the_type(kind, choices):
    assert choices_of(kind) == choices


def test_faults_say_where_the_table_stands():
    _, faults = bicycle_of({"spare": {"spokes": 0}, "wheels": [3], "shine": True}, within="bicycles[4]")
    assert faults == [
        "`bicycles[4].spare.spokes`: 0 is less than 1", "`bicycles[4].wheels[1]` is not a table",
        "`bicycles[4].wheels[1].spokes` is missing",
        "`bicycles[4].shine` is not a setting (did you mean `bicycles[4].shiny`?)",
    ]  # fmt: skip


def test_what_is_missing_is_told_and_stands_in_nobodys_place():
    faults = []
    assert read_table(Bicycle, {"shiny": True}, Path(), faults) == Bicycle(None, shiny=True)
    assert faults == ["`name` is missing"]


def test_bounds_themselves_are_no_fault():
    assert faults_of({"inner": {"trimmed_share": 1, "weakest_bits": 0, "rounds": 1}, "memory_bytes": 10**8}) == []


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GB", 4 * 10**9), (" 512 MiB ", 2**29), ("1.5g", 1_500_000_000), ("200000000", 200_000_000), ("1TB", 10**12)],
)
def test_sizes_are_read(text, size):
    assert parse_bytes(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-4GB", "4 lightyears", "99MB", "1e9", "9" * 400, "99999999999TB"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="`"):
        parse_bytes(text)
