import numpy as np
import pytest

from stillwatch.findings.mixture import Kinds, learn_mixture

# wording own or not, long or short; opening turns, then later ones
OWN_LONG, OWN_SHORT, LONG, SHORT, LATER_LONG, LATER_SHORT = range(6)
WORDING = np.array([1, 1, 0, 0, 0, 0])
LENGTH = np.array([1, 0, 1, 0, 1, 0])
HONEST = np.array([2.0, 4.0, 150.0, 350.0, 150.0, 350.0])


def learned(talks, honest=HONEST):
    """What is learned of conversations, each a list of kinds, with which of them are told to be jobs."""
    kinds = Kinds((WORDING, LENGTH), np.arange(6) >= LATER_LONG, honest)
    talk = np.repeat(np.arange(len(talks)), [len(one) for one in talks])
    kind = np.array([each for one in talks for each in one], np.int64)
    mixture = learn_mixture(kinds, talk, kind, WORDING[kind] > 0)
    opened = np.array([min(one) < LATER_LONG for one in talks])
    added = [
        sum(mixture.kinds[each] for each in one if each < LATER_LONG)
        + sum(mixture.kinds[each] for each in one if each >= LATER_LONG)
        / max(sum(each >= LATER_LONG for each in one), 1) ** 0.5
        for one in talks
    ]
    return mixture, np.where(opened, mixture.opened, mixture.unopened) + np.array(added) > 0


def covered(count):
    """Ordinary conversations, as long as honest ones are, whatever their turns."""
    return [[SHORT, LATER_SHORT], [SHORT], [SHORT, LATER_LONG], [SHORT], [LONG, LATER_SHORT]] * (count // 5)


@pytest.mark.parametrize("cover", [0, 90, 900])
def test_jobs_are_told_however_much_cover_there_is(cover):
    mixture, told = learned([[OWN_LONG]] * 100 + covered(cover))
    assert told[:100].all()
    assert not told[100:].any()
    assert mixture.kinds[OWN_LONG] > 0 > mixture.kinds[LONG] > mixture.kinds[SHORT]


def test_cover_unlike_the_honest_mean_is_not_taken_for_jobs():
    """Nine in ten conversations are of a kind that a third of the honest ones are: no excess makes them jobs."""
    _, told = learned([[OWN_SHORT]] * 100 + [[LONG, LATER_LONG]] * 900)
    assert told[:100].all()
    assert not told[100:].any()


def test_jobs_without_a_template_of_their_own_are_no_cover_that_nobody_has():
    """Half of the jobs have no wording of their own; as cover they would lack what most honest people ask."""
    _, told = learned([[OWN_LONG]] * 100 + [[LONG]] * 100, HONEST * np.array([1, 1, 0.5, 1, 0.5, 1]))
    assert told.all()


def test_later_turns_are_told_with_what_opened_the_conversation():
    _, told = learned([[OWN_LONG, LATER_SHORT, LATER_SHORT]] * 60 + [[SHORT, LATER_SHORT, LATER_SHORT]] * 60)
    assert told[:60].all()
    assert not told[60:].any()


def test_conversations_of_which_the_opening_is_not_known_are_not_told_by_the_others():
    mixture, told = learned([[OWN_LONG]] * 200 + [[LATER_SHORT], [LATER_LONG], [LATER_SHORT]] * 30)
    assert mixture.opened > 0 > mixture.unopened
    assert not told[200:].any()


def test_sides_do_not_change_places_when_hardly_anything_is_a_seed():
    mixture, told = learned([[OWN_LONG]] * 3 + covered(600))
    assert told.sum() == 3
    assert mixture.kinds[OWN_LONG] > mixture.kinds[SHORT]


def test_without_a_seed_what_honest_traffic_hardly_shows_is_told():
    _, told = learned([[LONG]] * 100 + [[SHORT]] * 400, HONEST * np.array([1, 1, 0.02, 1, 1, 1]))
    assert told[:100].all()


def test_nothing_honest_is_known():
    _, told = learned([[OWN_LONG]] * 50 + covered(30), honest=np.zeros(6))
    assert told[:50].all()


def test_cover_far_from_the_honest_mean_is_not_told_where_hardly_any_of_it_has_a_seed():
    """Nine in ten conversations of the cover are of a kind that one in ten honest ones are."""
    talks = [[OWN_LONG]] * 20 + [[SHORT]] * 180 + [[LONG]] * 720 + [[SHORT]] * 80
    _, told = learned(talks, np.array([2.0, 4.0, 50.0, 450.0, 50.0, 450.0]))
    assert told[:20].all()
    assert not told[200:].any()
