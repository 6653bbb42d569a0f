from stillwatch.worlds.calendar import HOUR_US
from stillwatch.worlds.honest import Benchmark
from stillwatch.worlds.stories.background import FORTNIGHT


def test_hundreds_of_prompts_of_one_template_come_in_an_hour(record):
    account = Benchmark(250).accounts(FORTNIGHT, 4)[0]
    assert account.visits["at"].max() - account.visits["at"].min() <= HOUR_US
    assert len(account.visits) > 200
    assert record([account])["prompt_text"].str.slice(0, 50).n_unique() == 1


def test_strangers_ask_some_of_the_same_questions(record):
    one, two = (set(record(Benchmark(400).accounts(FORTNIGHT, seed))["prompt_text"]) for seed in (4, 5))
    assert 3 < len(one & two) < 200
