import numpy as np
import pytest

from stillwatch.campaigns.seeds import sow_groups, tie_links
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.layers import MANY
from stillwatch.links.weigh import Strengths

COUNT = 1_000
HIDDEN, OTHERS, RESEARCHERS = list(range(12)), list(range(50, 60)), list(range(100, 130))
ALL, NOBODY = np.ones(COUNT, bool), np.full(COUNT, -1)


def suspected(*accounts):
    return np.isin(np.arange(COUNT), np.concatenate(accounts))


@pytest.fixture(scope="module")
def early(town):
    """Accounts that each share one thing with a few others, too little for links, and have nothing else yet."""
    one = town(COUNT, 3)
    for accounts in (HIDDEN, OTHERS):
        one.share("payment card", accounts, 3)
        one.share("client stack", accounts)
    one.share("opening template", RESEARCHERS)
    return one


@pytest.fixture(scope="module")
def shown(early):
    return early.shown()


def sown(shown, suspects, groups=NOBODY, strangers=ALL, picked_by="wording"):
    return sow_groups(shown, strangers & ~suspects, suspects, groups, Gathering(), picked_by=picked_by)


def members(groups):
    return [np.flatnonzero(groups == number).tolist() for number in range(groups.max() + 1)]


def test_those_who_harvest_and_agree_are_a_group_and_the_others_are_not(shown):
    groups, _ = sown(shown, suspected(HIDDEN, RESEARCHERS))
    assert members(groups) == [HIDDEN]


def test_two_that_share_nothing_are_two(shown):
    groups, _ = sown(shown, suspected(HIDDEN, OTHERS, RESEARCHERS))
    assert sorted(members(groups)) == [HIDDEN, OTHERS]


def test_wording_alone_gathers_nobody(shown):
    """They harvest, so they ask alike: that is why they are suspected."""
    groups, strangers = sown(shown, suspected(RESEARCHERS))
    assert (groups == -1).all()
    assert np.array_equal(strangers, ~suspected(RESEARCHERS))


def test_what_suspects_were_picked_by_gathers_nobody_and_everything_else_does(town):
    one = town(COUNT, 3)
    one.share("client stack", HIDDEN)
    one.share("payment card", OTHERS)
    suspects = suspected(HIDDEN, OTHERS)
    for picked_by, gathered in (("client", [OTHERS]), ("money", [HIDDEN])):
        groups, _ = sown(one.shown(), suspects, picked_by=picked_by)
        assert members(groups) == gathered


def test_what_two_have_in_common_makes_no_two_groups_one(town):
    """One of each calls from one address, as by chance; with another of the second it is none."""
    for both, groups_count in (([HIDDEN[0], OTHERS[0]], 2), ([HIDDEN[0], *OTHERS[:2]], 1)):
        one = town(COUNT, 3)
        for accounts in (HIDDEN, OTHERS):
            one.share("payment card", accounts)
            one.share("client stack", accounts)
        one.share("address", both)
        groups, _ = sown(one.shown(), suspected(HIDDEN, OTHERS))
        assert len(members(groups)) == groups_count


def test_those_of_a_group_stay_in_it(shown):
    before = np.where(suspected(OTHERS), 0, -1)
    groups, _ = sown(shown, suspected(HIDDEN, OTHERS, RESEARCHERS), before)
    assert members(groups) == [OTHERS, HIDDEN]


def test_too_few_are_no_group(shown):
    few = HIDDEN[: Gathering().fewest_accounts - 1]
    groups, _ = sown(shown, suspected(few, RESEARCHERS))
    assert (groups == -1).all()


def test_those_of_it_who_have_not_harvested_are_no_longer_learned_from(town):
    """A third of a large campaign has not harvested yet: as strangers they would make what all share look common."""
    one, large = town(COUNT, 4), list(range(150))
    for trait, pool in (("payment card", 40), ("client stack", 2), ("address", 40), ("email domain", 3)):
        one.share(trait, large, pool)
    groups, strangers = sown(one.shown(), suspected(large[:100], RESEARCHERS))
    assert set(large[:100]) - set(np.flatnonzero(groups == 0).tolist()) == set()
    assert strangers[large[100:]].sum() <= 10
    assert strangers[200:].mean() > 0.95


def test_strangers_who_harvest_stay_strangers(town):
    for seed in range(5):
        groups, strangers = sown(town(COUNT, 20 + seed).shown(), suspected(RESEARCHERS))
        assert (groups == -1).all()
        assert np.array_equal(strangers, ~suspected(RESEARCHERS))


def test_those_who_harvest_by_themselves_stay_strangers_where_others_are_sown(shown):
    """Without the honest who harvest, whoever does agrees with every campaign in what it asks."""
    suspects = suspected(HIDDEN, RESEARCHERS)
    groups, strangers = sow_groups(shown, ALL, suspects, NOBODY, Gathering(), picked_by="wording")
    assert (groups[HIDDEN] >= 0).all()
    assert strangers[RESEARCHERS].mean() > 0.9


def test_without_strangers_or_suspects_all_stays_as_it_is(shown):
    nobody = np.zeros(COUNT, bool)
    for suspects, strangers in ((nobody, ALL), (suspected(HIDDEN), nobody), (ALL, ALL)):
        groups, left = sow_groups(shown, strangers, suspects, NOBODY, Gathering(), picked_by="wording")
        assert np.array_equal(groups, NOBODY)
        assert np.array_equal(left, strangers)


def test_rows_in_another_order_sow_the_same(early, shown):
    suspects = suspected(HIDDEN, OTHERS, RESEARCHERS)
    mixed = early.shown(np.random.default_rng(1).permutation(997))
    for one, other in zip(sown(shown, suspects), sown(mixed, suspects), strict=True):
        assert np.array_equal(one, other)


def linked(*pairs):
    a, b = np.array(pairs, np.int32).reshape(-1, 2).T
    total = np.full(len(a), 20.0)
    return Strengths(a, b, total, total / 2, np.full(len(a), 2, np.int8))


def tied(town, pairs, build, groups=NOBODY):
    one = town(COUNT, 5)
    one.share("client stack", build)
    return tie_links(one.shown(), ALL, linked(*pairs), groups, Gathering())


PAIRS = [(at, at + 1) for at in range(0, 12, 2)]


def test_links_that_never_meet_are_a_group_where_a_rare_value_ties_them(town):
    assert members(tied(town, PAIRS, HIDDEN)) == [HIDDEN]


def test_links_that_nothing_ties_are_none(town):
    assert (tied(town, PAIRS, []) == -1).all()


def test_a_value_that_many_show_ties_no_links(town):
    assert (tied(town, PAIRS, range(200)) == -1).all()


def test_few_links_are_no_group(town):
    assert (tied(town, PAIRS[:2], HIDDEN) == -1).all()


def test_links_of_a_group_are_left_to_it(town):
    before = np.where(suspected(HIDDEN[2:]), 0, -1)
    assert np.array_equal(tied(town, PAIRS, HIDDEN, before), before)


def test_a_part_too_small_to_be_a_group_is_joined_by_what_two_have_in_common(town):
    for small, groups_count in ((HIDDEN[8:], 1), (HIDDEN[6:], 2)):
        one, large = town(COUNT, 6), HIDDEN[: 12 - len(small)]
        one.share("client stack", large)
        one.share("payment card", small)
        one.share("address", [large[0], small[0]])
        groups = tie_links(one.shown(), ALL, linked(*PAIRS), NOBODY, Gathering())
        assert len(members(groups)) == groups_count
        assert (groups[HIDDEN] >= 0).all()


def test_of_many_strangers_what_some_of_them_show_ties_no_groups_together(town):
    """Two builds of two groups, and an address of two accounts of each that twenty of three thousand strangers show."""
    one, count = town(MANY + 1_000, 6), MANY + 1_000
    for build in (HIDDEN[:6], HIDDEN[6:]):
        one.share("client stack", build)
    one.share("address", [*HIDDEN[4:8], *range(500, 520)])
    groups = tie_links(one.shown(), np.ones(count, bool), linked(*PAIRS), np.full(count, -1), Gathering())
    assert members(groups) == [HIDDEN[:6], HIDDEN[6:]]
