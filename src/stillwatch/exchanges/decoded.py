"""Careful steps into decoded JSON whose shape nobody promised: a missing step gives None, never an error."""

import re
from collections.abc import Mapping
from typing import Any

from stillwatch.exchanges.rows import BadRow, decode

_LONGEST_COUNT = 19
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?\d+)\]|\[\"([^\"]*)\"\]")


def at(value: Any, *keys: str) -> Any:
    """Return what stands under the keys, one inside the other; None where a step is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def first(*values: Any) -> Any:
    """Return the first value that says something: not None, not an empty text."""
    for value in values:
        if value is not None and value != "":
            return value
    return None


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects in a list; none when the value is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """Return the value if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int | None:
    """Return the value if it is a number of things."""
    if isinstance(value, str) and value.isdecimal() and len(value) < _LONGEST_COUNT:
        return int(value)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**62 else None


def opened(value: Any) -> Any:
    """Return the value, decoded if it is a text that holds a JSON object or list."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return decode(value.encode("utf-8", "replace"))
    except BadRow:
        return value


def path_steps(path: str) -> tuple[str | int, ...] | None:
    """Return the steps of a path such as `choices[0].message.content` or `labels["a.b"]`; None if it is not one."""
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None or (path[position] == "." and position == 0):
            return None
        name, index, quoted = found.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        position = found.end()
    return tuple(steps) or None


def follow(value: Any, steps: tuple[str | int, ...]) -> Any:
    """Return what a path leads to, opening JSON texts on the way; None where a step is missing."""
    for step in steps:
        value = opened(value)
        if isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        else:
            return None
    return value


def strays(value: Any, steps: tuple[str | int, ...]) -> bool:
    """Return whether a step of a path is missing; a null on the way or at the end says nothing, and is none."""
    for step in steps:
        value = opened(value)
        if value is None:
            return False
        in_list = isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value)
        if not in_list and not (isinstance(step, str) and isinstance(value, Mapping) and step in value):
            return True
        value = value[step]
    return False


def layered(*layers: dict[str, Any]) -> dict[str, Any]:
    """Return the layers as one: a later one wins where it says something."""
    return {name: value for layer in layers for name, value in layer.items() if value is not None and value != ""}
