"""Finds the traits: every class in a file of this folder."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import stillwatch.traits as folder
from stillwatch.traits.base import Profile, Trait


def _load() -> None:
    for module in iter_modules(folder.__path__):
        import_module(f"{folder.__name__}.{module.name}")


@cache
def all_traits() -> tuple[Trait, ...]:
    """Return one of each trait, by family and name.

    Examples
    --------
    >>> [trait.name for trait in all_traits() if trait.family == "money"]
    ['payment card']
    """
    _load()
    return tuple(sorted((kind() for kind in Trait.__subclasses__()), key=lambda trait: (trait.family, trait.name)))


@cache
def all_profiles() -> tuple[Profile, ...]:
    """Return one of each profile, by family and name."""
    _load()
    return tuple(sorted((kind() for kind in Profile.__subclasses__()), key=lambda one: (one.family, one.name)))


def trait_named(name: str) -> Trait | Profile:
    """Return the trait or profile of that name."""
    return next(one for one in (*all_traits(), *all_profiles()) if one.name == name)
