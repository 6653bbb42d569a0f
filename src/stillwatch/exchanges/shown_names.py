"""Names of columns as an error may show them: what may be a customer's value is counted, and never shown."""

import re
from collections.abc import Iterable, Sequence

# Digits are few in names, and many in cards, numbers of telephones, ids and keys.
_NAME = re.compile(r"[A-Za-z_](?!(?:.*[0-9]){5})[A-Za-z0-9_./ -]{0,63}")
_MOST_WORDS = 4


def looks_like_name(text: str) -> bool:
    """Return whether a text looks like the name of a column: short, of few words and digits, and without other signs.

    Examples
    --------
    >>> looks_like_name("user.id"), looks_like_name("4111 1111 1111 1111"), looks_like_name("ann@acme.example")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None and len(text.split()) <= _MOST_WORDS


def name_columns(names: Iterable[str]) -> bool:
    """Return whether a first line looks like names of columns: at least half of it does."""
    looks = [looks_like_name(name) for name in names if name]
    return 2 * sum(looks) >= len(looks)


def tell_names(names: Sequence[str], most: int) -> str:
    """Return the first names in backticks, and how many others look like values.

    Examples
    --------
    >>> tell_names(["id", "Where do I live?", "when"], 12)
    '`id`, `when` and 1 that looks like a value'
    """
    shown = [f"`{name}`" for name in names if looks_like_name(name)]
    others = len([name for name in names if name]) - len(shown)
    looks = "looks like a value" if others == 1 else "look like values"
    if not shown:
        return f"{others:,} name{'s' if others != 1 else ''} that {looks}" if others else "no name"
    return ", ".join(shown[:most]) + (f" and {others:,} that {looks}" if others else "")
