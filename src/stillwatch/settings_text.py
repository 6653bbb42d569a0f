"""Writes settings as TOML, each with its reason from the docstring of its dataclass."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from inspect import cleandoc
from pathlib import Path
from textwrap import wrap
from typing import Any

from stillwatch.settings import Settings

_HEAD = """\
# Settings of Stillwatch, with their defaults where nothing else was given. Keep what you change and delete the rest:
# what a file leaves out keeps its default. docs/tuning.md says how each of them moves the alarms.
"""
_ENTRY = re.compile(r"^(\w+(?:, \w+)*)\n((?:    .*\n?|\n(?=    ))+)", re.MULTILINE)


def settings_as_toml(settings: Settings) -> str:
    """Return the settings as a file that `read_settings` reads; what is not set stands there as a comment.

    Examples
    --------
    >>> [line for line in settings_as_toml(Settings()).splitlines() if line.startswith("widest")]
    ['widest_value = 300']
    """
    parts = [one.name for one in fields(settings) if is_dataclass(getattr(settings, one.name))]
    lines = [_HEAD, *_told(settings, [one.name for one in fields(settings) if one.name not in parts])]
    for name in parts:
        part = getattr(settings, name)
        lines += [f"[{name}]", *_commented(cleandoc(part.__doc__).partition("\n")[0])]
        lines += ["", *_told(part, [one.name for one in fields(part)])]
    return "\n".join(lines).rstrip() + "\n"


def reasons(kind: type[Any]) -> dict[str, str]:
    """Return what the docstring of a dataclass says of each field; fields told of together share their text."""
    found: dict[str, str] = {}
    for names, text in _ENTRY.findall(cleandoc(kind.__doc__ or "") + "\n"):
        found |= dict.fromkeys(names.split(", "), " ".join(text.split()))
    return found


def _told(part: Any, names: list[str]) -> Iterator[str]:
    said, last = reasons(type(part)), ""
    for name in names:
        reason, value = said.get(name, ""), getattr(part, name)
        yield from _commented(reason if reason != last else "")
        yield f"# {name} =" if value is None else f"{name} = {_toml(value)}"
        yield ""
        last = reason


def _commented(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(text.replace("`", ""), 110, break_long_words=False)]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        text = value.absolute().as_posix() if isinstance(value, Path) else value  # wherever the file is put
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
    if is_dataclass(value):
        return f"{{ {', '.join(f'{one.name} = {_toml(getattr(value, one.name))}' for one in fields(value))} }}"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml(key)} = {_toml(item)}' for key, item in value.items())} }}" if value else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return repr(value)
