"""JSON that is nested too deeply, without what lies too deep: whoever makes a request hides no row by nesting."""

import re
from typing import Any

DEEPEST = 200
"""Objects and lists within one another that are kept: more than any reader follows, and few enough for any stack."""
# whole texts, and what opens and closes; a lone quote begins a text that is cut off
_MARK = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["{}\[\]]', re.DOTALL)


def cut_value(value: Any, depth: int = 0) -> Any:
    """Return decoded JSON with None in place of each object and list that lies too deep."""
    if not isinstance(value, dict | list):
        return value
    if depth == DEEPEST:
        return None
    if isinstance(value, list):
        return [cut_value(item, depth + 1) for item in value]
    return {name: cut_value(item, depth + 1) for name, item in value.items()}


def cut_text(text: str) -> str | None:
    """Return one JSON value as text, with null in place of what lies too deep; None where the text is cut off."""
    kept: list[str] = []
    begun = depth = 0
    for mark in _MARK.finditer(text):
        if mark[0] == '"':
            return None
        if mark[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(text[begun : mark.start()])
        elif mark[0] in ("]", "}"):
            if depth == DEEPEST + 1:
                kept.append("null")
                begun = mark.end()
            depth -= 1
    return None if depth else "".join([*kept, text[begun:]])


def end_of(text: str, position: int) -> int:
    """Return where an object or list ends that is too deep to be decoded; 0 where it is cut off."""
    depth = 0
    for mark in _MARK.finditer(text, position):
        if mark[0] == '"':
            return 0
        depth += 1 if mark[0] in "[{" else -1 if mark[0] in "]}" else 0
        if not depth:
            return mark.end()
    return 0
