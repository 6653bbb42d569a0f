import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.state.shows import Shows, compare_shows, read_shows, repeated_ids, write_ids, write_shows

ROWS = st.dictionaries(st.tuples(st.integers(0, 9), st.integers(1, 5)), st.integers(1, 5), max_size=25)


def shows_of(rows):
    """A day's rows, given exchanges by value and account."""
    ordered = sorted(rows)
    keys, who = (np.array([row[at] for row in ordered], np.uint64) for at in (0, 1))
    return Shows(keys, who, np.array([rows[row] for row in ordered], np.int64))


@given(ROWS, st.lists(ROWS, max_size=3))
def test_a_day_is_compared_as_counting_by_hand_does(day, earlier):
    compared = compare_shows(shows_of(day), [shows_of(one) for one in earlier])
    for (key, who), before, first, was_shared, is_shared in zip(sorted(day), *compared, strict=True):
        assert before == sum(one.get((key, who), 0) for one in earlier)
        had = {other for one in earlier for k, other in one if k == key}
        assert first in had if had else first == 0
        assert was_shared == (len(had) > 1)
        assert is_shared == (len(had | {other for k, other in day if k == key}) > 1)


@pytest.mark.parametrize("rows", [{}, {(3, 2): 1, (1, 7): 4, (1, 2): 2}])
def test_rows_are_read_back_as_they_were_written(tmp_path, rows):
    shows = shows_of(rows)
    write_shows(pa.table(dict(zip(("key", "who", "n"), shows, strict=True))), tmp_path)
    for one, other in zip(shows, read_shows(tmp_path), strict=True):
        assert one.tolist() == other.tolist()
        assert one.dtype == other.dtype


def test_ids_of_earlier_days_are_found_again(tmp_path):
    days = [tmp_path / name for name in ("first", "second")]
    for folder, ids in zip(days, ([1, 5, 9], [2, 9]), strict=True):
        folder.mkdir()
        write_ids(pa.table({"keys": pa.array(ids, pa.uint64())}), folder)
    assert repeated_ids(np.array([0, 2, 5, 5, 7], np.uint64), days).tolist() == [2, 5, 5]
    assert repeated_ids(np.array([3], np.uint64), []).tolist() == []
