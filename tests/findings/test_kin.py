import numpy as np
import pyarrow as pa
import pytest

from stillwatch.findings.kin import find_kin

ACCOUNTS = pa.array([f"a{number:02}" for number in range(20)])
FILLERS = pa.schema([("account_id", pa.string()), ("opening_digest", pa.int64()), ("n", pa.int64())])


def filled(**by_template):
    """Who fills which templates, which are named by a letter and a number."""
    rows = [
        {"account_id": ACCOUNTS[place].as_py(), "opening_digest": int(name[1:]), "n": 3}
        for name, places in by_template.items()
        for place in places
    ]
    return pa.Table.from_pylist(rows, FILLERS)


@pytest.mark.parametrize(
    ("fillers", "kin", "why"),
    [
        ({"t1": range(9)}, [[5, 6, 7, 8], []], "five of nine who fill it are of the first group"),
        ({"t1": range(10)}, [[], []], "half of them are no majority"),
        ({"t1": range(5), "t2": [0, 1, 8]}, [[8], []], "each template counts for itself"),
        ({"t1": [*range(4), 10, 11, 12, 15]}, [[], []], "four of eight: the others count together"),
        ({"t1": [*range(5), 10, 15]}, [[15], []], "who is in another group is judged with it"),
        ({"t1": [0, 1, 2, 16], "t2": [10, 11, 17, 16]}, [[16], []], "two of four are no majority"),
        ({"t1": [0, 1, 2, 16], "t2": [10, 11, 16]}, [[16], [16]], "kin of both"),
        ({"t1": [15, 16, 17]}, [[], []], "a template of no group"),
        ({}, [[], []], "no template harvests"),
    ],
)
def test_kin_fill_a_template_most_of_whose_fillers_are_of_the_group(engine, fillers, kin, why):
    engine.name("harvest_fillers", filled(**fillers))
    found = find_kin(engine, ACCOUNTS, [np.arange(5), np.arange(10, 13)])
    assert [one.tolist() for one in found] == kin, why


def test_without_groups_nobody_is_kin(engine):
    engine.name("harvest_fillers", filled(t1=range(9)))
    assert find_kin(engine, ACCOUNTS, []) == []
