from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch import columns as c
from stillwatch.errors import TableMismatch
from stillwatch.tables import DECLARED, EXCHANGES, LINKS, Declared

VISITS = Declared("visits", (c.ACCOUNT_ID, c.ASKED_AT, c.EXCHANGES_COUNT), key=(c.ACCOUNT_ID,))
AT = datetime(2026, 2, 3, tzinfo=UTC)
VISIT = {"account_id": ["a"], "asked_at": pa.array([AT], c.INSTANT), "exchanges_count": [3]}


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_everything_follows_from_the_declaration(table):
    assert table.schema == pa.schema([column.field for column in table.columns])
    assert table.empty().num_rows == 0
    assert table.empty().schema == table.schema
    table.check(table.empty(), "this test")


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_a_table_names_each_column_once_and_is_keyed_by_its_own(table):
    assert len(set(table.names)) == len(table.names)
    assert table.key
    assert {column.name for column in table.key} <= set(table.names)


def test_tables_have_plural_names_each_their_own():
    names = [table.name for table in DECLARED]
    assert len(set(names)) == len(names)
    assert all(name.endswith("s") or name == "evidence" for name in names)


def test_text_stays_in_exchanges():
    text = {"system_text", "prompt_text", "response_text", "reasoning_text"}
    assert text <= set(EXCHANGES.names)
    assert not any(text & set(table.names) for table in DECLARED if table is not EXCHANGES)


def test_a_table_that_keeps_its_declaration_passes_in_any_column_order():
    table = pa.table(VISIT)
    VISITS.check(table, "this test")
    VISITS.check(table.to_batches()[0], "this test")
    VISITS.check(table.select(["exchanges_count", "account_id", "asked_at"]), "this test")
    VISITS.check(table.set_column(2, "exchanges_count", pa.array([None], pa.int64())), "this test")


WRONG = [
    ("asked_at", None, "1. `asked_at`: absent", "1. timestamp[us, tz=UTC]"),
    ("asked_at", pa.array([AT.replace(tzinfo=None)]), "1. `asked_at`: timestamp[us]", "1. timestamp[us, tz=UTC]"),
    ("asked_at", pa.array([None], c.INSTANT), "1. `asked_at`: nulls", "without nulls"),
    ("account_id", pa.array(["a"], pa.large_string()), "1. `account_id`: large_string", "1. string"),
    ("email", pa.array(["b"]), "1. `email`: string", "1. no such column"),
]


@pytest.mark.parametrize(("name", "values", "found", "needed"), WRONG)
def test_a_difference_is_told_with_what_was_found_and_needed(name, values, found, needed):
    given = {key: value for key, value in VISIT.items() if key != name} | ({} if values is None else {name: values})
    with pytest.raises(TableMismatch) as caught:
        VISITS.check(pa.table(given), "this test")
    assert caught.value.where == "table `visits` given by this test"
    assert caught.value.found == found
    assert needed in caught.value.needed


@given(st.sets(st.sampled_from(LINKS.names), min_size=1))
def test_all_differences_are_told_together_and_numbered(absent):
    with pytest.raises(TableMismatch) as caught:
        LINKS.check(LINKS.empty().drop_columns(sorted(absent)), "this test")
    assert caught.value.found.count("absent") == len(absent)
    assert f"{len(absent)}. `" in caught.value.found
    assert f"{len(absent)}. " in caught.value.needed
