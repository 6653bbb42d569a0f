from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.findings.examples import Sought, with_examples
from stillwatch.findings.statement import Evidence


@pytest.fixture
def shown(bench, small_world):
    """Each of six accounts asks three times from address 1, an hour apart, the later accounts earlier."""
    at = small_world.MIDNIGHT
    rows = [
        {
            "exchange_id": f"e{account}{turn}", "account_id": f"a{account}", "ip": "192.0.2.1", "turn": turn,
            "asked_at": at + timedelta(hours=turn, minutes=9 - account),
        }
        for account in range(6) for turn in range(3)
    ]  # fmt: skip
    bench.show(small_world.rows_of(rows))
    return pa.array([f"a{account}" for account in range(6)])


def evidence(trait="address"):
    return Evidence("coordination", trait, "network", 9.0, 6, "seen", "expected", (), "hiding it", ())


def ids(bench, accounts, *sought):
    return [
        [one.example_exchange_ids for one in campaign] for campaign in with_examples(bench.engine, accounts, sought)
    ]


def test_values_are_shown_by_the_earliest_exchange_of_five_accounts(shown, bench):
    sought = Sought(evidence(), ("192.0.2.1", "192.0.2.9"), accounts=np.arange(6))
    assert ids(bench, shown, [sought]) == [[("e50", "e40", "e30", "e20", "e10")]]


def test_conditions_are_met_by_the_examples(shown, bench):
    sought = Sought(evidence("turns"), condition="turn > 0", accounts=np.array([1, 4]))
    assert ids(bench, shown, [sought]) == [[("e41", "e11")]]


def test_each_piece_of_each_campaign_has_its_own(shown, bench):
    """Neither the accounts of another campaign nor the values and conditions of another piece are shown."""
    first = [Sought(evidence(), ("192.0.2.1",), accounts=np.array([0])), Sought(evidence("none"))]
    second = [
        Sought(evidence("any"), condition="true", accounts=np.array([2, 3])),
        Sought(evidence(), ("192.0.2.1",), accounts=np.array([2])),
        Sought(evidence("any"), condition="true", accounts=np.array([5])),
        Sought(evidence("other address"), ("192.0.2.1",), accounts=np.array([2])),
    ]
    assert ids(bench, shown, first, second) == [[("e00",), ()], [("e30", "e20"), ("e20",), ("e50",), ()]]
    assert [one.trait for one in with_examples(bench.engine, shown, [second])[0]] == [
        one.evidence.trait for one in second
    ]


def test_nothing_is_sought(shown, bench):
    assert ids(bench, shown) == []
    assert ids(bench, shown, []) == [[]]
