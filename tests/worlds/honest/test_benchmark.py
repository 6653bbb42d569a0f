import numpy as np

from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest.benchmark import Benchmark


def test_hundreds_of_prompts_of_one_template_come_in_an_hour(fortnight, record):
    account = Benchmark(prompts=250).accounts(fortnight, 4)[0]
    assert account.visits["at"].max() - account.visits["at"].min() <= HOUR_US
    assert len(account.visits) == 250
    assert record([account])["prompt_text"].str.slice(0, 50).n_unique() == 1


def test_every_run_takes_an_hour(fortnight):
    at = np.sort(Benchmark(prompts=40, runs=5).accounts(fortnight, 4)[0].visits["at"])
    assert len(at) == 200
    assert 1 <= (np.diff(at) > HOUR_US).sum() <= 4


def test_strangers_ask_some_of_the_same_items(fortnight, record):
    one, two = (set(record(Benchmark(prompts=400).accounts(fortnight, seed))["prompt_text"]) for seed in (4, 5))
    assert 3 < len(one & two) < 200
