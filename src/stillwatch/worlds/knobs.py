"""Knobs: the fields of a story, each declared once with what it means, its unit, and where its default comes from."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any, get_args, get_type_hints

OURS = "our choice"
FEBRUARY = "report of February 2026"
SEPTEMBER = "report of September 2026"
RELAYS = "what operators of relays say of each other"
COMPLAINTS = "what people say who were wronged"
SERVEGEN = "ServeGen (arXiv 2505.09999)"
# beyond, a number is a slip of the pen, or asks for a world that no machine holds; some knobs say otherwise
MILLION = 1_000_000

# of fields that hold something else than what a story's file says of them
UNTOLD = {"about": "", "unit": "", "source": ""}


@dataclass(frozen=True)
class Knob:
    """What is said of one field."""

    name: str
    about: str
    unit: str
    source: str
    default: Any
    least: float | None = None
    most: float = MILLION


def knob(  # noqa: PLR0913 - one for each thing that is said of a field
    about: str, *, unit: str, source: str = OURS, default: Any = MISSING, factory: Any = MISSING,
    least: float | None = None, most: float = MILLION,
) -> Any:  # fmt: skip
    """Declare a field of a story.

    Parameters
    ----------
    unit
        Unit or range of its values, or `text`.
    source
        Which public report or measurement the behaviour, or its default, comes from.
    default, factory
        As `dataclasses.field` takes them; without either the field is required.
    least, most
        Bounds of a number, and of each number that a list or table holds. Without `least` a whole number begins at 1
        and any other at 0.
    """
    facts = {"about": about, "unit": unit, "source": source, "least": least, "most": most}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=facts)
    return field(default=default, metadata=facts)


def knobs_of(kind: type[Any]) -> Iterator[Knob]:
    """Yield the knobs of a dataclass, in the order in which it declares them."""
    for one in fields(kind):
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        yield Knob(one.name, default=default, **one.metadata)


def parts_of(kind: type[Any]) -> Iterator[tuple[str, type[Any]]]:
    """Yield the fields of a dataclass that are, or may be, dataclasses themselves."""
    for name, hint in get_type_hints(kind).items():
        for inner in (hint, *get_args(hint)):
            if is_dataclass(inner) and isinstance(inner, type):
                yield name, inner
