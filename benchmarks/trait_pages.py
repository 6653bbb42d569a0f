"""Prints docs/traits.md, the page of all traits, from their classes.

python benchmarks/trait_pages.py > docs/traits.md
"""

import inspect
from collections.abc import Iterator

from stillwatch.traits.base import FAMILIES, Profile, Trait
from stillwatch.traits.registry import listed_traits

OPENING = """\
# Traits

A trait is a value that an account shows and that another account might also show. It says what is shown, never how
much that counts: that follows from how rare the value is among strangers. Traits of one family are not independent,
so of each family only the strongest counts for a pair of accounts. For every trait this page gives the honest reasons
to share it and what it would cost to hide it. `address_range` and `domain_kind` come from your own lists
([context.md](context.md)), `released` from `--releases`.

This page is printed from the classes in `src/stillwatch/traits/`: `python benchmarks/trait_pages.py > docs/traits.md`.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([OPENING, *(line for family in FAMILIES for line in section(family))])


def section(family: str) -> Iterator[str]:
    """Yield the lines on the traits of one family."""
    yield f"## {family.capitalize()}\n"
    for one in listed_traits():
        if one.family == family:
            yield f"### {one.name}\n\n{inspect.getdoc(one)}\n"
            yield f"- **Blind without:** {', '.join(f'`{name}`' for name in one.reads)}"
            yield f"- **Shown when:** {least(one)}"
            yield f"- **Honest reasons:** {'; '.join(one.honest_reasons)}"
            yield f"- **How to hide it:** {one.evasion}\n"
            yield f"```sql\n{inspect.cleandoc(one.value if isinstance(one, Trait) else one.vector)}\n```\n"


def least(one: Trait | Profile) -> str:
    """Return how often a value must be seen before an account shows it."""
    if isinstance(one, Profile):
        return f"the account has at least {one.least_exchanges} exchanges; accounts are compared by closeness"
    return (
        f"at least {one.least_exchanges} exchanges have the value" if one.least_exchanges > 1 else "one exchange has it"
    )


if __name__ == "__main__":
    print(page(), end="")
