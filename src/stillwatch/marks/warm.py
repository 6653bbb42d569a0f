"""Compiling the kernels ahead of the work, or loading them from where the last run kept them."""

import pyarrow as pa

from stillwatch import columns as c
from stillwatch.engine.compiled import KERNELS
from stillwatch.marks.families import gather_families
from stillwatch.marks.mark import mark_exchanges
from stillwatch.tables import EXCHANGES, WORDINGS


def _tiny_batch() -> pa.RecordBatch:
    values = {c.EXCHANGE_ID: "1", c.ASKED_AT: 0, c.ACCOUNT_ID: "1", c.PROMPT_TEXT: "what is this", c.SYSTEM_TEXT: ""}
    values[c.TOOLS_OFFERED] = values[c.REASONING_SIGNATURES] = ["a"]
    return pa.RecordBatch.from_arrays(
        [pa.array([values.get(column)], column.type) for column in EXCHANGES.columns], schema=EXCHANGES.schema
    )


def warm() -> bool:
    """Make every kernel of this stage ready; return whether any had to be compiled, which takes 15 to 30 seconds.

    Compiled kernels are kept in `compiled.cache_folder`; where no such folder can be written, each run compiles anew.
    """
    marks = mark_exchanges(_tiny_batch(), key=bytes(16))
    wordings = pa.table(
        [marks[c.PROMPT_DIGEST.name], marks[c.WORDING_SKETCH.name], marks[c.WORDS_COUNT.name], [1]],
        schema=WORDINGS.schema,
    )
    gather_families(wordings)
    return any(kernel.stats.cache_misses for kernel in KERNELS)
