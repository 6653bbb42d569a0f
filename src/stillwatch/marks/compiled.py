"""How kernels are compiled, and where the compiled code is kept between runs.

Numba looks for changes in one file at a time, so a kernel would go on using an old version of a piece that lives in
another file. The cache folder is therefore named after a digest of all the sources of this stage.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import njit

KERNELS: list[Any] = []


def cache_folder() -> Path | None:
    """Return the folder that keeps compiled kernels, or None when none can be written.

    `NUMBA_CACHE_DIR` where it is set, else `XDG_CACHE_HOME`, else `~/.cache`; in it, one folder for each version.
    """
    base = os.environ.get("NUMBA_CACHE_DIR")
    parent = Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stillwatch"
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    folder = parent / f"kernels-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


_FOLDER = cache_folder()
# Kernels allocate nothing, so numba need not count references to arrays: counting took four fifths of the time.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "no_cfunc_wrapper": True}
_compile: Any = njit


def piece(function: Callable[..., Any]) -> Any:
    """Compile a function as a part of the kernels that call it."""
    return _compile(**_OPTIONS, no_cpython_wrapper=True)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls: it releases the interpreter's lock, and its code is kept."""
    settings: Any = numba.config
    before, settings.CACHE_DIR = settings.CACHE_DIR, str(_FOLDER or "")
    try:
        compiled = _compile(**_OPTIONS, cache=_FOLDER is not None)(function)
    finally:
        settings.CACHE_DIR = before
    KERNELS.append(compiled)
    return compiled
