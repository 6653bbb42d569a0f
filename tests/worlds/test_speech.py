import numpy as np
import pytest

from stillwatch.worlds.seeds import generator
from stillwatch.worlds.speech import VOICES, set_system, speak_as, speak_as_people
from stillwatch.worlds.text import shipped_grammar
from stillwatch.worlds.visits import talk_visits

NAMES, NAMES_OF = shipped_grammar().names, shipped_grammar().numbers


def talks(count=300, seed=1):
    return talk_visits(generator(seed), np.arange(count) * 10**9, turns=2.5, gap_s=60)


def test_a_person_keeps_to_about_three_topics():
    visits = talks()
    speak_as_people(visits, np.full(len(visits), 77, np.uint64), None)
    first = [NAMES[number] for number in visits["says"][visits["turn"] == 0]]
    assert 1 <= len(set(first) - {"ask.smalltalk"}) <= 3
    assert 0.01 < first.count("ask.smalltalk") / len(first) < 0.09


def test_strangers_have_different_topics():
    visits = talks()
    speak_as_people(visits, visits["talk"], None)
    assert len({NAMES[number] for number in visits["says"]}) > 18


def test_most_people_speak_their_countrys_language():
    visits = talks()
    speak_as_people(visits, visits["talk"], "ja")
    asked = [NAMES[number] for number in visits["says"][visits["turn"] == 0]]
    assert 0.55 < asked.count("ask.ja") / len(asked) < 0.75
    assert "ask.de" not in asked


def test_mixed_speakers_speak_every_language():
    visits = talks()
    speak_as_people(visits, visits["talk"], None, mixed=True)
    assert {f"ask.{language}" for language in ("es", "de", "zh", "ja")} <= {NAMES[n] for n in visits["says"]}


@pytest.mark.parametrize("voice", VOICES)
def test_a_voice_says_its_own_symbols(voice):
    visits = talks(60)
    speak_as(visits, voice, 5, group=9)
    first = visits["turn"] == 0
    assert {NAMES[number] for number in visits["says"][first]} <= set(VOICES[voice][0])
    assert {NAMES[number] for number in visits["says"][~first]} <= set(VOICES[voice][1])
    assert (visits["group"] == 9).all()


def test_topics_stay_with_the_speaker_and_not_with_the_conversation():
    one, other = talks(seed=1), talks(seed=2)
    speakers = np.arange(6, dtype=np.uint64)
    for visits in (one, other):
        speak_as_people(visits, speakers[np.arange(len(visits)) % 6], None)
        visits["says"][visits["turn"] > 0] = -1
    for speaker in speakers:
        asked = [set(v["says"][v["speaker"] == speaker].tolist()) for v in (one, other)]
        small = {-1, NAMES_OF["ask.smalltalk"]}
        assert asked[0] - small == asked[1] - small


def test_people_type_and_programs_do_not():
    visits = talks(20)
    for voice in VOICES:
        speak_as(visits, voice, 5)
        assert visits["typed"].all() == visits["typed"].any() == (voice in {"office", "class", "coder"})
    speak_as_people(visits, visits["talk"], None)
    assert visits["typed"].all()


def test_each_visit_may_have_a_speaker_of_its_own():
    visits = talks(20)
    speak_as(visits, "app", visits["seed"])
    assert (visits["speaker"] == visits["seed"]).all()


def test_a_system_prompt_is_one_symbol_and_seed():
    visits = talks(5)
    set_system(visits, "system.agent", 3)
    assert {NAMES[number] for number in visits["system"]} == {"system.agent"}
    assert (visits["system_seed"] == 3).all()
