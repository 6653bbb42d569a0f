"""Sums of the vectors of prompts, and counts of hours, for each account and day: SQL would add 120 columns."""
# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.columns import (
    ACCOUNT_ID,
    DAY,
    HOURS,
    MEANING_SUM,
    MEANING_VECTOR,
    WORDING_SUM,
    WORDING_VECTOR,
    Column,
)
from stillwatch.engine.compiled import kernel
from stillwatch.tables import Declared

ADDED = (HOURS, WORDING_SUM, MEANING_SUM)
"""Columns of `profiles` that are added up here."""


def places_of(column: Column) -> tuple[str, ...]:
    """Return the columns of `vector_sums`, one for each place of a list: they cost less to write and add than lists."""
    return tuple(f"{column.name}_{place}" for place in range(column.type.list_size))


VECTOR_SUMS = Declared(
    "vector_sums",
    (ACCOUNT_ID, DAY, *(Column(name, pa.int32(), one.meaning) for one in ADDED for name in places_of(one))),
    key=(ACCOUNT_ID, DAY),
)
"""Sums of one batch, of which each number fits in 32 bits: adding up these takes half the memory."""


@kernel
def _add_rows(groups, offsets, data, sums, counts):
    """Add each vector to the sums of its group; a vector without bytes is none."""
    width = sums.shape[1]
    for row in range(groups.size):
        start = offsets[row]
        if offsets[row + 1] - start == width:
            group = groups[row]
            counts[group] += 1
            for place in range(width):
                sums[group, place] += data[start + place]


def sum_vectors(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the sums of the vectors in a batch, a row for each account and day; they add up over batches.

    Parameters
    ----------
    batch
        Columns `account_id`, `day`, `hour`, `wording_vector` and `meaning_vector`.

    Returns
    -------
    pa.RecordBatch
        Table `vector_sums`; a sum without any vector is null.
    """
    accounts = batch[ACCOUNT_ID.name].dictionary_encode()
    days = batch[DAY.name].cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
    pairs = accounts.indices.to_numpy(zero_copy_only=False).astype(np.int64) << 32 | (days + (1 << 31))
    keys, groups = np.unique(pairs, return_inverse=True)
    made = [
        accounts.dictionary.take(pa.array(keys >> 32)),
        pa.array(((keys & 0xFFFF_FFFF) - (1 << 31)).astype(np.int32)).cast(pa.date32()),
        *_counted(batch["hour"], groups, len(keys)),
        *_summed(batch[WORDING_VECTOR.name], groups, len(keys), WORDING_SUM.type.list_size),
        *_summed(batch[MEANING_VECTOR.name], groups, len(keys), MEANING_SUM.type.list_size),
    ]
    return pa.RecordBatch.from_arrays(made, schema=VECTOR_SUMS.schema)


def _counted(hours: pa.Array, groups: npt.NDArray[np.int64], size: int) -> list[pa.Array]:
    width = HOURS.type.list_size
    places = groups * width + hours.to_numpy(zero_copy_only=False).astype(np.int64)
    return _columns(np.bincount(places, minlength=size * width).reshape(size, width))


def _summed(vectors: pa.Array, groups: npt.NDArray[np.int64], size: int, width: int) -> list[pa.Array]:
    sums, counts = np.zeros((size, width), np.int64), np.zeros(size, np.int64)
    plain = pc.fill_null(vectors.cast(pa.large_binary()), b"")
    offsets = np.frombuffer(plain.buffers()[1], np.int64)[plain.offset : plain.offset + len(plain) + 1]
    _add_rows(groups, offsets, np.frombuffer(plain.buffers()[2] or b"", np.int8), sums, counts)
    return _columns(sums, counts == 0)


def _columns(rows: npt.NDArray[np.int64], none: npt.NDArray[np.bool_] | None = None) -> list[pa.Array]:
    mask = none if none is not None and none.any() else None
    return [pa.array(column, mask=mask) for column in rows.T.astype(np.int32, order="C")]


def warm_sums() -> None:
    """Sum one vector, which makes the kernel of this file ready."""
    vectors = [pa.array([b"0" * 32], pa.binary()), pa.array([b"0" * 64], pa.binary())]
    batch = [pa.array(["a"]), pa.array([0], pa.date32()), pa.array([0]), *vectors]
    names = [ACCOUNT_ID.name, DAY.name, "hour", WORDING_VECTOR.name, MEANING_VECTOR.name]
    sum_vectors(pa.RecordBatch.from_arrays(batch, names))
