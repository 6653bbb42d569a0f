import numpy as np
import pytest

from stillwatch.links import rows
from stillwatch.links.rows import Scratch, list_all, list_parts, unpacked


@pytest.mark.parametrize("part", [1, 7, 10**6])
def test_parts_cover_every_row_once_in_order(monkeypatch, part):
    monkeypatch.setattr(rows, "_PART_PARTNERS", part)
    bounds = np.array([0, 3, 20, 0, 1, 2, 0])

    def written(begin, end, _scratch, out):
        assert len(out) == bounds[begin:end].sum()
        out[: end - begin] = np.arange(begin, end)[: len(out)]
        return min(end - begin, len(out))

    assert [key for keys in list_parts(bounds, 7, written) for key in keys.tolist()] == sorted(
        {key for keys in list_parts(bounds, 7, written) for key in keys.tolist()}
    )
    covered = []
    list_parts(bounds, 7, lambda begin, end, _scratch, _out: covered.append((begin, end)) or 0)
    assert [at for begin, end in sorted(covered) for at in range(begin, end)] == list(range(7))


def test_no_rows_have_no_parts():
    assert list_parts(np.empty(0, np.int64), 0, lambda *_: 0) == []


@pytest.mark.parametrize(("part", "room"), [(1, 1), (3, 2), (7, 100)])
def test_rows_whose_keys_had_no_room_are_written_again(monkeypatch, part, room):
    monkeypatch.setattr(rows, "_PART_ROWS", part)
    monkeypatch.setattr(rows, "_ROOM", room)
    of_rows = [0, 3, 9, 0, 1, 2, 0]

    def written(begin, end, _scratch, out):
        wrote = 0
        for row in range(begin, end):
            if wrote + of_rows[row] > len(out):
                return wrote, row
            out[wrote : wrote + of_rows[row]] = 100 * row + np.arange(of_rows[row])
            wrote += of_rows[row]
        return wrote, end

    expected = [100 * row + at for row, count in enumerate(of_rows) for at in range(count)]
    assert [key for keys in list_all(7, written) for key in keys.tolist()] == expected
    assert list_all(0, written) == []


def test_a_thread_is_given_the_same_room_again():
    scratch = Scratch(3)
    state, touched = scratch.rows()
    assert scratch.rows()[0] is state
    assert (state.tolist(), len(touched)) == ([0, 0, 0], 3)


def test_keys_are_unpacked_once_and_ascending():
    keys = [np.array([5 << 32 | 7, 1 << 32 | 2]), np.array([1 << 32 | 2, 0 << 32 | 2_000_000_000])]
    a, b = unpacked(keys)
    assert (a.tolist(), b.tolist()) == ([0, 1, 5], [2_000_000_000, 2, 7])
    assert a.dtype == b.dtype == np.int32
    assert len(unpacked([])[0]) == 0
