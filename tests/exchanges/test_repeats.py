import pyarrow as pa
import pytest

from stillwatch.exchanges.repeats import Repeats


@pytest.mark.parametrize(
    ("rows", "counts", "why"),
    [
        ([], (0, 0), "no rows"),
        (["1a", "2a", "3b"], (0, 0), "ids of their own"),
        (["1a", "1a", "1a", "2b"], (2, 0), "rows that come again under their account"),
        (["1a", "2a", "1b", "1b", "3c"], (2, 3), "an id of two accounts"),
        (["1a", "1a", "2b", "2c", "2b"], (3, 3), "both"),
    ],
)
def test_rows_are_counted_by_whose_id_they_repeat(rows, counts, why):
    repeats = Repeats()
    for part in (rows[:2], rows[2:]):
        names = [[row[place] for row in part] for place in (0, 1)]
        repeats.add(pa.RecordBatch.from_arrays([pa.array(one, pa.string()) for one in names],
                                               names=["exchange_id", "account_id"]))  # fmt: skip
    assert repeats.counts() == counts, why
