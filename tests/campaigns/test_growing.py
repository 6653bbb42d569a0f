from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns.growing import grow_groups
from stillwatch.campaigns.harvesting import Harvests
from stillwatch.campaigns.settings import Gathering

COUNT, CAMPAIGN, DRAWN = 1_000, list(range(60)), list(range(8))
ALL, NOBODY = np.ones(COUNT, bool), np.zeros(COUNT, bool)
PART = np.where(np.arange(COUNT) < len(DRAWN), 0, -1)


def thin(town, *campaigns):
    """Campaigns whose accounts ask from one list in the same hours, and of which a few have a card in common."""
    one = town(COUNT, 17)
    for accounts in campaigns:
        one.share("opening template", accounts, 8, 2)
        one.share("payment card", accounts[: len(DRAWN)])
        one.behave(accounts)
    return one.shown()


@pytest.fixture(scope="module")
def shown(town):
    return thin(town, CAMPAIGN)


def harvesting(accounts, level=2, passing=()):
    who = np.arange(COUNT)
    return Harvests(np.where(np.isin(who, accounts), level, 0), NOBODY, np.isin(who, passing), NOBODY)


def test_a_part_grows_into_the_whole(shown):
    groups, _ = grow_groups(shown, ALL, PART, Gathering(), harvesting([*CAMPAIGN, *range(500, 530)]))
    grown = np.flatnonzero(groups == 0)
    assert np.isin(CAMPAIGN, grown).mean() > 0.9
    assert (~np.isin(grown, CAMPAIGN)).mean() <= 2 * Gathering().stray_seeds


def test_what_a_part_cannot_show_the_whole_does(town):
    """Each account shows one of many templates: hardly two of a part show the same."""
    one = town(COUNT, 19)
    one.share("opening template", CAMPAIGN, 24)
    one.share("payment card", DRAWN)
    one.behave(CAMPAIGN)
    shown, harvests = one.shown(), harvesting([*CAMPAIGN, *range(500, 560)])
    once, _ = grow_groups(shown, ALL, PART, replace(Gathering(), most_settlings=1), harvests)
    often, _ = grow_groups(shown, ALL, PART, Gathering(), harvests)
    assert len(DRAWN) < (once == 0).sum() < (often == 0).sum()


def test_who_does_nothing_rare_is_not_taken_in_and_no_longer_a_stranger(shown):
    idle = CAMPAIGN[40:]
    harvests = harvesting(CAMPAIGN[:40], passing=[500, 501])
    groups, strangers = grow_groups(shown, ALL, PART, Gathering(), harvests)
    assert (groups[idle] == -1).all()
    assert strangers[idle].mean() < 0.3
    assert strangers[60:].mean() > 0.97
    assert strangers[[500, 501]].all(), "two who pass something on, and agree with nobody, stay strangers"


@pytest.mark.parametrize("act", ["harvests", "passes on", "neither"])
def test_only_a_group_that_does_something_rare_grows(shown, act):
    harvests = harvesting(CAMPAIGN if act == "harvests" else (), passing=CAMPAIGN if act == "passes on" else ())
    groups, strangers = grow_groups(shown, ALL, PART, Gathering(), harvests)
    if act == "neither":
        assert np.array_equal(groups, PART)
        assert strangers.all()
    else:
        assert (groups[CAMPAIGN] == 0).mean() > 0.9


def test_whoever_agrees_with_two_goes_to_the_one_it_agrees_with_more(town):
    second = list(range(100, 160))
    groups = PART.copy()
    groups[second[: len(DRAWN)]] = 1
    found, _ = grow_groups(thin(town, CAMPAIGN, second), ALL, groups, Gathering(), harvesting([*CAMPAIGN, *second]))
    for number, accounts in enumerate((CAMPAIGN, second)):
        assert (found[accounts] == number).mean() > 0.8
        assert (found[accounts] == 1 - number).mean() < 0.1


def test_without_a_group_or_a_stranger_nothing_grows(shown):
    nobody = np.full(COUNT, -1)
    assert np.array_equal(grow_groups(shown, ALL, nobody, Gathering(), harvesting(CAMPAIGN))[0], nobody)
    assert np.array_equal(grow_groups(shown, NOBODY, PART, Gathering(), harvesting(CAMPAIGN))[0], PART)
