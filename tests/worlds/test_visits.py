import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import NO_VISITS, draw_seeds, says, single_visits, talk_visits, while_whole


def talks(count=400, turns=3.0, gap_s=60.0, seed=2):
    return talk_visits(generator(seed), np.arange(count) * 10**10, turns=turns, gap_s=gap_s)


def test_single_visits_stand_alone():
    visits = single_visits(generator(1), np.arange(50))
    assert visits["at"].tolist() == list(range(50))
    assert (visits["turn"] == 0).all()
    assert (visits["talk"] == visits["seed"]).all()
    assert (visits["words"] == visits["seed"]).all()
    assert visits["last"].all()
    assert len(np.unique(visits["seed"])) == 50
    assert (visits["system"] == -1).all()


def test_conversations_count_their_turns_and_go_forward_in_time():
    visits = talks()
    assert 2.6 < len(visits) / 400 < 3.4
    for talk in np.unique(visits["talk"]):
        one = visits[visits["talk"] == talk]
        assert one["turn"].tolist() == list(range(len(one)))
        assert (np.diff(one["at"]) > 0).all()
        assert one["last"].tolist() == [False] * (len(one) - 1) + [True]


def test_conversations_begin_at_their_starts_and_have_names_of_their_own():
    visits = talks()
    first = visits[visits["turn"] == 0]
    assert first["at"].tolist() == [number * 10**10 for number in range(400)]
    assert len(np.unique(visits["talk"])) == 400
    assert len(np.unique(visits["seed"])) == len(visits)


def test_pauses_have_their_median():
    visits = talks(4000, gap_s=90.0)
    pauses = np.diff(visits["at"])[visits["turn"][1:] > 0] / 1e6
    assert np.median(pauses) == pytest.approx(90, rel=0.05)


def test_no_pause_is_as_long_as_the_day_after_which_logs_forget():
    visits = talks(4000, gap_s=20_000.0)
    assert np.diff(visits["at"])[visits["turn"][1:] > 0].max() < DAY_US


def test_a_conversation_of_one_turn_on_average_has_one():
    assert (talks(turns=1.0)["turn"] == 0).all()


def test_no_starts_give_no_visits():
    assert len(talks(0)) == 0
    assert len(single_visits(generator(1), np.zeros(0, np.int64))) == 0


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), max_size=8))
def test_conversations_are_cut_before_the_first_turn_that_is_lost(kept):
    visits = np.zeros(sum(map(len, kept)), NO_VISITS.dtype)
    visits["talk"] = np.repeat(np.arange(len(kept)), [len(one) for one in kept])
    visits["turn"] = [turn for one in kept for turn in range(len(one))]
    whole = while_whole(visits, np.array([keep for one in kept for keep in one], bool))
    expected = [(talk, turn) for talk, one in enumerate(kept) for turn in range([*one, False].index(False))]
    assert list(zip(whole["talk"].tolist(), whole["turn"].tolist(), strict=True)) == expected


def test_seeds_are_never_nought():
    assert draw_seeds(generator(1), 10_000).min() > 0


def test_symbols_are_found_by_name():
    assert [shipped_grammar().names[number] for number in says("ask.code", "ask.viral")] == ["ask.code", "ask.viral"]
