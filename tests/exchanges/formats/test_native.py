from datetime import UTC, datetime

import pytest

from stillwatch.exchanges.formats.native import Native
from stillwatch.tables import EXCHANGES


def test_the_sample(rows_of, samples):
    whole, bare, lenient = rows_of(samples / "native.jsonl")
    assert set(whole) == set(EXCHANGES.names)
    assert bare == {
        "exchange_id": "x2",
        "asked_at": datetime(2026, 11, 20, 10, 0, 0, 123456, UTC),
        "account_id": "acct_18",
    }
    assert lenient == {"exchange_id": "x3", "asked_at": datetime(2026, 11, 20, 10, tzinfo=UTC), "account_id": "19"}


@pytest.mark.parametrize(
    ("names", "score"),
    [
        (("exchange_id", "asked_at", "account_id"), 1.0),
        (("exchange_id", "ip", "model"), 0.6),
        (("ip", "model", "asn"), 0.0),
        (("exchange_id", "asked_at"), 0.0),
    ],
)
def test_recognition(names, score):
    assert Native().recognises(dict.fromkeys(names, "x")) == score
