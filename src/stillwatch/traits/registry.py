"""Finds the traits: every class that a file of this folder defines, and no other."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

import stillwatch.traits as folder
from stillwatch.errors import NoSuchTrait
from stillwatch.traits.base import Profile, Trait

Kind = TypeVar("Kind", Trait, Profile)


def _defined(base: type[Kind]) -> Iterator[Kind]:
    for file in iter_modules(folder.__path__):
        module = import_module(f"{folder.__name__}.{file.name}")
        for kind in vars(module).values():
            ours = isinstance(kind, type) and kind.__module__ == module.__name__
            if ours and issubclass(kind, base) and kind is not base:
                yield kind()


@cache
def all_traits() -> tuple[Trait, ...]:
    """Return one of each trait, by family and name.

    Examples
    --------
    >>> [trait.name for trait in all_traits() if trait.family == "money"]
    ['payment card']
    """
    return tuple(sorted(_defined(Trait), key=lambda one: (one.family, one.name)))


@cache
def all_profiles() -> tuple[Profile, ...]:
    """Return one of each profile, by family and name."""
    return tuple(sorted(_defined(Profile), key=lambda one: (one.family, one.name)))


def listed_traits() -> tuple[Trait | Profile, ...]:
    """Return one of each trait, then of each profile."""
    return *all_traits(), *all_profiles()


def trait_named(name: str) -> Trait | Profile:
    """Return the trait or profile of that name.

    Raises
    ------
    NoSuchTrait
        None is called so.
    """
    known = {one.name: one for one in listed_traits()}
    if name not in known:
        raise NoSuchTrait(name, sorted(known))
    return known[name]
