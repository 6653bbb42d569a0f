"""Kernels over parts of the work: any number of threads gives the same."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from stillwatch.engine import usable_threads

Part = TypeVar("Part")
Done = TypeVar("Done")


def in_parts(work: Callable[[Part], Done], parts: Sequence[Part]) -> list[Done]:
    """Return what the work makes of each part, in their order; a thread for each processor takes the next part."""
    with ThreadPoolExecutor(usable_threads()) as pool:
        return list(pool.map(work, parts))


def slices(length: int, size: int) -> list[slice]:
    """Return slices of a size that cover a length."""
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]
