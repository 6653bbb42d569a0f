import numpy as np
import pytest

from stillwatch.campaigns.seeds import sow_groups
from stillwatch.campaigns.settings import Gathering

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


def sown(shown, suspects, groups=NOBODY, strangers=ALL):
    return sow_groups(shown, strangers & ~suspects, suspects, groups, Gathering())


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
    groups, strangers = sow_groups(shown, ALL, suspects, NOBODY, Gathering())
    assert (groups[HIDDEN] >= 0).all()
    assert strangers[RESEARCHERS].mean() > 0.9


def test_without_strangers_or_suspects_all_stays_as_it_is(shown):
    nobody = np.zeros(COUNT, bool)
    for suspects, strangers in ((nobody, ALL), (suspected(HIDDEN), nobody), (ALL, ALL)):
        groups, left = sow_groups(shown, strangers, suspects, NOBODY, Gathering())
        assert np.array_equal(groups, NOBODY)
        assert np.array_equal(left, strangers)


def test_rows_in_another_order_sow_the_same(early, shown):
    suspects = suspected(HIDDEN, OTHERS, RESEARCHERS)
    mixed = early.shown(np.random.default_rng(1).permutation(997))
    for one, other in zip(sown(shown, suspects), sown(mixed, suspects), strict=True):
        assert np.array_equal(one, other)
