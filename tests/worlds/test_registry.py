import numpy as np
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds.accounts import open_account
from stillwatch.worlds.registry import Registry
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.visits import draw_seeds


@pytest.fixture(scope="module")
def accounts(fortnight):
    return [open_account(fortnight, seed, "person") for seed in range(1, 60)]


@pytest.fixture(scope="module")
def known(accounts):
    registry = Registry()
    assert registry.add(accounts) == 0
    return registry.close()


def test_accounts_are_counted_from_the_first(accounts):
    registry = Registry()
    assert [registry.add(accounts[:20]), registry.add([]), registry.add(accounts[20:])] == [0, 20, 20]
    assert registry.count == len(accounts)


def test_entering_some_at_a_time_changes_nothing(accounts, known):
    registry = Registry()
    for start in range(0, len(accounts), 7):
        registry.add(accounts[start : start + 7])
    again = registry.close()
    assert all(again.devices[name].equals(values) for name, values in known.devices.items())
    for name, values in known.accounts.items():
        told = again.accounts[name]
        np.testing.assert_array_equal(told, values) if isinstance(values, np.ndarray) else None
        assert isinstance(values, np.ndarray) or told.equals(values)


def test_texts_are_the_accounts_own(accounts, known):
    rows = np.array([3, 0, 3, 58])
    texts = known.texts(rows)
    assert texts["account_id"].to_pylist() == [accounts[row].account_id for row in rows]
    assert texts["payment_hash"].to_pylist() == [accounts[row].payment_hash for row in rows]
    assert texts["account_created_at"].to_pylist() == [accounts[row].created_us for row in rows]


def test_the_columns_of_exchanges_keep_their_names(known):
    texts = known.texts(np.zeros(1, np.int64))
    assert set(texts) - set(EXCHANGES.names) == {"campaign", "role", "closed_at"}
    assert set(known.devices) < set(EXCHANGES.names)


def test_a_conversation_stays_on_one_device_of_its_account(accounts, known):
    talk = np.repeat(draw_seeds(generator(1), 400), 3)
    account = np.repeat(np.arange(400) % len(accounts), 3)
    told = known.device_texts(account, talk)
    devices = list(zip(told["ip"].to_pylist(), told["user_agent"].to_pylist(), strict=True))
    assert devices[::3] == devices[1::3] == devices[2::3]
    for number, (ip, agent) in zip(account.tolist(), devices, strict=True):
        assert ip in {address.ip for address in accounts[number].addresses}
        assert agent in {stack.user_agent for stack in accounts[number].stacks}


def test_seven_in_ten_conversations_are_held_on_the_first_device(accounts, known):
    (number,) = [n for n, one in enumerate(accounts) if len(one.addresses) * len(one.stacks) >= 6][:1]
    talk = draw_seeds(generator(2), 4000)
    told = known.device_texts(np.full(len(talk), number), talk)
    one = accounts[number]
    devices = list(zip(told["ip"].to_pylist(), told["ja4"].to_pylist(), strict=True))
    first = devices.count((one.addresses[0].ip, one.stacks[0].ja4)) / len(talk)
    assert first == pytest.approx(0.7 + 0.3 / (len(one.addresses) * len(one.stacks)), abs=0.04)
    assert len(set(devices)) == len(one.addresses) * len(one.stacks)
