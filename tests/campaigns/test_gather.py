import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns import gather
from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.campaigns.members import settle_members
from stillwatch.campaigns.rounds import link_accounts
from stillwatch.campaigns.settings import Gathering
from stillwatch.links.closeness import likeness
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import weigh_links


def gathered(shown, clean=None, suspects=None):
    return gather_campaigns(shown, Linking(), Gathering(), clean=clean, suspects=suspects)


def groups_of(found):
    return sorted(
        found.members(group).tolist()
        for group in range(found.groups.max(initial=-1) + 1)
        if (found.groups == group).any()
    )


PLANTED = [list(range(60)), list(range(100, 125)), list(range(200, 208))]


@pytest.fixture(scope="module")
def planted(town):
    one = town(1_200, 1)
    for accounts in PLANTED:
        one.campaign(accounts)
    return one


@pytest.fixture(scope="module")
def found(planted):
    return gathered(planted.shown())


def test_planted_campaigns_are_found_exactly(found):
    assert groups_of(found) == PLANTED


def test_every_link_kept_has_two_families_and_more_than_strangers_reach(found):
    assert (found.links.families_count >= 2).all()
    assert (found.links.total >= found.weakest_bits).all()
    assert found.weakest_bits >= Linking().weakest_link_bits


def test_the_reference_leaves_out_the_campaigns_and_whoever_is_near(planted, found):
    """Near is who is linked to a member, and who agrees with a campaign nearly as much as its members do."""
    inside = found.groups >= 0
    linked = np.union1d(found.links.a[inside[found.links.b]], found.links.b[inside[found.links.a]])
    _, near = settle_members(planted.shown(), np.ones(planted.count, bool), found.groups, Gathering())
    assert not found.reference[inside].any()
    assert not found.reference[linked].any()
    left_out = np.flatnonzero(~found.reference & ~inside)
    assert len(np.setdiff1d(left_out, linked)) <= len(PLANTED) * Gathering().loosest_probability * planted.count
    assert np.isin(np.setdiff1d(left_out, linked), np.flatnonzero(near)).all()
    assert np.array_equal(found.strangers, found.reference), "nobody is suspected"


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_repeated_and_with_its_rows_in_another_order_it_is_the_same(planted, found, seed):
    order = None if seed is None else np.random.default_rng(seed).permutation(997)
    again = gathered(planted.shown(order))
    for name in ("groups", "reference", "strangers"):
        assert np.array_equal(getattr(again, name), getattr(found, name)), name
    assert np.array_equal(again.links.bits, found.links.bits)
    assert again.weakest_bits == found.weakest_bits


def test_accounts_numbered_otherwise_make_the_same_campaigns(planted, found):
    place = np.random.default_rng(3).permutation(planted.count)
    moved = type(planted)(0, 0)
    moved.count, moved.asked = planted.count, planted.asked
    moved.rows = {
        trait: [(int(place[account]), value) for account, value in rows] for trait, rows in planted.rows.items()
    }
    expected = sorted(sorted(place[accounts].tolist()) for accounts in PLANTED)
    assert groups_of(gathered(moved.shown())) == expected == sorted(sorted(place[m].tolist()) for m in groups_of(found))


def test_a_declared_reference_is_kept_and_one_round_is_enough(planted):
    clean = np.arange(planted.count) >= 600
    rounds = []
    found = gather_campaigns(planted.shown(), Linking(), Gathering(), clean=clean, round_done=rounds.append)
    assert groups_of(found) == PLANTED
    weighed = weigh_links(planted.shown(), clean, Linking())
    kept = (weighed.total >= found.weakest_bits) & (weighed.families_count >= 2)
    assert np.array_equal(weighed.total[kept], found.links.total)
    assert rounds == [1]


def test_rounds_are_told_and_bounded(planted):
    rounds = []
    gather_campaigns(planted.shown(), Linking(), Gathering(most_rounds=2), round_done=rounds.append)
    assert rounds == [1, 2]


@pytest.fixture(scope="module")
def crowded(town):
    """A carrier's 600 subscribers, an undeclared office, two households, one campaign and a stray beside it."""
    one = town(1_500, 2)
    one.share("address", list(range(600)), pool=8, each=4)
    for trait in ("address", "payment card", "email domain"):
        one.share(trait, list(range(700, 740)))
    for household in (range(800, 804), range(810, 814)):
        one.share("address", list(household))
        one.share("payment card", list(household))
    one.campaign(list(range(900, 940)))
    one.share("address", [900, 950])
    one.share("payment card", [900, 950])
    return one


@pytest.fixture(scope="module")
def found_in_crowd(crowded):
    return gathered(crowded.shown())


def test_honest_crowds_are_no_larger_a_group_than_what_ties_them(found_in_crowd):
    """Only the office and the campaign are tied by two families, five at least; what they do is judged elsewhere."""
    assert groups_of(found_in_crowd) == [list(range(700, 740)), list(range(900, 940))]


def test_a_carriers_subscribers_are_not_linked(found_in_crowd):
    links = found_in_crowd.links
    assert np.sum((links.a < 600) & (links.b < 600)) < 10  # of 179,700 pairs


def test_a_stray_link_draws_nobody_in_but_into_no_reference_either(found_in_crowd):
    links = found_in_crowd.links
    assert ((links.a == 900) & (links.b == 950)).any()
    assert found_in_crowd.groups[950] == -1
    assert not found_in_crowd.reference[950]


def test_households_are_linked_but_too_few(found_in_crowd):
    links = found_in_crowd.links
    assert ((links.a == 800) & (links.b == 803)).any()
    assert (found_in_crowd.groups[800:814] == -1).all()


def test_a_declared_office_is_no_group(crowded):
    shown = crowded.shown()
    organisations = np.full(crowded.count, -1)
    organisations[700:740] = 0
    found = gathered(Shown(shown.accounts, shown.incidences, (), organisations))
    assert groups_of(found) == [list(range(900, 940))]


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3])
def test_a_campaign_of_up_to_three_tenths_of_all_accounts_is_found(town, share):
    """From a fifth on in parts, each of one card: what all of a campaign shares passes for a habit of the public."""
    one, size = town(1_000, 3), int(1_000 * share)
    one.campaign(list(range(size)))
    found = gathered(one.shown())
    assert (found.groups[size:] == -1).all()
    assert (found.groups[:size] >= 0).mean() > 0.98
    assert (found.reference == (np.arange(1_000) >= size)).mean() > 0.99
    assert len(groups_of(found)) == 1 or share >= 0.2


@pytest.fixture(scope="module")
def overrun(town):
    """Two of five accounts are one operator's."""
    one = town(1_000, 3)
    one.campaign(list(range(400)))
    return one


def test_what_two_fifths_share_passes_for_what_strangers_share(overrun):
    """A limit of learning from the traffic that is judged; held here so that its going is noticed."""
    assert groups_of(gathered(overrun.shown())) == []


def test_a_campaign_of_two_fifths_is_found_against_a_declared_reference(overrun):
    members = np.flatnonzero(gathered(overrun.shown(), clean=np.arange(1_000) >= 700).groups >= 0)
    assert len(members) > 380
    assert members.max() < 400


def test_a_campaign_of_two_fifths_is_found_when_its_accounts_are_suspected(overrun):
    """Nine in ten of them fill templates that harvest, and some researchers do: the public is the others."""
    suspects = np.zeros(1_000, bool)
    suspects[:360] = suspects[500:510] = True
    found = gathered(overrun.shown(), suspects=suspects)
    assert groups_of(found) == [list(range(400))]
    assert not (found.strangers & suspects).any()
    assert found.reference[500:510].sum() >= 9, "a researcher is honest all the same; its habits are weighed as such"
    assert np.array_equal(found.strangers, found.reference & ~suspects)


def test_nothing_is_learned_from_suspects_in_any_round(planted, monkeypatch):
    suspects, learned_from = np.arange(planted.count) % 7 == 0, []

    def link(listed, strangers, **named):
        learned_from.append(strangers)
        return link_accounts(listed, strangers, **named)

    monkeypatch.setattr(gather, "link_accounts", link)
    gathered(planted.shown(), suspects=suspects)
    assert len(learned_from) >= 2
    assert not any((reference & suspects).any() for reference in learned_from)


def test_whom_harvesting_drew_in_is_told_of_those_whose_behaviour_cannot_be_compared(town):
    """Twelve share a card and a client, too little for links; of the first five enough is asked to compare them."""
    one, hidden = town(1_000, 3), np.arange(12)
    one.share("payment card", hidden.tolist(), 3)
    one.share("client stack", hidden.tolist())
    idle, harvesting = np.isin(np.arange(1_000), hidden[5:]), np.isin(np.arange(1_000), hidden)
    rhythm = likeness("rhythm", "timing", np.where(idle[:, None], 1, one.draw.integers(5, 20, (1_000, 8))), 20)
    for likenesses, told in (((), harvesting), ((rhythm,), idle)):
        one.likenesses = likenesses
        found = gather_campaigns(one.shown(), Linking(), Gathering(), suspects=harvesting, harvesting=harvesting)
        assert (found.groups[hidden] >= 0).sum() >= 8
        assert np.array_equal(found.harvests.sown, told & (found.groups >= 0))


def test_who_passes_conversations_on_is_known_when_members_are_settled(planted):
    passing = np.arange(planted.count) < 40
    for harvesting in (np.zeros(planted.count, bool), None):
        found = gather_campaigns(
            planted.shown(), Linking(), Gathering(), harvesting=harvesting, passing=passing
        )  # fmt: skip
        assert (found.harvests is None) == (harvesting is None)
        assert found.harvests is None or np.array_equal(found.harvests.passing, passing)


def test_groups_are_sown_by_what_few_do_and_grow_before_they_are_settled(planted, monkeypatch):
    """Whom only that drew in, or growing took in, is noted: it has to be admitted as anybody is."""
    nobody, (first, taken, near) = np.zeros(planted.count, bool), (700, 710, 720)
    harvesting, passing = nobody.copy(), nobody.copy()
    harvesting[first], passing[first + 1] = True, True
    sown, place = [], np.arange(planted.count)

    def sow(_shown, strangers, suspects, groups, _gathering, *, picked_by):
        sown.append((picked_by, np.flatnonzero(suspects).tolist()))
        return np.where(suspects, groups.max() + 1, groups), strangers

    def grow(_shown, strangers, groups, _gathering, harvests):
        assert np.array_equal(harvests.passing, passing)
        return np.where(place == taken, groups.max(), groups), strangers & (place != near)

    def settle(_shown, strangers, groups, _gathering, harvests):
        assert not strangers[near]
        assert np.flatnonzero(harvests.seeds).tolist() == [first + 1, taken]
        return groups, nobody

    for name, instead in (("sow_groups", sow), ("grow_groups", grow), ("settle_members", settle)):
        monkeypatch.setattr(gather, name, instead)
    found = gather_campaigns(planted.shown(), Linking(), Gathering(), harvesting=harvesting, passing=passing)
    assert sown == [("wording", [first]), ("session", [first + 1])]
    assert (found.groups[[first, first + 1, taken]] >= 0).all()
    assert not found.reference[near]


def test_whoever_is_near_a_campaign_is_not_believed_honest(planted, monkeypatch):
    near = np.arange(planted.count) == 700
    assert gathered(planted.shown()).reference[700]
    monkeypatch.setattr(
        gather, "settle_members", lambda _shown, _strangers, groups, _gathering, _harvests: (groups, near)
    )
    found = gathered(planted.shown())
    assert not found.reference[700]
    assert not found.strangers[700]


def test_whoever_is_hidden_among_strangers_is_not_believed_honest(planted, monkeypatch):
    """Nothing is learned from it while groups are settled, nor when they are judged."""
    hidden, nobody = np.arange(planted.count) == 700, np.zeros(planted.count, bool)
    monkeypatch.setattr(
        gather, "sow_groups", lambda _shown, strangers, _suspects, groups, *_, **_by: (groups, strangers & ~hidden)
    )
    found = gather_campaigns(planted.shown(), Linking(), Gathering(), harvesting=nobody)
    assert not found.reference[700]
    assert not found.strangers[700]


def test_suspecting_honest_accounts_costs_little(planted, found):
    suspects = np.random.default_rng(5).random(planted.count) < 0.2
    again = gathered(planted.shown(), suspects=suspects)
    assert np.array_equal(again.groups, found.groups)
    assert (again.reference != found.reference).mean() < 0.03


def test_where_all_are_suspected_nobody_is(planted, found):
    again = gathered(planted.shown(), suspects=np.ones(planted.count, bool))
    assert not again.strangers.any()
    assert [*map(set, groups_of(again))] == [*map(set, groups_of(found))]


def test_a_declared_reference_stands_whoever_is_suspected(planted):
    clean = np.arange(planted.count) >= 600
    suspects = np.arange(planted.count) % 3 == 0
    found = gathered(planted.shown(), clean=clean, suspects=suspects)
    assert np.array_equal(found.strangers, clean & (found.groups < 0))


@pytest.mark.parametrize("count", [1, 2, 30])
def test_few_accounts_make_no_campaign(town, count):
    found = gathered(town(count, 4).shown())
    assert groups_of(found) == []
    assert found.reference.all()


@pytest.mark.parametrize("count", [0, 1, 7])
def test_accounts_that_show_nothing(count):
    ids = pa.array([str(at) for at in range(count)], pa.string())
    found = gathered(Shown(ids, (), (), np.full(count, -1)))
    assert found.groups.tolist() == [-1] * count
    assert found.strangers.tolist() == found.reference.tolist() == [True] * count
