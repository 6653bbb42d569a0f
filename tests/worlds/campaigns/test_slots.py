from dataclasses import replace

import numpy as np
import pytest

from stillwatch.worlds.calendar import DAY_US, HOUR_US
from stillwatch.worlds.campaigns import Adapting, Hiding, Pace, Work
from stillwatch.worlds.campaigns.campaign import POOLS
from stillwatch.worlds.campaigns.hiding import buy_pools
from stillwatch.worlds.campaigns.slots import fill_slots

SEED = 5
HOURLY = np.arange(0, 14 * 24) * HOUR_US


@pytest.fixture
def filled(plain, fortnight):
    def filled(count, hiding=None, **knobs):
        campaign = replace(plain, hiding=hiding or Hiding(), **knobs)
        return fill_slots(fortnight, campaign, SEED, (fortnight.start_us, fortnight.end_us), count)

    return filled


def test_without_closures_a_slot_is_one_account(filled, fortnight):
    slots = filled(6)
    assert len(slots.accounts) == 6
    for slot in range(6):
        assert (slots.account_at(np.full(len(HOURLY), slot), fortnight.start_us + HOURLY) == slot).all()


@pytest.mark.parametrize("share", [0.05, 0.1, 1.0])
def test_the_daily_share_of_accounts_is_closed_and_each_is_replaced(filled, share):
    slots = filled(30, Hiding(closed_daily_share=share))
    closed = [account for account in slots.accounts if account.closed_us]
    assert len(slots.accounts) == 30 + len(closed)
    assert len(closed) == pytest.approx(30 * share * 14, rel=0.05)


def test_closures_do_not_change_the_accounts_that_begin(filled):
    calm, closing = filled(30), filled(30, Hiding(closed_daily_share=0.1))
    assert [one.account_id for one in calm.accounts] == [one.account_id for one in closing.accounts[:30]]


def test_a_slot_is_handed_over_within_the_hours_that_a_successor_takes(filled, fortnight):
    slots = filled(20, Hiding(closed_daily_share=0.1, successor_h=3.0))
    ends = [*slots.first[1:], len(slots.starts)]
    waits = []
    for begin, end in zip(slots.first.tolist(), ends, strict=True):
        for place in range(begin + 1, end - 1, 2):
            assert slots.numbers[place] == -1
            before, after = (slots.accounts[slots.numbers[place + step]] for step in (-1, 1))
            assert before.closed_us == slots.starts[place]
            assert 0 <= slots.starts[place + 1] - after.created_us <= HOUR_US / 6
            waits.append((slots.starts[place + 1] - slots.starts[place]) / HOUR_US)
    assert len(waits) == 28
    assert 0 <= min(waits) < max(waits) <= 3.0
    assert np.mean(waits) == pytest.approx(1.5, abs=0.5)


def test_nobody_fills_a_slot_between_closure_and_handover(filled):
    slots = filled(1, Hiding(closed_daily_share=0.1, successor_h=6.0))
    closed, back = slots.starts[1], slots.starts[2]
    at = np.array([closed - 1, closed, back - 1, back])
    assert slots.account_at(np.zeros(4, np.int64), at).tolist() == [0, -1, -1, 1]


def test_a_sweep_closes_its_share_of_the_accounts_at_once(filled, fortnight):
    slots = filled(40, Hiding(swept_days=(5.0, 9.0, 20.0), swept_share=0.75))
    closed = [account.closed_us for account in slots.accounts if account.closed_us]
    assert sorted(closed) == [fortnight.day(5)] * 30 + [fortnight.day(9)] * 30


def test_accounts_pivot_within_hours_or_at_the_pace_of_the_public(filled, fortnight):
    released = fortnight.releases[0].at.timestamp() * 1e6
    late = [(one.moves_us - released) / HOUR_US for one in filled(200, pace=Pace(pivot_h=20.0)).accounts]
    public = [(one.moves_us - released) / HOUR_US for one in filled(200).accounts]
    assert 0 <= min(late) < max(late) <= 20.0
    assert np.mean(np.array(public) > 20.0) > 0.5


def test_accounts_retreat_within_half_a_day_or_never(filled, fortnight):
    days = [(one.retreats_us - fortnight.start_us) / DAY_US for one in filled(50, pace=Pace(retreat_day=6.0)).accounts]
    assert 6.0 <= min(days) < max(days) <= 6.5
    assert min(one.retreats_us for one in filled(50).accounts) > fortnight.end_us


@pytest.mark.parametrize("pool", ["addresses", "cards", "domains", "stacks"])
def test_an_adaptive_campaign_gives_up_the_pool_that_gave_it_away(filled, fortnight, pool):
    wide = {"addresses": 60, "cards": 60, "domains": 60, "stacks": 60}
    crowded = Hiding(**wide | {pool: 1})
    slots = filled(100, crowded, adapting=Adapting(every_days=2.0), work=Work(wording="none"))
    assert [phase.changed for phase in slots.phases] == [None, pool]
    assert slots.phases[1].since_us == fortnight.day(2)
    assert slots.phases[1].hiding == crowded.without(pool)
    assert {one.closed_us for one in slots.accounts} == {None, fortnight.day(2)}


def test_it_turns_one_knob_after_another_until_nothing_is_left_to_close(filled):
    shared = Hiding(addresses=4, cards=2, domains=3, stacks=3)
    slots = filled(100, shared, adapting=Adapting(every_days=1.0))
    assert {phase.changed for phase in slots.phases} == {None, "addresses", "cards", "domains", "stacks", "wording"}
    assert len(slots.phases) == 6
    assert slots.phases[-1].hiding == Hiding()
    reviews = sorted({one.closed_us for one in slots.accounts if one.closed_us})
    assert reviews == [phase.since_us for phase in slots.phases[1:]]


def test_its_later_accounts_show_nothing_of_a_pool_that_it_gave_up(filled):
    shared = Hiding(addresses=4, cards=2, domains=3, stacks=3)
    pools, slots = buy_pools(shared, SEED), filled(100, shared, adapting=Adapting(every_days=1.0))
    taken = [pools.taken(account) for account in slots.accounts]
    for phase in slots.phases[1:]:
        if phase.changed in POOLS:
            opened = 100 + sum((one.closed_us or phase.since_us) < phase.since_us for one in slots.accounts)
            assert sum(one[phase.changed] for one in taken[:100]) > 25
            assert len(taken) > opened
            assert not any(one[phase.changed] for one in taken[opened:])


def test_a_campaign_that_does_not_adapt_is_not_reviewed(filled):
    slots = filled(100, Hiding(cards=1))
    assert [phase.changed for phase in slots.phases] == [None]
    assert len(slots.accounts) == 100


def test_phases_are_found_by_time(filled, fortnight):
    slots = filled(100, Hiding(cards=1), adapting=Adapting(every_days=2.0), work=Work(wording="none"))
    assert slots.phase_at(np.array([fortnight.day(1.9), fortnight.day(2), fortnight.day(9)])).tolist() == [0, 1, 1]
