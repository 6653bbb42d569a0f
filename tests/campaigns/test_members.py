from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.campaigns.harvesting import Harvests, weigh_harvesting
from stillwatch.campaigns.members import settle_members
from stillwatch.campaigns.membership import weigh_membership
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.settings import Linking

COUNT = 1_500
CAMPAIGN, ALMOST = list(range(40)), 40
OFFICE, OTHER = list(range(100, 120)), list(range(200, 230))
STRAY, NEIGHBOUR = 300, 301


@pytest.fixture(scope="module")
def planted(town):
    """A campaign, an account that its links miss, an office, another campaign, and a stray that met two of it."""
    one = town(COUNT, 7)
    for trait, pool, each in (("address", 60, 3), ("opening template", 60, 4)):
        one.share(trait, [*CAMPAIGN, ALMOST], pool, each)
    for trait, pool in (("email domain", 2), ("payment card", 4)):
        one.share(trait, CAMPAIGN, pool)
    for trait in ("address", "payment card", "email domain"):
        one.share(trait, OFFICE)
    one.campaign(OTHER)
    for trait, member in (("address", 3), ("payment card", 3), ("address", 4), ("email domain", 4)):
        one.share(trait, [member, STRAY])
    one.behave([*CAMPAIGN, ALMOST])
    return one


@pytest.fixture(scope="module")
def shown(planted):
    return planted.shown()


def groups_of(*members):
    groups = np.full(COUNT, -1)
    for number, accounts in enumerate(members):
        groups[accounts] = number
    return groups


def settled(shown, groups, strangers=None, **settings):
    return settle_members(shown, np.ones(COUNT, bool) if strangers is None else strangers, groups,
                          replace(Gathering(), **settings))  # fmt: skip


WHOLE = groups_of([*CAMPAIGN, ALMOST], OFFICE, OTHER)


def test_an_account_that_agrees_with_all_and_is_linked_to_hardly_any_is_admitted(shown):
    strict = Linking(stray_ties_share=0.003)
    linked = gather_campaigns(shown, strict, replace(Gathering(), most_settlings=0))
    ties = (linked.links.a == ALMOST) | (linked.links.b == ALMOST)
    assert linked.groups[ALMOST] == -1
    assert ties.sum() < Gathering().fewest_ties
    assert np.array_equal(gather_campaigns(shown, strict, Gathering()).groups, WHOLE)
    groups, _ = settled(shown, groups_of(CAMPAIGN, OFFICE, OTHER))
    assert np.array_equal(groups, WHOLE)


def test_a_stray_that_two_chance_links_drew_in_is_left_out(shown):
    groups, near = settled(shown, groups_of([*CAMPAIGN, STRAY], OFFICE, OTHER))
    assert np.array_equal(groups, WHOLE)
    assert not near[STRAY]


@pytest.mark.parametrize("parts", [(CAMPAIGN[:20], CAMPAIGN[20:]), (CAMPAIGN[::3], CAMPAIGN[1::3], CAMPAIGN[2::3])])
def test_parts_of_one_campaign_are_merged(shown, parts):
    assert np.array_equal(settled(shown, groups_of(*parts, OFFICE, OTHER))[0], groups_of(
        [*CAMPAIGN, ALMOST], OFFICE, OTHER))  # fmt: skip


def test_a_large_part_takes_in_a_small_one_whatever_their_numbers(shown):
    for parts in ((CAMPAIGN[:6], CAMPAIGN[6:]), (CAMPAIGN[6:], CAMPAIGN[:6])):
        assert (settled(shown, groups_of(*parts))[0] >= 0).nonzero()[0].tolist() == [*CAMPAIGN, ALMOST]
        assert settled(shown, groups_of(*parts))[0].max() == 0


def test_groups_that_share_nothing_stay_apart_and_as_they_are(shown):
    """What a group does is judged elsewhere: an office is as much a group as a campaign is."""
    groups, near = settled(shown, WHOLE)
    assert np.array_equal(groups, WHOLE)
    assert near.sum() <= len(set(groups[groups >= 0])) * Gathering().loosest_probability * COUNT
    assert not (near & (groups >= 0)).any()


def test_it_converges(shown):
    groups, near = settled(shown, groups_of(CAMPAIGN[:20], [*CAMPAIGN[20:], STRAY], OFFICE, OTHER))
    again, near_again = settled(shown, groups)
    assert np.array_equal(again, groups)
    assert np.array_equal(near_again, near)
    assert np.array_equal(settled(shown, groups, most_settlings=1)[0], groups)


def test_groups_may_be_given_under_any_numbers(shown):
    numbers = np.array([7, 2, 5])
    moved = np.where(WHOLE >= 0, numbers[np.maximum(WHOLE, 0)], -1)
    assert np.array_equal(settled(shown, moved)[0], WHOLE)


def test_rows_in_another_order_settle_as_before(planted, shown):
    given = groups_of(CAMPAIGN[:20], [*CAMPAIGN[20:], STRAY], OFFICE)
    mixed = planted.shown(np.random.default_rng(1).permutation(997))
    for one, other in zip(settled(shown, given), settled(mixed, given), strict=True):
        assert np.array_equal(one, other)


def test_a_group_of_strangers_falls_apart(shown):
    assert (settled(shown, groups_of(list(range(400, 415))))[0] == -1).all()


def test_a_group_that_becomes_too_small_is_none(shown):
    groups, _ = settled(shown, groups_of(OFFICE), fewest_accounts=len(OFFICE) + 1)
    assert (groups == -1).all()


def test_whom_to_learn_from_decides(shown):
    """Against strangers of whom most are the office's kind, the office is nothing special."""
    office = np.zeros(COUNT, bool)
    office[OFFICE[8:]] = True
    groups, _ = settled(shown, groups_of(OFFICE[:8]), strangers=office)
    assert (groups == -1).all()


def test_without_groups_or_strangers_all_stays_as_it_is(shown):
    nobody = np.zeros(COUNT, bool)
    for groups, strangers in ((groups_of(), None), (WHOLE, nobody), (WHOLE, WHOLE >= 0)):
        found, near = settled(shown, groups, strangers)
        assert np.array_equal(found, groups)
        assert not near.any()


def test_few_strays_are_admitted_among_many_groups(town):
    """Groups that agree in everything and strangers that agree in nothing: a twentieth of a stranger for each."""
    one = town(2_000, 8)
    groups = np.full(2_000, -1)
    for number in range(20):
        accounts = list(range(30 * number, 30 * number + 15))
        one.campaign(accounts)
        groups[accounts] = number
    one.behave([])
    found, _ = settle_members(one.shown(), np.ones(2_000, bool), groups, Gathering())
    assert (found[groups >= 0] == groups[groups >= 0]).mean() > 0.98
    assert (found[groups < 0] >= 0).sum() <= 3


def test_whoever_agrees_nearly_as_much_is_near_and_no_member(town):
    """It shares an exit and a template with the campaign, as one stranger in some hundreds does by chance."""
    one = town(1_000, 9)
    members, close = list(range(30)), 500
    one.share("address", [*members, close, *range(600, 602)], 4, 2)
    one.share("opening template", [*members, close, *range(610, 612)], 4, 2)
    groups = np.where(np.arange(1_000) < 30, 0, -1)
    found, near = settle_members(one.shown(), np.ones(1_000, bool), groups, replace(Gathering(), stray_share=1e-9))
    assert near[close]
    assert found[close] == -1


def test_chains_of_joining_groups_end_in_one(town):
    """The largest takes in a third, and half of it agrees with a second, each by values of its own: all are one."""
    one = town(1_000, 10)
    large, second, third = list(range(30)), list(range(40, 60)), list(range(70, 80))
    for trait in ("address", "payment card"):
        one.share(trait, [*large, *third])
        one.share(trait, second)
        for at in range(15):  # two of the second show what one of the large shows: half the large agree, but not back
            one.share(trait, [large[at], second[at], second[at + 1]])
    groups = np.full(1_000, -1)
    for number, accounts in enumerate((large, second, third)):
        groups[accounts] = number
    found, _ = settle_members(one.shown(), np.ones(1_000, bool), groups, replace(Gathering(), most_settlings=1))
    assert len(set(found[[*large, *second, *third]].tolist())) == 1


def test_who_only_behaves_alike_is_admitted_if_it_harvests_or_passes_on(town):
    """It asks in the same templates and keeps the same hours, and shares nothing else with any account."""
    one = town(1_000, 11)
    members, alike = list(range(30)), 500
    for trait in ("address", "payment card", "opening template"):
        one.share(trait, members, 5, 2)
    for trait, shown in one.rows.items():
        one.rows[trait] = [row for row in shown if row[0] not in {alike, *members} or "shared" in row[1]]
    one.share("opening template", [*members, alike])
    one.behave([*members, alike])
    idle, passing = harvests_of({}, members=0), np.arange(1_000) < 30
    for harvests, admitted in (
        (harvests_of({alike: 2}), True),
        (harvests_of({alike: 0}), False),
        (replace(idle, passing=passing | (np.arange(1_000) == alike)), True),
        (replace(idle, passing=passing), False),
    ):
        settings = replace(Gathering(), stray_share=1e-3, false_share=1.0)
        found, near = settle_members(one.shown(), ALL, THIRTY, settings, harvests)
        assert (found[alike] == 0) == admitted
        assert near[alike] != admitted


THIRTY, ALL = np.where(np.arange(1_000) < 30, 0, -1), np.ones(1_000, bool)


def harvests_of(others, members=2):
    """The first thirty harvest, and others as surely as is said."""
    levels = np.where(np.arange(1_000) < 30, members, 0)
    levels[list(others)] = list(others.values())
    return Harvests(levels, *np.zeros((3, 1_000), bool))


def settled_thirty(one, harvests, **settings):
    found, _ = settle_members(
        one.shown(), np.ones(1_000, bool), THIRTY, replace(Gathering(), **settings), harvests
    )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def close_one(town):
    """An account that shares an exit and a template with the thirty."""
    one = town(1_000, 12)
    for trait in ("address", "opening template"):
        one.share(trait, [*range(30), 500], 4, 2)
    return one


def test_where_few_of_the_honest_harvest_more_of_those_who_do_may_agree(close_one):
    few = {"stray_share": 1e-7, "false_share": 1.0}
    assert settled_thirty(close_one, harvests_of({500: 2}), **few)[500] == 0
    assert settled_thirty(close_one, harvests_of({500: 0}), **few)[500] == -1
    many = dict.fromkeys(range(500, 900), 2)
    assert settled_thirty(close_one, harvests_of(many), **few)[500] == -1


@pytest.mark.parametrize(("level", "counted"), [(2, 1), (0, 9)])
def test_groups_that_do_nothing_rare_do_not_count_against_one_that_does(town, level, counted):
    """Beside eight offices fewer may be admitted by chance to a group like them, and as many to one that harvests."""
    one, groups = town(1_000, 15), THIRTY.copy()
    for trait in ("address", "opening template"):
        one.share(trait, [*range(30), 500], 4, 2)
    for office in range(8):
        people = np.arange(600 + 10 * office, 606 + 10 * office)
        one.share("payment card", people.tolist())
        one.share("email domain", people.tolist())
        groups[people] = 1 + office
    shown, harvests = one.shown(), harvests_of({}, members=level)
    standing = weigh_membership(shown, groups < 0, np.arange(30))
    rate = weigh_harvesting(standing, harvests, groups < 0).rates[standing.of(np.array([500]))][0]
    for share, admitted in ((0.99 * counted * rate, False), (1.01 * counted * rate, True)):
        settings = replace(Gathering(), stray_share=share, false_share=1.0, most_settlings=1)
        found, _ = settle_members(shown, np.ones(1_000, bool), groups, settings, harvests)
        assert (found[500] == found[0]) == admitted, share


def test_of_those_who_harvest_more_surely_fewer_are_strangers(close_one):
    """Hundreds of strangers ask for such things now and then, and none in templates."""
    some, few = dict.fromkeys(range(501, 900), 1), {"stray_share": 1e-7, "false_share": 1.0}
    assert settled_thirty(close_one, harvests_of({**some, 500: 2}), **few)[500] == 0
    assert settled_thirty(close_one, harvests_of({**some, 500: 1}), **few)[500] == -1


def test_harvesting_says_nothing_of_a_group_that_does_not(close_one):
    few = {"stray_share": 1e-7, "false_share": 1.0}
    assert settled_thirty(close_one, harvests_of({500: 2}, members=0), **few)[500] == -1
    assert settled_thirty(close_one, harvests_of({500: 2}, members=1), **few)[500] == 0
    often = dict.fromkeys(range(501, 900), 1)
    assert settled_thirty(close_one, harvests_of({**often, 500: 2}, members=1), **few)[500] == -1


def test_what_is_harvested_speaks_beside_one_family_of_values(town):
    one = town(1_000, 14)
    one.share("opening template", range(30), 3, 2)
    one.share("address", [*range(30), 500], 4, 2)
    loose = {"stray_share": 1e-3, "false_share": 1.0}
    assert settled_thirty(one, harvests_of({500: 2}), **loose)[500] == 0
    assert settled_thirty(one, harvests_of({500: 0}), **loose)[500] == -1


def test_a_member_that_harvests_as_the_group_does_stays_on_less_agreement(close_one):
    shown, groups = close_one.shown(), np.where(np.arange(1_000) == 500, 0, THIRTY)
    standing = weigh_membership(shown, groups < 0, np.flatnonzero(groups == 0))
    agreeing = float(standing.probability[standing.of(np.array([500]))][0])
    settings = replace(Gathering(), loosest_probability=agreeing / 2, stray_share=0.0)
    for surely in (2, 0):
        found, _ = settle_members(shown, np.ones(1_000, bool), groups, settings, harvests_of({500: surely}))
        assert (found[500] == 0) == (surely > 0)


def test_whom_only_what_it_passes_on_drew_in_stays_as_others_are_admitted(close_one):
    """A reseller with three customers who have accounts elsewhere too is no member for agreeing a little."""
    shown, groups = close_one.shown(), np.where(np.arange(1_000) == 500, 0, THIRTY)
    drawn = np.arange(1_000) == 500
    for stray_share, stays in ((1e-12, False), (1e-3, True)):
        settings = replace(Gathering(), stray_share=stray_share, false_share=1.0)
        for seeds, kept in ((drawn, stays), (~ALL, True)):
            found, _ = settle_members(shown, ALL, groups, settings, replace(harvests_of({}, members=0), seeds=seeds))
            assert (found[500] == 0) == kept, (stray_share, kept)


def test_campaigns_that_agree_more_than_strangers_and_less_than_their_own_members_stay_apart(town):
    """Two campaigns fill the same public templates from the same exits; each has cards and domains of its own."""
    one = town(1_000, 13)
    first, second = list(range(30)), list(range(40, 60))
    for trait in ("address", "opening template"):
        one.share(trait, [*first, *second], 3, 2)
    for trait in ("payment card", "email domain"):
        for accounts in (first, second):
            one.share(trait, accounts, 3, 2)
    groups = np.full(1_000, -1)
    groups[first], groups[second] = 0, 1
    standing = weigh_membership(one.shown(), groups < 0, np.flatnonzero(groups == 0))
    assert np.median(standing.probability[standing.of(np.array(second))]) < Gathering().stray_share / 2
    found, _ = settle_members(one.shown(), np.ones(1_000, bool), groups, Gathering())
    assert np.array_equal(found, groups)


def test_who_was_admitted_for_little_merges_no_groups(town):
    """Two firms run one public program in the same hours, cards, domains and addresses of their own; others too."""
    one = town(1_000, 13)
    first, second, strays = list(range(12)), list(range(20, 28)), [40, 41]
    for trait in ("opening template", "client stack"):
        one.share(trait, [*first, *second, *strays])
    one.behave([*first, *second, *strays])
    for trait in ("payment card", "email domain", "address"):
        for accounts in (first, second):
            one.share(trait, accounts)
    groups = np.full(1_000, -1)
    groups[first], groups[second] = 0, 1
    found, _ = settle_members(one.shown(), np.ones(1_000, bool), groups, Gathering())
    assert (found[strays] >= 0).all()
    assert (set(found[first]), set(found[second])) == ({0}, {1})


@pytest.mark.parametrize("led", [2, 1])
def test_what_is_left_of_a_part_goes_where_others_of_it_were_admitted(town, led):
    """Of a part that is too small, whoever agrees with the campaign in all is admitted, and leads the rest."""
    one = town(1_000, 15)
    members, part = list(range(30)), list(range(500, 500 + led + 3))
    for trait in ("address", "opening template"):
        one.share(trait, [*members, *part[:-1]], 4, 2)
    for trait in ("email domain", "payment card"):
        one.share(trait, [*members, *part[:led]], 3, 2)
    groups = np.full(1_000, -1)
    groups[members], groups[part] = 0, 1
    standing = weigh_membership(one.shown(), groups < 0, np.array(members))
    leading, rest = (standing.probability[standing.of(np.array(some))] for some in (part[:led], part[led:-1]))
    assert leading.max() < rest.min() / 4
    settings = replace(Gathering(), stray_share=float(rest.min()) / 2, false_share=1.0, loosest_probability=0.01)
    found, _ = settle_members(one.shown(), np.ones(1_000, bool), groups, settings)
    assert (found[part[:led]] == 0).all()
    assert (found[part[led:-1]] == (0 if led > 1 else -1)).all()
    assert found[part[-1]] == -1


@pytest.mark.parametrize(("surely", "hardly", "staying"), [(300, 100, 0.75), (400, 60, 0.85), (600, 100, 0.8)])
def test_a_large_campaign_does_not_fall_apart_for_those_who_leave_it(town, surely, hardly, staying):
    """Some show one or two things of it, and leave; as strangers they would make the agreement of all others common."""
    one, draw = town(2_500, 22), np.random.default_rng(22)
    members = range(surely + hardly)
    for trait, pool in (("address", 70), ("payment card", 70), ("email domain", 40), ("opening template", 20)):
        one.share(trait, [account for account in members if draw.random() < (0.7 if account < surely else 0.3)], pool)
    groups = np.where(np.arange(2_500) < len(members), 0, -1)
    shown, everybody = one.shown(), np.ones(2_500, bool)
    found, doubted = settle_members(shown, everybody, groups, Gathering())
    stayed, _ = settle_members(shown, everybody, groups, replace(Gathering(), most_settlings=1))
    left = (stayed >= 0) & (found < 0)
    assert left.any()
    assert doubted[left].all(), "who leaves after a turn is not believed honest"
    assert (found[:surely] == 0).mean() > staying
    assert (found[surely : len(members)] == 0).mean() < 0.5
    assert (found[len(members) :] == -1).all()
