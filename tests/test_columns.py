import re

import pyarrow as pa
import pytest

from stillwatch import columns
from stillwatch.columns import Column

DECLARED = {name: value for name, value in vars(columns).items() if isinstance(value, Column)}
UNITS = {
    "_at": (columns.INSTANT, "UTC"),
    "_bits": (columns.BITS, "bits"),
    "_tokens": (None, "tokens"),
    "_share": (pa.float64(), "0-1"),
    "_probability": (columns.PROBABILITY, "0-1"),
    "_s": (pa.float64(), "seconds"),
}


@pytest.mark.parametrize(("constant", "column"), DECLARED.items())
def test_a_column_is_called_what_its_constant_is(constant, column):
    assert column.name == constant.lower()
    assert not re.search(r"user(?!_agent|_id)|customer|entity|cluster|alert", column.name)


def test_a_column_is_declared_once():
    assert len({column.name for column in DECLARED.values()}) == len(DECLARED)
    assert len({column.meaning for column in DECLARED.values()}) == len(DECLARED)


@pytest.mark.parametrize("column", DECLARED.values(), ids=lambda column: column.name)
def test_the_ending_of_a_name_says_type_and_unit(column):
    for ending, (kind, unit) in UNITS.items():
        if column.name.endswith(ending):
            assert column.unit == unit
            assert kind in {None, column.type}
    if column.name.endswith("_count"):
        assert column.type == columns.COUNT
    assert pa.types.is_timestamp(column.type) == column.name.endswith("_at")
    assert column.meaning[-1] not in ".;:"


@pytest.mark.parametrize("required", [True, False])
def test_only_a_required_column_refuses_nulls(required):
    column = Column("a", pa.int64(), "how many", required=required)
    assert column.field == pa.field("a", pa.int64(), nullable=not required)


def test_an_exchange_needs_a_name_an_instant_and_an_account_and_no_more():
    required = {column.name for column in DECLARED.values() if column.required}
    assert {"exchange_id", "asked_at", "account_id"} <= required
    assert not required & {"prompt_text", "ip", "payment_hash", "input_tokens"}
