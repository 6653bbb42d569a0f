"""Find industrial-scale distillation of a language model in the request logs of its API."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "scan":  # `stillwatch.scan(...)` without an import of its own; nothing heavy is loaded before
        return import_module("stillwatch.scan")
    raise AttributeError(f"module `stillwatch` has no attribute `{name}`")
