"""Sums of the vectors of prompts, for each account and day: they are made in a kernel, as SQL would add 96 columns."""
# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.columns import ACCOUNT_ID, DAY, MEANING_SUM, MEANING_VECTOR, WORDING_SUM, WORDING_VECTOR
from stillwatch.engine.compiled import kernel
from stillwatch.tables import VECTOR_SUMS


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
        Columns `account_id`, `day`, `wording_vector` and `meaning_vector`.

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
        _summed(batch[WORDING_VECTOR.name], groups, len(keys), WORDING_SUM.type),
        _summed(batch[MEANING_VECTOR.name], groups, len(keys), MEANING_SUM.type),
    ]
    return pa.RecordBatch.from_arrays(made, schema=VECTOR_SUMS.schema)


def _summed(vectors: pa.Array, groups: npt.NDArray[np.int64], size: int, kind: pa.DataType) -> pa.Array:
    sums, counts = np.zeros((size, kind.list_size), np.int64), np.zeros(size, np.int64)
    plain = pc.fill_null(vectors.cast(pa.large_binary()), b"")
    offsets = np.frombuffer(plain.buffers()[1], np.int64)[plain.offset : plain.offset + len(plain) + 1]
    _add_rows(groups, offsets, np.frombuffer(plain.buffers()[2] or b"", np.int8), sums, counts)
    none = counts == 0
    return pa.FixedSizeListArray.from_arrays(
        pa.array(sums.ravel()), type=kind, mask=pa.array(none) if none.any() else None
    )


def warm_sums() -> None:
    """Sum one vector, which makes the kernel of this file ready."""
    vectors = [pa.array([b"0" * 32], pa.binary()), pa.array([b"0" * 64], pa.binary())]
    batch = [pa.array(["a"]), pa.array([0], pa.date32()), *vectors]
    sum_vectors(
        pa.RecordBatch.from_arrays(batch, [ACCOUNT_ID.name, DAY.name, WORDING_VECTOR.name, MEANING_VECTOR.name])
    )
