import numpy as np
import polars as pl

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest import App
from stillwatch.worlds.stories.background import FORTNIGHT


def apps(kind, count):
    return [account for seed in range(1, count) for account in kind.accounts(FORTNIGHT, seed)]


def test_volume_is_heavy_tailed():
    counts = sorted(len(account.visits) for account in apps(App(), 200))
    assert sum(counts[-10:]) > 0.3 * sum(counts)


def test_an_app_has_one_template_or_one_system_prompt(record):
    for account in apps(App(), 12):
        frame = record([account])
        heads = frame["prompt_text"].str.slice(0, 40).n_unique()
        assert heads == 1 or frame["system_text"].drop_nulls().n_unique() == 1


def test_a_machine_app_never_sleeps_and_a_night_batch_does_by_day():
    always = np.concatenate([a.visits["at"] // HOUR_US % 24 for a in apps(App(calls=200, hours="always"), 6)])
    assert np.bincount(always, minlength=24).min() > 0
    night = [a for a in apps(App(calls=200, hours="night", batch=True), 6) if len(a.visits)]
    local = np.concatenate([(a.visits["at"] // HOUR_US + a.offset_h) % 24 for a in night])
    assert ((local >= 9) & (local < 20)).mean() < 0.01
    assert {account.role for account in night} == {"night batch"}


def test_a_batch_works_through_documents(record):
    frame = record(apps(App(calls=50, batch=True), 4))
    assert frame["prompt_text"].str.len_bytes().mean() > 400
    assert frame.select(pl.col("turn").max()).item() == 0
