from datetime import date

import numpy as np
import pyarrow as pa

from stillwatch.traits.vector_sums import ADDED, VECTOR_SUMS, places_of, sum_vectors

NAMES = ["account_id", "day", "hour", "wording_vector", "meaning_vector"]


def batch_of(rows):
    columns = zip(*rows, strict=True) if rows else [[]] * 5
    kinds = (pa.string(), pa.date32(), pa.int64(), pa.binary(32), pa.binary(64))
    return pa.RecordBatch.from_arrays(
        [pa.array(list(values), kind) for values, kind in zip(columns, kinds, strict=True)], NAMES
    )


def drawn(seed, count):
    draw = np.random.default_rng(seed)
    return [
        (
            f"account {draw.integers(7)}",
            date(2026, 3, int(draw.integers(1, 4))),
            int(draw.integers(24)),
            draw.bytes(32) if draw.random() < 0.9 else None,
            draw.bytes(64) if draw.random() < 0.9 else None,
        )
        for _ in range(count)
    ]


def listed(found):
    """The rows that were found, with a list for each of the columns that are added up; None for nulls alone."""
    rows = []
    for row in found.to_pylist():
        lists = {column.name: [row[name] for name in places_of(column)] for column in ADDED}
        given = {name: None if set(values) == {None} else values for name, values in lists.items()}
        rows.append({"account_id": row["account_id"], "day": row["day"], **given})
    return rows


def signed(vectors):
    return sum(np.frombuffer(one, np.int8).astype(int) for one in vectors).tolist() if vectors else None


def test_vectors_are_summed_for_each_account_and_day():
    rows = drawn(1, 500)
    found = sum_vectors(batch_of(rows))
    VECTOR_SUMS.check(found, "sum_vectors")
    assert found.num_rows == len({row[:2] for row in rows})
    for row in listed(found):
        own = [one for one in rows if one[:2] == (row["account_id"], row["day"])]
        assert row["hours"] == [sum(one[2] == hour for one in own) for hour in range(24)]
        for place, name in ((3, "wording_sum"), (4, "meaning_sum")):
            assert row[name] == signed([one[place] for one in own if one[place] is not None])


def test_an_account_without_a_vector_has_no_sum():
    [row] = listed(sum_vectors(batch_of([("a", date(1969, 1, 1), 5, None, bytes([255] * 64))])))
    assert (row["day"], row["wording_sum"], row["meaning_sum"]) == (date(1969, 1, 1), None, [-1] * 64)


def test_a_slice_of_a_batch_is_summed_alone():
    rows = drawn(2, 60)
    assert sum_vectors(batch_of(rows).slice(20, 11)).equals(sum_vectors(batch_of(rows[20:31])))


def test_no_vectors_give_an_empty_table():
    assert sum_vectors(batch_of([])).num_rows == 0
