import pytest

from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.conversations import Conversations, Turn


def at(day, asked="a"):
    return Turn(asked, "answer", round(day * DAY_US))


def test_a_conversation_is_told_oldest_first():
    conversations = Conversations()
    conversations.add(1, at(0, "a"))
    conversations.add(2, at(0, "b"))
    conversations.add(1, at(0.5, "c"))
    assert [turn.asked for turn in conversations.history(1)] == ["a", "c"]
    assert [turn.asked for turn in conversations.history(2)] == ["b"]


def test_one_that_began_before_has_no_history():
    assert list(Conversations().history(9)) == []


def test_one_that_is_over_is_dropped_at_once():
    conversations = Conversations()
    conversations.add(1, at(0))
    conversations.add(2, at(0))
    conversations.add(1, at(0.1), last=True)
    conversations.add(3, at(0.1), last=True)
    assert len(conversations) == 1
    assert [len(conversations.history(talk)) for talk in (1, 2, 3)] == [0, 1, 0]


def test_idle_ones_are_forgotten_after_a_day_and_others_kept():
    conversations = Conversations()
    conversations.add(1, at(0))
    conversations.add(2, at(0))
    conversations.add(1, at(0.9))
    conversations.add(3, at(1.0))
    assert [len(conversations.history(talk)) for talk in (1, 2, 3)] == [2, 1, 1]
    conversations.add(4, at(1.1))
    assert [len(conversations.history(talk)) for talk in (1, 2, 3, 4)] == [2, 0, 1, 1]


@pytest.mark.parametrize(("idle", "kept"), [(DAY_US, 1), (DAY_US + 1, 0)])
def test_a_day_itself_is_not_too_long(idle, kept):
    conversations = Conversations()
    conversations.add(1, Turn("a", "b", 0))
    conversations.add(2, Turn("a", "b", idle))
    assert len(conversations.history(1)) == kept


def test_only_the_open_ones_are_held():
    conversations = Conversations(idle_us=10)
    for number in range(1000):
        conversations.add(number, Turn("a", "b", number))
    assert len(conversations) == 11


def test_one_that_goes_on_after_it_was_forgotten_begins_anew():
    conversations = Conversations()
    conversations.add(1, at(0))
    conversations.add(2, at(4))
    conversations.add(1, at(5))
    assert len(conversations.history(1)) == 1
