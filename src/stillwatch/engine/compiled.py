"""How kernels are compiled, and where the compiled code is kept between runs.

Numba looks for changes in one file at a time, so a kernel would go on using an old version of a piece that lives in
another file. The cache folder is therefore named after a digest of all the sources beside the kernel's own, and of
those here.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import njit

KERNELS: list[Any] = []


def cache_folder(sources: Path) -> Path | None:
    """Return the folder that keeps what is compiled from the sources in a folder, or None when none can be written.

    `NUMBA_CACHE_DIR` where it is set, else `XDG_CACHE_HOME`, else `~/.cache`; in it, one folder for each version.
    """
    base = os.environ.get("NUMBA_CACHE_DIR")
    try:
        parent = Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stillwatch"
    except RuntimeError:  # whoever runs this has no home
        return None
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in (Path(__file__).parent, sources):
        for source in sorted(folder.glob("*.py")):
            digest.update(source.read_bytes())
    kept = parent / f"kernels-{digest.hexdigest()[:16]}"
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return kept if os.access(kept, os.W_OK) else None


def kept_count() -> int:
    """Return how many kernels of this version have been compiled and kept."""
    folders = {_folder(Path(kernel.py_func.__code__.co_filename).parent) for kernel in KERNELS}
    return sum(len(list(folder.rglob("*.nbi"))) for folder in folders if folder is not None)


_folder = cache(cache_folder)
# Kernels allocate nothing, so numba need not count references to arrays: counting took four fifths of the time.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "no_cfunc_wrapper": True}
_compile: Any = njit


def piece(function: Callable[..., Any]) -> Any:
    """Compile a function as a part of the kernels that call it."""
    return _compile(**_OPTIONS, no_cpython_wrapper=True, forceinline=True)(function)


def aside(function: Callable[..., Any]) -> Any:
    """Compile a piece that is seldom needed, to be called: it then takes no room in the loop around it."""
    return _compile(**_OPTIONS, no_cpython_wrapper=True)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls: it releases the interpreter's lock, and its code is kept."""
    folder = _folder(Path(function.__code__.co_filename).parent)
    settings: Any = numba.config
    before, settings.CACHE_DIR = settings.CACHE_DIR, str(folder or "")
    try:
        compiled = _compile(**_OPTIONS, cache=folder is not None)(function)
    finally:
        settings.CACHE_DIR = before
    KERNELS.append(compiled)
    return compiled
