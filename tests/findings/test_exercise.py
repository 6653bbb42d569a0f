import numpy as np
import pytest

from stillwatch.findings.exercise import ask_the_same
from stillwatch.findings.habits import Habit
from stillwatch.findings.judge import Judged
from stillwatch.findings.weighing import Weight

NAMES = [f"a{number:02}" for number in range(20)]
TEMPLATES = "opening_digest is not null"


@pytest.fixture
def asks_the_same(bench, small_world):
    """Whether groups, of which each account asks some prompts, ask the same by what speaks for their extraction."""

    def told(*groups, conditions=(TEMPLATES,)):
        rows = [
            {"account_id": name, "opening_digest": 1 if prompt > 0 else None, "prompt_digest": abs(prompt)}
            for asked in groups for name, prompts in asked.items() for prompt in prompts
        ]  # fmt: skip
        accounts = bench.show(small_world.rows_of(rows)).accounts
        weights = tuple(Weight(habit(one), 1, 1, 0.01, 0.01) for one in conditions)
        places = {name: place for place, name in enumerate(accounts.to_pylist())}
        judged = [Judged(np.array([places[name] for name in asked]), weights, 0.0, 0.01) for asked in groups]
        return ask_the_same(bench.engine, accounts, judged)

    return told


def habit(examples):
    nobody = np.zeros(0, bool)
    return Habit("filling", "wording", nobody, nobody, "fill templates", (), "", examples)


def test_a_class_asks_the_same_and_a_queue_does_not(asks_the_same):
    school = {name: [*range(1, 31), 100 + number] for number, name in enumerate(NAMES[:10])}
    queue = {name: range(1_000 * number + 1, 1_000 * number + 31) for number, name in enumerate(NAMES[10:], 1)}
    assert asks_the_same(school, queue) == [True, False]


def test_what_else_is_asked_beside_an_exercise_is_harvested(asks_the_same):
    beside = {
        name: [*range(1, 31), *range(1_000 * number + 1, 1_000 * number + 101)]
        for number, name in enumerate(NAMES[:10], 1)
    }
    assert asks_the_same(beside) == [False]


def test_so_many_prompts_are_no_exercise(asks_the_same):
    assert asks_the_same({name: range(1, 501) for name in NAMES[:10]}) == [True]
    assert asks_the_same({name: range(1, 502) for name in NAMES[:10]}) == [False]


def test_samples_of_a_prompt_dealt_to_few_accounts_are_no_exercise(asks_the_same):
    assert asks_the_same({name: range(1, 31) for name in NAMES[:5]}) == [True]
    assert asks_the_same({name: range(1, 31) for name in NAMES[:4]}) == [False]


def test_only_what_speaks_for_extraction_counts(asks_the_same):
    """Prompts below 0 fill no template: chats beside an exercise say nothing, unless something else speaks of them."""
    chatting = {
        name: [*range(1, 31), *range(-1_000 * number - 100, -1_000 * number)]
        for number, name in enumerate(NAMES[:10], 1)
    }
    assert asks_the_same(chatting) == [True]
    assert asks_the_same(chatting, conditions=(TEMPLATES, "true")) == [False]


def test_of_what_nothing_speaks_nothing_is_told(asks_the_same):
    assert asks_the_same({name: range(1, 31) for name in NAMES[:10]}, conditions=()) == [False]
