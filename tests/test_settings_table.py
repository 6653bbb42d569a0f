from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stillwatch.settings_table import dotted_names, parse_bytes, read_table


@dataclass(frozen=True)
class Inner:
    weakest_bits: float = 1.0
    trimmed_share: float = 0.1
    rounds: int = 2
    chance_probability: float = 0.5
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
        ({"inner": {"trimmed_share": -0.1}}, "`inner.trimmed_share`: -0.1 is not above 0"),
        ({"inner": {"weakest_bits": -1}}, "`inner.weakest_bits`: -1 is not 0 or more"),
        ({"inner": {"weakest_bits": float("nan")}}, "`inner.weakest_bits`: nan is not a number"),
        ({"inner": {"chance_probability": 0}}, "`inner.chance_probability`: 0 is not above 0"),
        ({"inner": {"folder": 3}}, "`inner.folder`: expected the path of a file, got `int`"),
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


def test_bounds_themselves_are_no_fault():
    assert faults_of({"inner": {"trimmed_share": 1, "weakest_bits": 0, "rounds": 1}, "memory_bytes": 10**8}) == []


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GB", 4 * 10**9), (" 512 MiB ", 2**29), ("1.5g", 1_500_000_000), ("200000000", 200_000_000), ("1TB", 10**12)],
)
def test_sizes_are_read(text, size):
    assert parse_bytes(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-4GB", "4 lightyears", "99MB", "1e9"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="`"):
        parse_bytes(text)
