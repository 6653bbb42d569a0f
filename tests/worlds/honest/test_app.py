import numpy as np
import pytest

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest.app import ApiClients, App, NightBatch


def opened(kind, calendar, count):
    return [account for seed in range(1, count + 1) for account in kind.accounts(calendar, seed)]


def local_hours(accounts):
    return np.concatenate([(account.visits["at"] // HOUR_US + account.offset_h) % 24 for account in accounts])


def variation(at):
    waits = np.diff(np.sort(at))
    return waits.std() / waits.mean()


def test_volume_is_heavy_tailed_and_its_spread_is_a_knob(fortnight):
    def largest_share(tail):
        counts = sorted(len(account.visits) for account in opened(App(tail=tail), fortnight, 200))
        return sum(counts[-10:]) / sum(counts)

    assert largest_share(1.45) > 0.3
    assert largest_share(0.1) < 0.1


def test_no_app_has_more_than_150_times_the_median(fortnight):
    counts = [len(account.visits) for account in opened(App(tail=4.0), fortnight, 100)]
    assert max(counts) == 2 + 150 * 14 * 2


def test_an_app_has_one_template_or_one_system_prompt(fortnight, record):
    for account in opened(App(), fortnight, 12):
        frame = record([account])
        heads = frame["prompt_text"].str.slice(0, 40).n_unique()
        assert heads == 1 or frame["system_text"].drop_nulls().n_unique() == 1


def test_the_hours_of_an_app_are_a_knob(fortnight):
    always, office, night = (
        local_hours(opened(App(calls=200, hours=hours), fortnight, 8)) for hours in ("always", "office", "night")
    )
    assert np.bincount(always, minlength=24).min() > 0
    assert ((office >= 7) & (office < 19)).mean() > 0.9
    assert ((night >= 9) & (night < 20)).mean() < 0.01


def test_a_night_batch_works_through_documents_at_night_and_never_talks(fortnight, record):
    batches = opened(NightBatch(), fortnight, 6)
    hours = local_hours(batches)
    assert ((hours >= 8) & (hours < 20)).mean() < 0.01
    assert {account.role for account in batches} == {"night batch"}
    frame = record(batches)
    assert frame["prompt_text"].str.len_bytes().mean() > 400
    assert frame["turn"].max() == 0


def test_a_batch_may_run_day_and_night(fortnight):
    hours = local_hours(opened(NightBatch(calls=400, hours="always"), fortnight, 6))
    assert np.bincount(hours, minlength=24).min() > 0.5 * len(hours) / 24


@pytest.mark.parametrize("wanted", [1.0, 2.0, 3.0])
def test_waits_vary_as_they_are_asked_to(fortnight, wanted):
    apps = opened(App(calls=3000, tail=0.0, hours="always", variation=wanted), fortnight, 9)
    found = np.median([variation(account.visits["at"]) for account in apps])
    assert found == pytest.approx(wanted, rel=0.15)


@pytest.mark.parametrize("share", [0.63, 0.75, 0.93])
def test_the_ten_largest_clients_carry_the_share_asked_for(fortnight, share):
    for seed in range(4):
        clients = ApiClients(clients=60, calls=20_000, ten_largest_share=share).accounts(fortnight, seed)
        counts = [len(client.visits) for client in clients]
        assert len(clients) == 60
        assert sum(sorted(counts)[-10:]) / sum(counts) == pytest.approx(share, abs=0.01)
        assert sum(counts) == pytest.approx(40_000, rel=0.01)
        assert {client.role for client in clients} == {"client"}


def test_clients_call_in_bursts_unless_they_are_asked_not_to(fortnight):
    def middle(knob):
        clients = ApiClients(calls=8000, ten_largest_share=0.3, variation=knob).accounts(fortnight, 4)
        return np.median([variation(client.visits["at"]) for client in clients])

    assert middle(4.0) > 1.3 * middle(2.0) > 1.3 * 1.15 * middle(1.0)


def test_an_app_that_was_opened_late_calls_as_much_less(fortnight):
    apps = opened(App(calls=200, tail=0.0), fortnight, 60)
    for app in apps:
        lived = min(1.0, (fortnight.end_us - app.created_us) / (fortnight.end_us - fortnight.start_us))
        assert len(app.visits) == pytest.approx(400 * lived, abs=3)
    assert len({len(app.visits) for app in apps}) > 5
