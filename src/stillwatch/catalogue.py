"""What the traits declare of themselves, as values for the command line."""

from dataclasses import dataclass
from inspect import cleandoc

from stillwatch.errors import NoSuchTrait
from stillwatch.traits.base import Profile, Trait
from stillwatch.traits.registry import listed_traits


@dataclass(frozen=True)
class TraitFacts:
    """One trait; `value` is SQL over an exchange, or over an account's days where closeness is compared."""

    name: str
    family: str
    about: str
    reads: tuple[str, ...]
    honest_reasons: tuple[str, ...]
    evasion: str
    value: str
    compared: str


def trait_facts(name: str | None = None) -> tuple[TraitFacts, ...]:
    """Return the facts of all traits by family and name, or of the one that is named.

    Raises
    ------
    NoSuchTrait
        No trait has this name, in whatever case.

    Examples
    --------
    >>> [one.family for one in trait_facts("Payment Card")]
    ['money']
    """
    facts = sorted(map(_facts, listed_traits()), key=lambda one: (one.family, one.name))
    chosen = tuple(one for one in facts if name is None or one.name.lower() == name.lower())
    if not chosen:
        raise NoSuchTrait(str(name), [one.name for one in facts])
    return chosen


def _facts(one: Trait | Profile) -> TraitFacts:
    by_value = isinstance(one, Trait)
    return TraitFacts(
        one.name, one.family, cleandoc(one.__doc__ or "").partition("\n")[0], one.reads, one.honest_reasons,
        one.evasion, one.value if isinstance(one, Trait) else one.vector,
        "the same value" if by_value else "closeness of the whole vector",
    )  # fmt: skip
