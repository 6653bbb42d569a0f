from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.marks.bytes_of import array_of, bytes_of, lists_of, rows_of

TEXTS = ["first", "", None, "žluťoučký", "last"]
KINDS = [pa.string(), pa.large_string(), pa.string_view()]


def read(given) -> list[bytes | None]:
    bounds = zip(pairwise(given.offsets), given.valid, strict=True)
    return [given.data[a:b].tobytes() if valid else None for (a, b), valid in bounds]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("slice_", [(0, 5), (1, 3), (4, 1), (2, 0)])
def test_texts_of_any_kind_and_slice(kind, slice_):
    array = pa.array(TEXTS, kind).slice(*slice_)
    assert read(bytes_of(array)) == [None if t is None else t.encode() for t in array.to_pylist()]


def test_bytes_that_are_not_utf8():
    assert read(bytes_of(pa.array([b"\xff\x00", b"\xe2"], pa.large_binary()))) == [b"\xff\x00", b"\xe2"]


@pytest.mark.parametrize(
    "array", [pa.nulls(2, pa.large_string()), pa.nulls(2), pa.array(["a", "a"]).dictionary_encode()]
)
def test_arrays_without_text_of_their_own(array):
    assert len(read(bytes_of(array))) == 2


def test_numbers_with_nulls():
    valid = np.array([True, False])
    assert array_of(np.array([1, 2]), valid).to_pylist() == [1, None]
    assert array_of(np.array([1, 2])).null_count == 0


def test_lists_with_nulls():
    lists = lists_of(np.array([1, 2, 3]), np.array([2, 0, 1, 0]), np.array([True, True, True, False]))
    assert lists.to_pylist() == [[1, 2], [], [3], None]


@pytest.mark.parametrize("valid", [[True, True], [True, False], [False, False]])
def test_rows(valid):
    values = np.array([[1, 2], [3, 4]], np.int8)
    shown = np.array(valid)
    for kind, wanted in ((pa.binary(2), [b"\1\2", b"\3\4"]), (pa.list_(pa.int8(), 2), [[1, 2], [3, 4]])):
        found = rows_of(values, kind, shown)
        assert found.type == kind
        assert found.to_pylist() == [row if v else None for row, v in zip(wanted, valid, strict=True)]
