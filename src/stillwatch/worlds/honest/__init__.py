"""Takes a calendar and a seed, gives the accounts of an honest person, firm or group; the folder lists the kinds."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache

from stillwatch.worlds.accounts import Kind


@cache
def kinds() -> dict[str, type[Kind]]:
    """Return every kind of honest account by its name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return {
        kind.kind: kind
        for kind in sorted(
            _kinds(Kind),  # type: ignore[type-abstract]
            key=lambda kind: kind.kind,
        )
    }


def _kinds(base: type[Kind]) -> Iterator[type[Kind]]:
    for kind in base.__subclasses__():
        if not inspect.isabstract(kind):
            yield kind
        yield from _kinds(kind)
