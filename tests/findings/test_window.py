import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.errors import WindowIncomparable
from stillwatch.findings.window import DRAWN, cut_windows, learn_past, ranks_of, window_of

SIZE = 40
GOODS = ["lamp", "chair", "table", "rug", "mirror", "shelf", "curtain", "pillow"]
PLACES = ["Oslo", "Lima", "Kyoto", "Cairo", "Quito", "Turin"]
ENDS = ["please", "thanks", "today?", "", "I asked before!", "as soon as you can"]
ODD = [f"Solve step by step: {number} + x = {number * 7}, explain each step" for number in range(50)]


def orders(seed: int, count: int, *, goods: list[str] = GOODS) -> list[str]:
    """Prompts of a stream that asks for orders."""
    draw = np.random.default_rng(seed)
    return [
        f"Where is order {draw.integers(999)} of a {draw.choice(goods)} for {draw.choice(PLACES)} {draw.choice(ENDS)}"
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def past():
    return learn_past(pa.array(orders(1, 2000)), SIZE)


def p_values(past, seed: int, *, odd: int = 0) -> np.ndarray:
    honest = past.describe(pa.array(orders(seed, 200 * (SIZE - odd))))
    other = past.describe(pa.array(ODD[:odd], pa.string()))
    return np.array([past.p_value(window + window_of(other)) for window in cut_windows(honest, SIZE - odd)])


def test_honest_windows_are_as_rare_as_they_say(past):
    found = np.concatenate([p_values(past, seed) for seed in (2, 3)])
    for level in (0.01, 0.05, 0.2, 0.5):
        assert (found <= level).mean() < level + 0.04
    assert (found <= 0.5).mean() > 0.4


def test_a_few_odd_prompts_make_a_window_rare(past):
    assert (p_values(past, 5, odd=4) <= 0.01).mean() > 0.9


def test_the_smallest_p_value_is_one_in_one_more_than_the_windows_drawn(past):
    assert past.p_value(window_of(past.describe(pa.array(ODD[:SIZE])))) == 1 / (DRAWN + 1)


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 30), st.integers(1, 30))
def test_windows_add_up(past, first, second):
    rows = past.describe(pa.array(orders(first, first + second)))
    both = window_of(rows[:first]) + window_of(rows[first:])
    assert both.count == first + second
    assert past.distance(both) == past.distance(window_of(rows))


def test_a_prompt_is_described_alike_in_any_company(past):
    texts = orders(6, 60)
    whole = past.describe(pa.array(texts))
    assert (past.describe(pa.array(texts[10:20])) == whole[10:20]).all()


def test_windows_are_cut_in_order_and_the_rest_is_left_out(past):
    rows = past.describe(pa.array(orders(7, 25)))
    found = cut_windows(rows, 10)
    assert [window.count for window in found] == [10, 10]
    assert (found[1].meaning.sums == rows[10:20, :64].sum(axis=0)).all()
    assert cut_windows(rows, 26) == []


def test_the_past_repeats_itself(past):
    again = learn_past(pa.array(orders(1, 2000)), SIZE)
    assert (again.drawn == past.drawn).all()
    assert (learn_past(pa.array(orders(1, 2000)), SIZE, seed=2).drawn != past.drawn).any()


def test_a_stream_of_one_wording_is_not_unfamiliar_to_itself():
    same = learn_past(pa.array(["Where is my lamp?"] * 200), 20)
    assert same.p_value(window_of(same.describe(pa.array(["Where is my lamp?"] * 20)))) == 1
    assert same.p_value(window_of(same.describe(pa.array(["Where is my lamp?"] * 15 + ODD[:5])))) < 0.01


def test_two_wordings_in_equal_shares_are_not_unfamiliar():
    draw = np.random.default_rng(8)
    both = np.array(["Where is my lamp?", "Cancel the order of a rug at once"])
    two = learn_past(pa.array(both[draw.integers(0, 2, 400)].tolist()), 20)
    windows = [window_of(two.describe(pa.array(both[draw.integers(0, 2, 20)].tolist()))) for _ in range(200)]
    assert np.mean([two.p_value(window) <= 0.01 for window in windows]) < 0.05


def test_words_of_the_day_are_not_unfamiliar_in_a_stream_that_has_some_every_day():
    days = [orders(day, SIZE, goods=[f"thing{letter}{day}x" for letter in "abcd"]) for day in range(60)]
    days = [
        [text.replace("order", f"word{'abcdefghij'[day % 10]}{'klmnop'[day // 10]}") for text in texts]
        for day, texts in enumerate(days)
    ]
    past = learn_past(pa.array([text for texts in days[:40] for text in texts]), SIZE)
    assert np.mean([past.p_value(window_of(past.describe(pa.array(texts)))) <= 0.05 for texts in days[40:]]) < 0.3


def test_a_stream_that_changes_by_itself_strays_further():
    # a season of other goods every tenth window: by drawing alone such a window would be rare
    seasons = [GOODS[:4], GOODS[4:]]
    texts = [text for at in range(40) for text in orders(at, SIZE, goods=seasons[at % 10 == 0])]
    past = learn_past(pa.array(texts), SIZE)
    season = window_of(past.describe(pa.array(orders(99, SIZE, goods=seasons[1]))))
    far = past.distance(season)
    assert (past.drawn > far).mean() < 0.01
    assert past.p_value(season) > 0.02


def test_a_larger_window_is_refused_and_a_smaller_one_is_not(past):
    rows = past.describe(pa.array(orders(9, 2 * SIZE)))
    assert past.p_value(window_of(rows[: SIZE // 2])) > 0
    past.p_value(window_of(rows[: SIZE + SIZE // 10]))
    for wrong in (rows, rows[:0]):
        with pytest.raises(WindowIncomparable):
            past.p_value(window_of(wrong))


@pytest.mark.parametrize(("count", "size"), [(2 * SIZE - 1, SIZE), (1, 1), (0, 5), (9, 0)])
def test_too_little_honest_traffic_is_refused(count, size):
    with pytest.raises(WindowIncomparable):
        learn_past(pa.array(orders(1, count), pa.string()), size)


def test_scores_tell_where_a_value_would_stand():
    ranks = ranks_of(np.array([[1.0, 0], [2, 0], [3, 0]]), np.zeros(2))
    assert ranks.normal(np.array([[2.0, 0]])).tolist() == [[0, 0]]
    low, high = ranks.normal(np.array([[0.0, -1], [9, 1]]))
    assert low == pytest.approx(-high)
    assert high[0] == pytest.approx(1.1503, abs=1e-4)
    assert ranks.exponential(np.array([[9.0, 0]]))[0] == pytest.approx([np.log(8), np.log(2)])


def test_values_that_are_nearly_one_have_one_score():
    ranks = ranks_of(np.full((50, 1), 0.5), np.array([0.02]))
    assert ranks.normal(np.array([[0.501], [0.49]])).tolist() == [[0], [0]]
