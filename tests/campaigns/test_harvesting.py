import numpy as np
import pytest

from stillwatch.campaigns.harvesting import FAMILY, LEVELS, Harvests, weigh_harvesting
from stillwatch.campaigns.membership import weigh_membership
from stillwatch.links.layers import MANY

COUNT, MEMBERS = 1_000, np.arange(30)
APART = np.arange(COUNT) >= len(MEMBERS)
LATE, WORDED = 30, 31  # one that nobody admitted yet, and one that only fills the same templates


@pytest.fixture(scope="module")
def standing(town):
    one = town(COUNT, 21)
    for trait in ("address", "email domain"):
        one.share(trait, [*MEMBERS, LATE], 4, 2)
    one.share("opening template", [*MEMBERS, WORDED], 4, 2)
    return weigh_membership(one.shown(), APART, MEMBERS)


def weighed(standing, levels, apart, sown=(), passing=()):
    given = (np.isin(np.arange(len(apart)), some) for some in (sown, passing, ()))
    return weigh_harvesting(standing, Harvests(levels, *given), apart)


def harvesting(standing, others=(), *, members=2, level=2):
    levels = np.where(APART, 0, members)
    levels[list(others)] = level
    return weighed(standing, levels, APART)


def test_the_share_of_strangers_that_harvest_is_what_it_tells(standing):
    for count, at_most in ((0, 3.0), (20, 29.1), (400, 434.5)):  # as tables of the Poisson distribution say
        found = harvesting(standing, range(100, 100 + count))
        assert found.strangers[2] == pytest.approx(at_most, rel=0.15)
        assert found.bits[standing.of(MEMBERS)] == pytest.approx(np.log2(found.strangers[0] / found.strangers[2]))
        harvests = found.levels > 0
        assert np.array_equal(found.rates[harvests], (standing.probability * 2**-found.bits)[harvests])
    assert found.strangers[0] == pytest.approx(COUNT - len(MEMBERS), rel=0.15)


def test_whoever_agrees_is_not_counted_among_the_strangers(standing):
    row = standing.of(np.array([LATE]))[0]
    assert standing.probability[row] < 0.01
    assert harvesting(standing, [LATE]).strangers[2] == harvesting(standing).strangers[2]
    assert harvesting(standing, [500]).strangers[2] > harvesting(standing).strangers[2]
    assert harvesting(standing, [LATE]).bits[row] > 0


@pytest.mark.parametrize(("members", "usual"), [(0, [1, 0, 0]), (1, [1, 1, 0]), (2, [1, 1, 1])])
def test_an_account_harvests_as_surely_as_the_group_does_at_the_most(standing, members, usual):
    found = harvesting(standing, [LATE, *range(100, 200)], members=members)
    assert found.usual.tolist() == usual
    assert found.levels[standing.of(np.array([LATE]))[0]] == members
    assert (found.bits > 0).any() == (members > 0)


def test_surer_levels_hold_fewer_strangers(standing):
    levels = np.where(APART, 0, 2)
    levels[100:200], levels[200:203] = 1, 2
    found = weighed(standing, levels, APART)
    assert len(found.strangers) == LEVELS
    assert (np.diff(found.strangers) < 0).all()
    assert found.strangers[1] == pytest.approx(121, rel=0.2)


def test_harvesting_is_of_the_family_of_wording(standing):
    found = harvesting(standing, [LATE, WORDED])
    late, worded = standing.of(np.array([LATE, WORDED]))
    assert standing.bits[worded, standing.families.index(FAMILY)] > 3
    assert found.speaking(3.0)[worded] == standing.speaking(3.0)[worded]
    assert found.speaking(3.0)[late] == standing.speaking(3.0)[late] + 1


@pytest.mark.parametrize("idle", [0, 5])
def test_of_an_account_that_does_not_harvest_agreement_says_less_the_fewer_members_do_not(standing, idle):
    levels = np.where(APART, 0, 2)
    levels[:idle] = 0
    found = weighed(standing, levels, APART)
    late, first = standing.of(np.array([LATE, 0]))
    assert found.rates[late] == pytest.approx(standing.probability[late] * (len(MEMBERS) + 2) / (idle + 1))
    if idle:
        assert found.rates[first] == pytest.approx(standing.probability[first] * (len(MEMBERS) + 1) / idle)
    assert (found.rates <= 1.0).all()


@pytest.mark.parametrize("less", [0, 5])
def test_so_it_does_of_one_that_harvests_less_surely_than_most_members(standing, less):
    levels = np.where(APART, 0, 2)
    levels[:less], levels[[LATE, *range(100, 150)]] = 1, 1
    found = weighed(standing, levels, APART)
    late, last = standing.of(np.array([LATE, len(MEMBERS) - 1]))
    known = standing.probability[late] * 2.0 ** -found.bits[late]
    assert found.rates[late] == pytest.approx(known * (len(MEMBERS) + 2) / (less + 1))
    assert found.rates[last] == standing.probability[last] * 2.0 ** -found.bits[last]


@pytest.mark.parametrize("idle", [0, 5])
def test_so_does_not_passing_conversations_on_where_most_members_do(standing, idle):
    found = weighed(standing, np.zeros(COUNT, np.int64), APART, passing=range(idle, len(MEMBERS)))
    late, last = standing.of(np.array([LATE, len(MEMBERS) - 1]))
    assert found.is_telling
    assert found.rates[late] == pytest.approx(standing.probability[late] * (len(MEMBERS) + 2) / (idle + 1))
    assert found.rates[last] == standing.probability[last]


@pytest.mark.parametrize(("passing", "acting"), [(range(10, 40), True), (range(20, 40), False)])
def test_whoever_passes_on_as_most_members_do_acts_as_they_do(standing, passing, acting):
    found = weighed(standing, np.zeros(COUNT, np.int64), APART, passing=passing)
    late, idle = standing.of(np.array([LATE, 0]))
    assert (found.acting[late], found.acting[idle]) == (acting, False)


def test_what_some_strangers_do_and_most_members_do_not_says_nothing(standing):
    found = weighed(standing, np.zeros(COUNT, np.int64), APART, passing=range(20, 500))
    assert not found.is_telling
    assert np.array_equal(found.rates, standing.probability)


def test_of_what_most_members_do_the_rarer_omission_counts(standing):
    levels = np.where(APART, 0, 2)
    levels[:9] = 0
    found = weighed(standing, levels, APART, passing=MEMBERS)
    late = standing.of(np.array([LATE]))
    assert found.rates[late] == pytest.approx(standing.probability[late] * (len(MEMBERS) + 2))
    forwards = weighed(standing, levels, APART, passing=[*MEMBERS, LATE])
    assert forwards.rates[late] == pytest.approx(standing.probability[late] * (len(MEMBERS) + 2) / 10)


def test_of_few_strangers_what_is_harvested_makes_accounts_stay(standing):
    found = harvesting(standing, [LATE])
    assert np.array_equal(found.staying, found.rates)
    assert (found.rates[found.levels > 0] < standing.probability[found.levels > 0]).any()


@pytest.fixture(scope="module")
def crowded(town):
    """Many strangers, one in five of whom harvests; of those that do, every fourth also shares what members share."""
    count = MANY + 1_000
    apart = np.arange(count) >= len(MEMBERS)
    busy = np.arange(100, count, 5)
    one = town(count, 22)
    for trait in ("address", "email domain"):
        one.share(trait, [*MEMBERS, LATE], 4, 2)
    one.share("client stack", [*MEMBERS, *busy[::4]], 4, 2)
    standing = weigh_membership(one.shown(), apart, MEMBERS)
    return standing, apart, busy


def many_harvesting(crowded, who, sown=()):
    standing, apart, _ = crowded
    levels = np.where(apart, 0, 2)
    levels[who] = 2
    return weighed(standing, levels, apart, sown)


def test_of_many_strangers_what_is_harvested_makes_those_stay_that_it_drew_in(crowded):
    standing, apart, _ = crowded
    found, other = (many_harvesting(crowded, np.flatnonzero(apart)[100::8], sown) for sown in ((), MEMBERS[3]))
    harvests = found.levels > 0
    assert np.array_equal(found.staying[harvests], standing.probability[harvests])
    assert (found.staying[~harvests] >= standing.probability[~harvests]).all()
    assert found.staying[~harvests].sum() > standing.probability[~harvests].sum()
    changed = other.staying != found.staying
    assert standing.accounts[changed].tolist() == [MEMBERS[3]]
    assert other.staying[changed] == pytest.approx(2 * found.rates[changed])


def test_harvesting_tells_less_where_strangers_that_harvest_agree_more(crowded):
    standing, apart, busy = crowded
    row = standing.of(np.array([LATE]))[0]
    strangers = np.flatnonzero(apart)[100:]
    bent, plain = (
        many_harvesting(crowded, [LATE, *who])
        for who in (busy, np.random.default_rng(3).choice(np.setdiff1d(strangers, busy), len(busy), replace=False))
    )
    assert plain.rates[row] == pytest.approx(standing.probability[row] * 2 ** -plain.bits[row], rel=0.5)
    assert bent.rates[row] > 3 * plain.rates[row]
    assert bent.rates[row] <= standing.probability[row]


def test_where_few_members_harvest_it_does_not_matter_who_does_not(standing):
    assert np.array_equal(harvesting(standing, members=0).rates, standing.probability)


def test_where_nobody_knows_who_harvests_nothing_is_telling(standing):
    found = weigh_harvesting(standing, None, APART)
    assert not found.bits.any()
    assert np.array_equal(found.rates, standing.probability)
    assert np.array_equal(found.speaking(3.0), standing.speaking(3.0))


def test_a_habit_of_many_strangers_does_not_speak(standing):
    found = harvesting(standing, range(100, 500))
    assert (found.speaking(3.0) == standing.speaking(3.0)).all()
