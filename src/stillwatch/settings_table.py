"""Turns a TOML table into frozen dataclasses; every fault is told, each by the dotted name of its setting."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

Kind = TypeVar("Kind")
FEWEST_BYTES = 100_000_000  # below, the engine cannot hold the batches of two threads
_MOST_BITS = 63  # of a whole number: tables hold no larger one
_NO_CHOICE = re.compile(r"Invalid enum value '(.*?)'(?: - at .*)?", re.DOTALL)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def read_table(kind: type[Kind], table: dict[str, Any], folder: Path, faults: list[str], *, within: str = "") -> Kind:
    """Return the dataclass that a table describes; what it leaves out keeps its default.

    Names say what values a setting can have: `_share` and `_rate` lie between 0 and 1, `_probability` above 0 too,
    `_quantile` and `_overdispersion` also below 1; `_bytes` may be a text such as "4GB"; an `offset_h` may have either
    sign; other whole numbers begin at 1, and no other number is negative. A field may declare narrower bounds in its
    metadata, as `least` and `most`; they hold for each number of a list or a table, too.

    Parameters
    ----------
    folder
        Where relative paths begin.
    faults
        Gets a line for each fault. With any, what is returned holds defaults in their place.
    within
        Where the table stands in the file, for the faults.
    """
    read: Kind = _Reader(folder, faults, sorted(dotted_names(kind))).dataclass(kind, table, within)
    return read


def dotted_names(kind: Any, within: str = "") -> Iterator[str]:
    """Yield the names of all settings of a dataclass and of the dataclasses in it, such as `linking.widest_value`."""
    for name, inner in get_type_hints(kind).items():
        if is_dataclass(inner):
            yield from dotted_names(inner, f"{within}{name}.")
        else:
            yield within + name


def parse_bytes(text: str) -> int:
    """Return how many bytes a text such as `4GB`, `512 MiB` or `2000000000` means.

    Raises
    ------
    ValueError
        It is no size, or under 100 MB.

    Examples
    --------
    >>> parse_bytes("4GB"), parse_bytes("0.5 GiB")
    (4000000000, 536870912)
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"`{text}` is not a size such as 4GB")
    number, power, binary = found.groups()
    size = float(number) * (1024 if binary else 1000) ** _POWERS[power.lower()]
    if size < FEWEST_BYTES:
        raise ValueError(f"`{text}` is less than 100MB")
    if size >= 2**_MOST_BITS:
        raise ValueError(f"`{text}` is more than any machine has")
    return int(size)


class _Reader:
    def __init__(self, folder: Path, faults: list[str], known: Sequence[str]) -> None:
        self._folder, self._faults, self._known = folder, faults, known

    def dataclass(self, kind: Any, table: Any, name: str) -> Any:
        hints, given = get_type_hints(kind), {}
        facts = {one.name: one.metadata for one in fields(kind)}
        if not isinstance(table, dict):
            self._faults.append(f"`{name}` is not a table")
            table = {}
        within = f"{name}." if name else ""
        for key, value in table.items():
            if key in hints:
                before = len(self._faults)
                told = self._value(hints[key], value, within + key, facts.get(key, {}))
                if len(self._faults) == before:
                    given[key] = told
            else:
                self._faults.append(f"`{within}{key}` is not a setting{self._closest(key, within, hints)}")
        needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
        self._faults += [f"`{within}{one}` is missing" for one in needed if one not in table]
        return kind(**dict.fromkeys(needed) | given)

    def _value(self, kind: Any, value: Any, name: str, facts: Mapping[str, Any]) -> Any:
        if is_dataclass(kind):
            return self.dataclass(kind, value, name)
        if isinstance(kind, UnionType) and (inner := _dataclass_of(get_args(kind))) and isinstance(value, dict):
            return self.dataclass(inner, value, name)
        if get_origin(kind) is dict and (inner := _dataclass_of(get_args(kind))) and isinstance(value, dict):
            return {key: self.dataclass(inner, item, f"{name}.{key}") for key, item in value.items()}
        if get_origin(kind) is tuple and (inner := _dataclass_of(get_args(kind))) and isinstance(value, list):
            return tuple(self.dataclass(inner, item, f"{name}[{place}]") for place, item in enumerate(value, 1))
        try:
            if name.endswith("_bytes") and isinstance(value, str):
                value = parse_bytes(value)
            told = msgspec.convert(value, kind, dec_hook=self._path)
        except ValueError as error:
            self._faults.append(f"`{name}`: {_told(str(error), kind)}")
            return None
        for place, number in _numbers(told, name):
            try:
                _check_range(number, place, facts)
            except ValueError as error:
                self._faults.append(f"`{place}`: {error}")
        return told

    def _path(self, kind: type[Any], value: Any) -> Path:
        if kind is not Path or not isinstance(value, str):
            raise TypeError(f"expected the path of a file, got `{type(value).__name__}`")
        if "\0" in value:
            raise ValueError("a path has no NUL in it")
        try:
            return self._folder / Path(value).expanduser()
        except RuntimeError:
            raise ValueError(f"`{value}` is in the home of nobody known here") from None

    def _closest(self, key: str, within: str, siblings: dict[str, Any]) -> str:
        near = [within + one for one in get_close_matches(key, siblings, 1)]
        if not near:
            elsewhere = {one.rpartition(".")[2]: one for one in self._known}
            near = [elsewhere[one] for one in get_close_matches(key, elsewhere, 1)]
        return f" (did you mean `{near[0]}`?)" if near else ""


def _dataclass_of(kinds: Sequence[Any]) -> Any:
    return next((kind for kind in kinds if is_dataclass(kind)), None)


def _told(text: str, kind: Any) -> str:
    """Return what a conversion says of a value, with the values that there are to choose from."""
    text = text.replace(" - at `key` in `$`", "")
    if found := _NO_CHOICE.fullmatch(text):
        return f"`{found[1]}` is none of {', '.join(f'`{choice}`' for choice in choices_of(kind))}"
    return f"{text[:1].lower()}{text[1:]}"


def choices_of(kind: Any) -> tuple[str, ...]:
    """Return the values that a type lists, or that the names or parts of a table or list of this type may have."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(choice for inner in get_args(kind) for choice in choices_of(inner))


def _numbers(value: Any, name: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers that a value is or holds, each with its name."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _numbers(one, f"{name}.{key}")
    elif isinstance(value, tuple | list):
        for place, one in enumerate(value, 1):
            yield from _numbers(one, f"{name}[{place}]")


def _check_range(value: float, name: str, facts: Mapping[str, Any]) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a number")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ValueError("no whole number may have so many digits")
    inner = name.endswith(("_quantile", "_overdispersion"))
    above = inner or name.endswith("_probability")
    share = above or name.endswith(("_share", ".share", "_rate"))
    if share and value > 1:
        raise ValueError(f"{value:g} is more than 1")
    if inner and value == 1:
        raise ValueError("1 is not below 1")
    if name.endswith("_bytes") and name.startswith("memory") and value < FEWEST_BYTES:
        raise ValueError(f"{value} bytes are less than 100MB")
    if above and value <= 0:
        raise ValueError(f"{value:g} is not above 0")
    least = facts.get("least")
    _check_bounds(value, _least(value, name, share=share) if least is None else least, facts.get("most"))


def _least(value: float, name: str, *, share: bool) -> float | None:
    """Return the least that a setting may be, as its name says; None where either sign may stand."""
    if name.endswith("offset_h"):
        return None
    return 1 if isinstance(value, int) and not share else 0


def _check_bounds(value: float, least: float | None, most: float | None) -> None:
    if least is not None and value < least:
        raise ValueError(f"{_figure(value)} is {f'less than {_figure(least)}' if least else 'not 0 or more'}")
    if most is not None and value > most:
        raise ValueError(f"{_figure(value)} is more than {_figure(most)}")


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
