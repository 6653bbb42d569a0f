"""Marks: what each exchange shows by itself, from a batch of exchanges."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch import columns as c
from stillwatch.marks.bytes_of import Bytes, array_of, bytes_of, rows_of
from stillwatch.marks.digests import digest_each, digest_sets
from stillwatch.marks.intents import INTENTS, load_weights
from stillwatch.marks.kernel import (
    FEWEST_WORDS,
    Marks,
    Means,
    desk_for,
    digest_systems,
    find_repeats,
    mark_prompts,
    means_of,
    no_marks,
)
from stillwatch.marks.language import LANGUAGES
from stillwatch.marks.paths import find_paths
from stillwatch.marks.scoring import Model, model_of
from stillwatch.marks.tokeniser import room_for
from stillwatch.tables import EXCHANGES, MARKS, Declared

MARKS_FORM = 2  # another number whenever the same text gives other marks: what a state keeps is compared with new ones
_TEXT = (c.PROMPT_TEXT, c.SYSTEM_TEXT, c.REASONING_SIGNATURES, c.TOOLS_OFFERED)
READ = Declared(
    "exchanges", tuple(column for column in EXCHANGES.columns if column in (*MARKS.columns, *_TEXT)), EXCHANGES.key
)


@cache
def trained_model() -> Model:
    """Return the intents' weights that come with the package."""
    trained = load_weights()
    return model_of(trained.weights, trained.bias, trained.scale, trained.meanings, trained.meaning_scale)


def mark_exchanges(batch: pa.RecordBatch, *, key: bytes, model: Model | None = None) -> pa.RecordBatch:
    """Return the marks of exchanges, in their order: the columns about text are replaced by what their text shows.

    Every row depends on its exchange and the key alone. Many threads may call it at once; nearly all of it runs without
    the interpreter's lock.

    Parameters
    ----------
    batch
        Table `exchanges`; of its columns only those in `READ` are needed, and text may be plain or large strings.
    key
        16 bytes, the operator's own; marks under different keys cannot be compared.
    model
        Weights of the intents. None: those that come with the package.

    Returns
    -------
    pa.RecordBatch
        Table `marks`.

    Raises
    ------
    TableMismatch
        `batch` does not keep its declaration.
    KeyMismatch
        `key` has not 16 bytes.

    Notes
    -----
    Memory: the batch's own, 420 bytes for each row, and five for each byte of the longest text.
    """
    given = _conform(batch)
    prompts, systems = bytes_of(given[c.PROMPT_TEXT.name]), bytes_of(given[c.SYSTEM_TEXT.name])
    means = means_of(key, model or trained_model())
    marks, same = no_marks(batch.num_rows), find_repeats(systems)
    mark_prompts(prompts, means, desk_for(prompts), marks)
    paths, owners = find_paths(systems, same, means.key)
    marks.paths.join(paths)
    marks.owners.join(owners)
    made = _wording_columns(marks, prompts.valid)
    made[c.SYSTEM_DIGEST.name] = _system_column(systems, same, means)
    made[c.PATH_DIGESTS.name] = marks.paths.lists(prompts.valid | systems.valid)
    made[c.OWNER_DIGESTS.name] = marks.owners.lists(prompts.valid | systems.valid)
    made[c.PROMPT_BYTES.name] = array_of(np.diff(prompts.offsets), prompts.valid)
    made[c.SIGNATURE_DIGESTS.name] = digest_each(given[c.REASONING_SIGNATURES.name], means.key)
    made[c.TOOLS_DIGEST.name] = digest_sets(given[c.TOOLS_OFFERED.name], means.key)
    marked = pa.RecordBatch.from_arrays([made.get(name, given.get(name)) for name in MARKS.names], schema=MARKS.schema)
    MARKS.check(marked, "mark_exchanges")
    return marked


def _conform(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """Return the columns that are read, with plain strings as large ones where those are declared."""
    given = {name: batch.column(name) for name in batch.schema.names if name in READ.names}
    for name, column in given.items():
        if pa.types.is_string(column.type) and pa.types.is_large_string(READ.schema.field(name).type):
            given[name] = column.cast(pa.large_string())
    READ.check(pa.RecordBatch.from_pydict(given), "the reader of exchanges")
    return given


def _named(numbers: npt.NDArray[np.int8], names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(array_of(numbers, numbers >= 0), pa.array(names)).cast(pa.string())


def _wording_columns(marks: Marks, shown: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
    worded, long = marks.plain_count > 0, marks.words_count >= FEWEST_WORDS
    return {
        c.PROMPT_DIGEST.name: array_of(marks.prompt_digest, shown),
        c.OPENING_DIGEST.name: array_of(marks.opening_digest, worded & long),
        c.ENDING_DIGEST.name: array_of(marks.ending_digest, worded & long),
        c.WORDING_SKETCH.name: rows_of(marks.sketch, c.WORDING_SKETCH.type, worded),
        c.WORDING_VECTOR.name: rows_of(marks.vector, c.WORDING_VECTOR.type, worded),
        c.MEANING_VECTOR.name: rows_of(marks.meaning, c.MEANING_VECTOR.type, worded),
        c.INTENT.name: _named(marks.intent, INTENTS),
        c.INTENT_SCORES.name: rows_of(marks.scores, c.INTENT_SCORES.type, worded),
        c.LANGUAGE.name: _named(marks.language, LANGUAGES),
        c.WORDS_COUNT.name: array_of(marks.words_count, shown),
    }


def _system_column(systems: Bytes, same: npt.NDArray[np.int64], means: Means) -> pa.Array:
    digests = np.zeros(len(same), np.int64)
    digest_systems(systems, same, means.key, room_for(systems.offsets).low, digests)
    return array_of(digests, systems.valid)
