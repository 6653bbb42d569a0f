import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.errors import WindowIncomparable
from stillwatch.findings.window import FEWEST_HELD, Window, cut_windows, learn_past, window_of
from stillwatch.marks.described import describe_prompts

SIZE = 40


def prompts(draw: np.random.Generator, count: int, *, off: float = 0.0) -> np.ndarray:
    """Rows of six dimensions that vary together, `off` away in the first."""
    rows = draw.normal(0, 30, (count, 6)) @ np.triu(np.ones((6, 6)))
    rows[:, 0] += off
    return rows.round().astype(np.int16)


@pytest.fixture(scope="module")
def past():
    draw = np.random.default_rng(1)
    return learn_past(prompts(draw, 2000), cut_windows(prompts(draw, 400 * SIZE), SIZE))


def p_values(past, *, off: float) -> np.ndarray:
    draw = np.random.default_rng(2)
    return np.array([past.p_value(window_of(prompts(draw, SIZE, off=off))) for _ in range(400)])


def test_honest_windows_are_as_rare_as_they_say(past):
    found = p_values(past, off=0)
    for level in (0.05, 0.2, 0.5):
        assert abs((found <= level).mean() - level) < 0.06


def test_other_windows_are_rare(past):
    assert (p_values(past, off=30) <= 0.01).mean() > 0.9
    assert np.median(p_values(past, off=8)) < np.median(p_values(past, off=0))


def test_the_smallest_p_value_is_one_in_one_more_than_the_windows_held(past):
    assert past.p_value(window_of(np.full((SIZE, 6), 3000, np.int16))) == 1 / 401
    assert past.p_value(Window(SIZE, np.round(past.mean * SIZE).astype(np.int64))) == 1


def test_the_unit_of_a_dimension_does_not_matter(past):
    draw = np.random.default_rng(1)
    units = np.array([1, 10, 1, 3, 1, 1], np.int16)
    other = learn_past(prompts(draw, 2000) * units, cut_windows(prompts(draw, 400 * SIZE) * units, SIZE))
    rows = prompts(np.random.default_rng(3), SIZE)
    assert other.distance(window_of(rows * units)) == pytest.approx(past.distance(window_of(rows)))


def test_what_never_varied_is_no_obstacle():
    rows = prompts(np.random.default_rng(4), 3000)
    rows[:, 2] = 7
    still = learn_past(rows[:1000], cut_windows(rows[1000:], 50))
    strange = rows[:50].copy()
    strange[:, 2] = 30
    assert still.p_value(window_of(rows[:50])) > 0.02
    assert still.p_value(window_of(strange)) < 0.03


@given(st.integers(1, 30), st.integers(1, 30))
def test_windows_add_up(first, second):
    rows = prompts(np.random.default_rng(first), first + second)
    both = window_of(rows[:first]) + window_of(rows[first:])
    assert both.count == first + second
    assert (both.sums == window_of(rows).sums).all()


def test_windows_are_cut_in_order_and_the_rest_is_left_out():
    rows = prompts(np.random.default_rng(5), 25)
    found = cut_windows(rows, 10)
    assert [window.count for window in found] == [10, 10]
    assert (found[1].sums == rows[10:20].sum(axis=0)).all()
    assert cut_windows(rows, 26) == []


def test_a_larger_window_is_refused_and_a_smaller_one_is_not(past):
    rows = prompts(np.random.default_rng(6), 2 * SIZE)
    assert past.p_value(window_of(rows[: SIZE // 2])) > 0
    past.p_value(window_of(rows[: SIZE + SIZE // 10]))
    for wrong in (rows, rows[:0]):
        with pytest.raises(WindowIncomparable):
            past.p_value(window_of(wrong))


@pytest.mark.parametrize(("learned", "held"), [(100, FEWEST_HELD - 1), (1, FEWEST_HELD), (0, 0)])
def test_too_little_honest_traffic_is_refused(learned, held):
    rows = prompts(np.random.default_rng(7), learned + held * 10)
    with pytest.raises(WindowIncomparable):
        learn_past(rows[:learned], cut_windows(rows[learned:], 10))


def test_prompts_of_another_kind_in_a_stream_of_orders():
    draw = np.random.default_rng(8)
    goods, places = ["lamp", "chair", "table", "rug", "mirror"], ["Oslo", "Lima", "Kyoto", "Cairo"]
    orders = [
        f"Where is my order {draw.integers(999)} of a {draw.choice(goods)} for {draw.choice(places)}?"
        for _ in range(3000)
    ]
    asked = [f"Solve step by step: {draw.integers(99)} + x = {draw.integers(99)}, explain each step" for _ in range(50)]
    rows = describe_prompts(pa.array(orders))
    past = learn_past(rows[:1000], cut_windows(rows[1000:], 20))
    mixed = np.concatenate([rows[:15], describe_prompts(pa.array(asked))[:5]])
    assert past.p_value(window_of(mixed)) <= 0.01
