import pyarrow as pa
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds import recording
from stillwatch.worlds.honest import App, Developer, Person
from stillwatch.worlds.recording import plan_visits, record_exchanges
from stillwatch.worlds.stories.background import FORTNIGHT


@pytest.fixture(scope="module")
def accounts():
    kinds = enumerate((Person(), Developer(), App()), 1)
    return [one for place, kind in kinds for seed in range(8) for one in kind.accounts(FORTNIGHT, 100 * place + seed)]


def recorded(accounts):
    return pa.Table.from_batches(record_exchanges(plan_visits(accounts), FORTNIGHT), EXCHANGES.schema)


def test_rows_keep_the_declaration_and_the_order_of_time(accounts):
    table = recorded(accounts)
    EXCHANGES.check(table, "the recording")
    assert table["asked_at"].to_pylist() == sorted(table["asked_at"].to_pylist())
    assert len(set(table["exchange_id"].to_pylist())) == table.num_rows


@pytest.mark.parametrize("rows", [1000, 37])
def test_batches_change_nothing(accounts, monkeypatch, rows):
    whole = recorded(accounts)
    monkeypatch.setattr(recording, "_BATCH_ROWS", rows)
    assert recorded(accounts).combine_chunks().equals(whole.combine_chunks())


def test_the_order_of_accounts_changes_nothing(accounts):
    assert recorded(accounts[::-1]).equals(recorded(accounts))


def test_no_accounts_give_no_rows():
    assert recorded([]).num_rows == 0
