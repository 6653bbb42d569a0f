import numpy as np

from stillwatch.worlds.campaigns import Hiding
from stillwatch.worlds.campaigns.hiding import buy_pools
from stillwatch.worlds.campaigns.slots import Staffing, fill_slots
from stillwatch.worlds.stories.background import FORTNIGHT

BETWEEN = (FORTNIGHT.day(0), FORTNIGHT.day(14))


def filled(count, closed_daily):
    return fill_slots(FORTNIGHT, Staffing("yew", 5, BETWEEN, count, closed_daily), buy_pools(Hiding(), 5))


def test_a_closed_account_is_replaced_at_once():
    slots = filled(10, 0.1)
    assert len(slots.accounts) == 10 + 14
    closures = slots.starts[slots.starts > BETWEEN[0]]
    assert len(closures) == 14
    at = closures[:1]
    slot = np.searchsorted(slots.first, np.flatnonzero(slots.starts == at[0]), side="right") - 1
    before, after = slots.account_at(slot, at - 1), slots.account_at(slot, at)
    assert after[0] == before[0] + 1
    assert at[0] <= slots.accounts[after[0]].created_us <= at[0] + 2 * 3600 * 10**6


def test_without_closures_a_slot_is_one_account():
    slots = filled(6, 0.0)
    at = np.linspace(*BETWEEN, 50).astype(np.int64)
    for slot in range(6):
        assert (slots.account_at(np.full(50, slot), at) == slot).all()


def test_many_closures_wrap_over_all_slots():
    slots = filled(3, 1.0)
    assert len(slots.accounts) == 3 + 42
    assert (np.diff(np.append(slots.first, len(slots.accounts))) == 15).all()
