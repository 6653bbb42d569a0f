"""The bytes under Arrow arrays of text, in the form that kernels read, and kernels' answers as Arrow arrays."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.intrinsics import WIDE


class Bytes(NamedTuple):
    """Texts laid end to end: text `i` is `data[offsets[i]:offsets[i + 1]]`, and null where `valid[i]` is false.

    `tail` is the last `WIDE` bytes of `data` and as many zeros, for reads that would go past its end.
    """

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    valid: npt.NDArray[np.bool_]
    tail: npt.NDArray[np.uint8]


_LARGE = (pa.types.is_large_string, pa.types.is_large_binary)
_SMALL = (pa.types.is_string, pa.types.is_binary)


def bytes_of(texts: pa.Array) -> Bytes:
    """Return the bytes of an array of strings or binaries, sliced or not, without copying them.

    Bytes that are not UTF-8 are left as they are. Types other than (large) strings and binaries are cast first.
    """
    if not any(is_kind(texts.type) for is_kind in (*_LARGE, *_SMALL)):
        texts = texts.cast(pa.large_binary() if pa.types.is_binary_view(texts.type) else pa.large_string())
    width = np.int64 if any(is_kind(texts.type) for is_kind in _LARGE) else np.int32
    _, offsets, data = texts.buffers()
    if not len(texts) or offsets is None:
        found = np.zeros(len(texts) + 1, np.int64)
    else:
        found = np.frombuffer(offsets, width)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    flat = np.frombuffer(data or b"", np.uint8)
    return Bytes(flat, found, valid_of(texts), tail_of(flat))


def tail_of(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the last `WIDE` bytes, with zeros before them where there are fewer, and `WIDE` zeros after them."""
    tail = np.zeros(2 * WIDE, np.uint8)
    last = data[-WIDE:]
    tail[WIDE - last.size : WIDE] = last
    return tail


def valid_of(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Return which values of an array are not null."""
    if not array.null_count:
        return np.ones(len(array), np.bool_)
    return np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False))


def array_of(values: npt.NDArray[np.generic], valid: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Return numbers as an Arrow array, null where `valid` is false."""
    return pa.array(values, mask=None if valid is None or valid.all() else ~valid)


def lists_of(values: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_]) -> pa.Array:
    """Return numbers as an array of lists: `counts[i]` of them in list `i`, which is null where `valid` is false."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values), mask=None if valid.all() else pa.array(~valid))


def rows_of(values: npt.NDArray[np.generic], kind: pa.DataType, valid: npt.NDArray[np.bool_]) -> pa.Array:
    """Return a matrix as an array of `kind`, a fixed-size list or binary: one value for each row."""
    if pa.types.is_fixed_size_binary(kind):
        bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
        return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(np.ascontiguousarray(values))])
    mask = None if valid.all() else pa.array(~valid)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), type=kind, mask=mask)
