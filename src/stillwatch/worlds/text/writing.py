"""Write texts from a grammar, many rows at once."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.worlds.text.expand import expand
from stillwatch.worlds.text.flat import SCOPES, deepest, flatten
from stillwatch.worlds.text.grammar import Grammar, Scopes

_ROOM_BYTES = 1 << 16


def write_texts(grammar: Grammar, symbols: npt.NDArray[np.integer], scopes: Scopes) -> pa.Array:
    """Write one text a row.

    Parameters
    ----------
    symbols
        What each row says, as `grammar.numbers` counts symbols.
    scopes
        A seed a row for each scope that the grammar's slots name; `here` is also the seed of everything unscoped.

    Returns
    -------
    pa.Array
        Large strings. A row's text depends on its own symbol and seeds only, whatever the other rows are.
    """
    flat = flatten(grammar)
    seeds = np.vstack([scopes[name] for name in SCOPES]).astype(np.uint64)
    stack = np.zeros((2 * deepest(grammar) + 2, 4), np.int64)
    ends = np.zeros(len(symbols) + 1, np.int64)
    out = np.empty(_ROOM_BYTES + 512 * len(symbols), np.uint8)
    begun = (0, 0)
    while True:
        begun = expand(symbols.astype(np.int32), seeds, flat, stack, out, ends, begun)
        if begun[0] == len(symbols):
            return pa.LargeStringArray.from_buffers(len(symbols), pa.py_buffer(ends), pa.py_buffer(out[: begun[1]]))
        out = np.concatenate([out, np.empty(len(out), np.uint8)])
