from dataclasses import replace

import numpy as np
import pytest

from stillwatch.findings.habits import Grouped, Habit
from stillwatch.findings.payers import PaidBy
from stillwatch.findings.settings import Judging
from stillwatch.findings.thinned import Part
from stillwatch.findings.weighing import Weighing, weigh_habit

TEN = np.arange(200, 210)
HONEST = np.arange(210) < 200


def weighing(payers=PaidBy.UNKNOWN):
    return Weighing(HONEST, np.full(210, -1), Judging(), payers)


def parted(harvests, exchanges, *, honest=0, others=0):
    """A habit of whoever gives a fifth to it: of two hundred honest accounts ten give `honest` of 100 exchanges."""
    counts = np.concatenate([np.full(10, honest), np.full(190, others), np.broadcast_to(harvests, 10)])
    asked = np.concatenate([np.full(200, 100), np.broadcast_to(exchanges, 10)])
    part = Part(counts, asked, lambda all_: np.maximum(1, (all_ + 4) // 5), 10, "do it at all")
    return Habit("h", "wording", asked > 0, part.shown, "do", ("a reason",), "a way", "true", part)


def test_as_one_account_a_group_is_held_against_accounts_that_give_as_large_a_part():
    """Nobody honest gives as much as the group, though ten in two hundred pass the bar."""
    found = weigh_habit(parted(90, 100, honest=30), TEN, weighing(), as_one=True)
    assert (found.shown_count, found.judged_count, found.together) == (10, 10, 0.9)
    assert found.probability == found.honest_rate == pytest.approx(0.5 / 201)
    less = weigh_habit(parted(30, 100, honest=30), TEN, weighing(), as_one=True)
    assert less.probability == pytest.approx(10.5 / 201)


def test_a_firm_passes_the_bar_or_not():
    """Its one product does the same at each request: that its part is large says nothing more."""
    found = weigh_habit(parted(90, 100, honest=30), TEN, weighing(PaidBy.FIRM), as_one=True)
    assert found.probability == pytest.approx(10.5 / 201)
    assert found.together is None


@pytest.mark.parametrize(("showing", "speaks"), [(9, True), (8, False)])
def test_of_accounts_that_pay_each_for_itself_nearly_all_must_have_the_habit(showing, speaks):
    """What some users of a product do they decide, and not the product."""
    some = parted(np.where(np.arange(10) < showing, 60, 0), 100)
    assert (weigh_habit(some, TEN, weighing(PaidBy.THEMSELVES), as_one=True).probability < 1.0) is speaks
    assert weigh_habit(some, TEN, weighing(), as_one=True).probability < 0.01
    whole = replace(some, part=None)
    assert weigh_habit(whole, TEN, weighing(PaidBy.THEMSELVES), as_one=True).probability < 0.01, (
        "of what they ask alone"
    )


def test_most_accounts_must_have_the_habit_where_they_asked_enough():
    """Or, what hides behind cover, a part of what they ask that is large for an account, though below the bar."""
    few = np.where(np.arange(10) < 4, 100, 0)
    assert weigh_habit(parted(few, 100), TEN, weighing(), as_one=True).probability == 1.0
    hidden = weigh_habit(parted(np.where(few, few, 1), 100), TEN, weighing(), as_one=True)
    assert hidden.probability < 0.01
    assert (hidden.shown_count, hidden.habit.seen) == (10, "do it at all")


@pytest.mark.parametrize(("asking", "speaks"), [(1, False), (5, False), (6, True)])
def test_of_accounts_that_asked_little_more_than_half_must_ask_so_at_all(asking, speaks):
    """A teacher makes an exercise, and the five colleagues beside her ask twice each for something else."""
    some = parted(np.where(np.arange(10) < asking, 9, 0), 9)
    for as_one in (True, False):
        assert (weigh_habit(some, TEN, weighing(), as_one=as_one).probability < 0.01) is speaks


@pytest.mark.parametrize(("asking", "speaks"), [(2, False), (3, True)])
def test_of_accounts_in_their_first_hour_half_of_as_many_as_would_be_seen_to_must_ask_so(asking, speaks):
    """They asked twice each; of what a campaign asks three in ten exchanges are known for what they are."""
    some = parted(np.where(np.arange(10) < asking, 1, 0), 2)
    for seen_share, known in ((0.3, speaks), (1.0, False)):
        one = replace(some, part=replace(some.part, seen_share=seen_share))
        assert (weigh_habit(one, TEN, weighing(), as_one=False).probability < 0.01) is known


@pytest.mark.parametrize("as_one", [True, False])
def test_what_few_of_those_who_are_judged_do_says_nothing_of_all(as_one):
    """Two of the two that can be judged are two of ten: eight would be named for what two do."""
    judged = np.isin(np.arange(210), [200, 201]) | (np.arange(210) < 200)
    rare = replace(parted(0, 100), part=None, judged=judged, shown=np.isin(np.arange(210), [200, 201]))
    found = weigh_habit(rare, TEN, weighing(), as_one=as_one)
    assert (found.shown_count, found.judged_count, found.probability) == (2, 2, 1.0)


def test_too_few_comparable_accounts_say_nothing_of_a_part():
    """Four of the honest asked enough: a fifth would do."""
    for comparable, speaks in ((4, False), (5, True)):
        asked = np.where(np.arange(210) < 200, np.where(np.arange(210) < comparable, 100, 1), 100)
        few = parted(100, 100)
        few = replace(few, part=replace(few.part, exchanges=asked))
        assert (weigh_habit(few, TEN, weighing(), as_one=True).probability < 1.0) is speaks


def test_whoever_asks_by_the_thousand_asks_anything_once():
    """One exchange in two hundred is nothing that an account does, though no honest account of a hundred has any."""
    for asked, told in ((100, True), (200, False)):
        for as_one in (True, False):
            found = weigh_habit(parted(1, asked), TEN, weighing(), as_one=as_one)
            assert (found.probability < 0.01) is told


def test_many_accounts_show_at_least_what_one_shows():
    """Two exchanges each: an account by itself shows little, and all together much."""
    little = parted(np.where(np.arange(10) < 7, 1, 0), 2, honest=10, others=10)
    found = weigh_habit(little, TEN, weighing(PaidBy.POOL), as_one=False)
    assert found.together == 0.35
    assert found.probability == weigh_habit(little, TEN, weighing(), as_one=True).probability
    much = weigh_habit(parted(100, 100, honest=100), TEN, weighing(PaidBy.POOL), as_one=False)
    assert much.together is None, "that ten do what one in twenty does is rarer"
    assert much.probability < 0.05


def test_a_habit_without_a_part_is_shown_by_most_or_not():
    place = np.arange(210)
    whole = Habit("h", "timing", place >= 0, (place < 10) | (place >= 200), "do", ("a reason",), "a way", "true")
    assert weigh_habit(whole, TEN, weighing(), as_one=True).probability == pytest.approx(10.5 / 201)
    assert weigh_habit(whole, TEN, weighing(), as_one=False).probability < 0.05
    few = replace(whole, shown=(place < 10) | (place >= 206))
    assert weigh_habit(few, TEN, weighing(), as_one=True).probability == 1.0


def test_a_habit_of_groups_says_itself_how_rare_it_is():
    asked = []

    def weigh(members, honest, organisations, judging):
        asked.append((members.tolist(), int(honest.sum()), len(organisations), judging))
        return Grouped(named, 8, 9, 0.2, 0.001)

    named = Habit("seen", "model", HONEST, HONEST, "do", ("a reason",), "a way", "true")
    found = weigh_habit(replace(named, by_group=weigh), TEN, weighing(), as_one=False)
    assert asked == [(TEN.tolist(), 200, 210, Judging())]
    assert (found.habit.name, found.shown_count, found.honest_rate, found.probability) == ("seen", 8, 0.2, 0.001)
