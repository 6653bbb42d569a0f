import numpy as np

from stillwatch.worlds.seeds import generator
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import says, single_visits, talk_visits


def test_single_visits_stand_alone():
    visits = single_visits(generator(1), np.arange(50))
    assert (visits["turn"] == 0).all()
    assert (visits["talk"] == visits["seed"]).all()
    assert len(np.unique(visits["seed"])) == 50
    assert (visits["system"] == -1).all()


def test_conversations_count_their_turns_and_go_forward_in_time():
    visits = talk_visits(generator(2), np.arange(400) * 10**10, turns=3.0, gap_s=60)
    assert 2.6 < len(visits) / 400 < 3.4
    for talk in np.unique(visits["talk"])[:50]:
        one = visits[visits["talk"] == talk]
        assert one["turn"].tolist() == list(range(len(one)))
        assert (np.diff(one["at"]) > 0).all()


def test_symbols_are_found_by_name():
    assert [shipped_grammar().names[number] for number in says("ask.code", "viral")] == ["ask.code", "viral"]
