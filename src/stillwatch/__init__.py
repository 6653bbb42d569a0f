"""Find industrial-scale distillation of a language model in the request logs of its API."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "scan":  # nothing heavy is loaded before somebody asks for it
        return import_module("stillwatch.scanning").scan
    raise AttributeError(f"module `stillwatch` has no attribute `{name}`")
