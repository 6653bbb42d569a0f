import json
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


IDENTITY = {"exchange_id": "x", "asked_at": "2026-11-20T10:00:00Z", "account_id": "a"}
PAIR = {"request": {"model": "claude-x", "messages": [{"role": "user", "content": "What is 2+2?"}]}}


@pytest.mark.parametrize(
    ("beside", "score"),
    [
        (PAIR, 0.65),
        ({"request": json.dumps(PAIR["request"])}, 0.65),
        (PAIR | {"prompt_text": "What is 2+2?"}, 1.0),
        ({"request": "req_1"}, 1.0),
        ({"labels": {"team": "a"}}, 1.0),
        ({"history_digests": [1]}, 1.0),
    ],
)
def test_an_envelope_is_no_table(beside, score):
    assert Native().recognises(IDENTITY | beside) == score


def test_a_pair_in_a_whole_envelope_is_read_as_a_pair(opened, rows_of, written):
    path = written("pairs.jsonl", IDENTITY | PAIR)
    assert [file.format for file in opened(path).files] == ["anthropic"]
    assert rows_of(path)[0]["prompt_text"] == "What is 2+2?"
