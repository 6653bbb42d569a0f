from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns.rounds import link_accounts, list_pairs
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import weigh_links

PLANTED = [list(range(60)), list(range(100, 125))]


@pytest.fixture(scope="module")
def listed(town):
    one = town(900, 1)
    for accounts in PLANTED:
        one.campaign(accounts)
    one.share("address", [300, 301, 302, 303])
    one.share("payment card", [300, 301, 302, 303])
    return list_pairs(one.shown(), Linking(), Gathering())


@pytest.fixture(scope="module")
def found(listed):
    return link_accounts(listed, np.arange(900) >= 130)


def test_groups_of_enough_accounts_are_found(found):
    members = [np.flatnonzero(found.groups == group).tolist() for group in np.unique(found.groups[found.groups >= 0])]
    assert members == PLANTED
    household = (found.kept.a >= 300) & (found.kept.b <= 303)
    assert household.sum() >= 3, "four accounts are linked, and too few"


def test_kept_are_pairs_of_two_families_above_the_level(found):
    above = (found.weighed.total >= found.weakest_bits) & (found.weighed.families_count >= 2)
    assert np.array_equal(found.kept.total, found.weighed.total[above])
    assert found.weakest_bits >= Linking().weakest_link_bits


def test_the_conspicuous_are_those_that_agree_with_others(found):
    conspicuous = found.conspicuous(Gathering())
    assert conspicuous[:60].all()
    assert conspicuous[300:304].mean() > 0.5
    assert conspicuous[400:].mean() < 0.05
    assert not found.conspicuous(Gathering(agreeing_bits=1e9)).any()


def test_who_agrees_with_many_by_chance_is_not_conspicuous(town):
    """A third of the accounts are no strangers: everybody agrees with more of all than of strangers."""
    one = town(900, 1)
    listed = list_pairs(one.shown(), Linking(), Gathering())
    few = link_accounts(listed, np.arange(900) >= 300)
    assert few.conspicuous(Gathering()).mean() < 0.04


def test_trimming_makes_bits_larger_but_not_the_level(listed, found):
    """The tenth that shares the most is left out of what strangers share; that they are dealt with all of them."""
    trimmed = link_accounts(listed, np.arange(900) >= 130, trimmed_share=0.1)
    assert trimmed.weakest_bits == found.weakest_bits
    assert trimmed.weighed.total.sum() > found.weighed.total.sum()


def test_seeds_deal_otherwise_and_change_no_bits(listed, found):
    other = link_accounts(listed, np.arange(900) >= 130, seed=2)
    assert np.array_equal(other.weighed.total, found.weighed.total)
    assert not np.array_equal(other.dealt.total, found.dealt.total)


def test_bits_are_those_of_all_links_weighed(listed, found):
    weighed = weigh_links(listed.shown, np.arange(900) >= 130, Linking())
    for name in ("a", "b", "total", "second", "families_count"):
        assert np.array_equal(getattr(weighed, name), getattr(found.weighed, name)), name


@pytest.mark.parametrize("strangers", [True, False])
def test_accounts_of_one_organisation_are_not_linked(listed, strangers):
    organisations = np.where(np.arange(900) < 60, 1, -1)
    shown = Shown(listed.shown.accounts, listed.shown.incidences, (), organisations)
    own = link_accounts(list_pairs(shown, Linking(), Gathering()), np.full(900, strangers))
    assert not ((own.weighed.a < 60) & (own.weighed.b < 60)).any()
    assert (own.groups[:60] == -1).all()


def test_weaker_ties_draw_accounts_into_what_the_stronger_make(town):
    """Fifteen accounts show less of the campaign than others: their links may be chance, two to one group hardly."""
    one = town(900, 1)
    one.campaign(range(60))
    for trait in ("address", "payment card"):
        for at in range(300, 315):
            one.share(trait, [at, at % 60, (at + 7) % 60])
    listed = list_pairs(one.shown(), Linking(), Gathering())
    strangers = np.arange(900) >= 320
    plain = link_accounts(replace(listed, linking=Linking(stray_ties_share=0.0)), strangers)
    tied = link_accounts(listed, strangers)
    assert np.array_equal(plain.kept.total, tied.kept.total)
    assert np.array_equal(tied.groups[plain.groups >= 0], plain.groups[plain.groups >= 0])
    more = np.flatnonzero((tied.groups >= 0) & (plain.groups < 0))
    assert len(more) > 10
    assert (more < 315).all()
