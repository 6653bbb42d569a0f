import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from stillwatch.campaigns import membership
from stillwatch.campaigns.membership import Standing, bits_by_trait, weigh_membership
from stillwatch.links.closeness import Likeness, likeness
from stillwatch.links.incidence import index_shown
from stillwatch.links.shown import Shown

MEMBERS = np.arange(30)
STRANGERS = 3_000


def world(count, shows, likenesses=(), families=None, organisations=None):
    """What accounts show: for each trait its rows (account, value)."""
    incidences = []
    for trait, rows in shows.items():
        unique = sorted(set(rows))
        texts = sorted({value for _, value in unique})
        owners = np.array([account for account, _ in unique], np.int64)
        values = np.array([texts.index(value) for _, value in unique], np.int64)
        counts = np.bincount(owners, minlength=count)
        family = (families or {}).get(trait, trait)
        incidences.append(index_shown(trait, family, counts, (owners, values), pa.array(texts, pa.string())))
    ids = pa.array([f"account-{at:06}" for at in range(count)])
    declared = np.full(count, -1)
    for account, name in (organisations or {}).items():
        declared[account] = name
    return Shown(ids, tuple(incidences), tuple(likenesses), declared)


def outside(count, members):
    return ~np.isin(np.arange(count), members)


@pytest.fixture(scope="module")
def hydra(town):
    """Thirty accounts of one operator among strangers whose families have nothing to do with each other."""
    one = town(STRANGERS + len(MEMBERS), 1)
    one.campaign(MEMBERS.tolist())
    for name, family in (("rhythm", "timing"), ("intents", "intent"), ("models", "model")):
        one.behave(MEMBERS.tolist(), name=name, family=family)
    return one


@pytest.fixture(scope="module")
def standing(hydra):
    return weigh_membership(hydra.shown(), outside(hydra.count, MEMBERS), MEMBERS)


@pytest.mark.parametrize(("level", "slack"), [(0.5, 0.05), (0.1, 0.02), (0.01, 0.006)])
def test_strangers_agree_as_often_as_is_said(standing, level, slack):
    assert standing.honest.sum() == STRANGERS
    # ratios that are levelled rank some strangers alike: a large probability may be said of fewer than it holds for
    assert level / 4 - slack <= np.mean(standing.probability[standing.honest] <= level) <= level + slack


@pytest.mark.parametrize("level", [0.1, 0.01])
def test_strangers_of_single_accounts_agree_as_often_too(town, level):
    """Nobody acts with anybody: accounts picked at random have no strangers nearer to them than chance brings."""
    one, found = town(1_500, 5), []
    one.behave([])
    for seed in range(20):
        picked = np.sort(np.random.default_rng(seed).choice(1_500, 10, replace=False))
        standing = weigh_membership(one.shown(), outside(1_500, picked), picked)
        found.extend(standing.probability[standing.of(picked)])
    assert np.mean(np.array(found) <= level) <= level + 3 * math.sqrt(level / len(found))


def test_members_stand_far_below_strangers(standing):
    rows = standing.of(MEMBERS)
    assert standing.accounts[rows].tolist() == MEMBERS.tolist()
    assert not standing.honest[rows].any()
    assert standing.probability[rows].max() < 1e-4 < standing.probability[standing.honest].min()
    assert standing.total[rows].min() > standing.total[standing.honest].max()
    assert standing.speaking(3.0)[rows].min() >= 4


def test_the_order_of_rows_and_members_changes_nothing(hydra, standing):
    order = np.random.default_rng(1).permutation(997)
    strangers = outside(hydra.count, MEMBERS)
    again = weigh_membership(hydra.shown(order), strangers, MEMBERS)
    for name in ("accounts", "trait_bits", "bits", "honest", "probability"):
        assert np.array_equal(getattr(again, name), getattr(standing, name)), name
    mixed = weigh_membership(hydra.shown(), strangers, np.random.default_rng(2).permutation(MEMBERS))
    assert np.allclose(mixed.probability, standing.probability)


def test_accounts_numbered_otherwise_stand_as_before(hydra, standing):
    place = np.random.default_rng(3).permutation(hydra.count)
    shown = hydra.shown()
    moved = world(
        hydra.count,
        {trait: [(int(place[account]), value) for account, value in rows] for trait, rows in hydra.rows.items()},
        [
            replace(one, roots=one.roots[np.argsort(place)], noise=one.noise[np.argsort(place)])
            for one in shown.likenesses
        ],
        dict(zip(shown.names, shown.families, strict=True)),
    )
    members = np.sort(place[MEMBERS])
    again = weigh_membership(replace(moved, asked=hydra.asked), outside(hydra.count, members), members)
    # members are weighed in tenths, which their numbers decide: what each is told by may hence differ a little
    told = np.log2(again.probability[again.of(place[standing.accounts])] / standing.probability)
    assert np.abs(told).max() < 2.0
    assert np.array_equal(again.bits[again.of(place[standing.accounts])], standing.bits)


def plain_bits(count, rows, strangers, members):
    """The bits of one trait, by counting."""
    shown = {account: {value for one, value in rows if one == account} for account in range(count)}

    def score(account):
        total = 0.0
        for value in shown[account]:
            ours = sum(value in shown[one] for one in members if one != account)
            theirs = sum(value in shown[one] for one in strangers if one != account)
            others = len(members) - (account in members)
            if ours >= 2:
                total += max(0.0, math.log2(ours / others / ((theirs + 0.5) / (len(strangers) + 1))))
        return round(total / max(1, len(shown[account])), 9)

    ranks = sorted(score(one) for one in strangers)

    def rank(account):
        above = sum(one >= score(account) for one in ranks)
        return -math.log2(min(1.0, (1 + above) / (1 + len(ranks)))) if score(account) > 0 else 0.0

    return [rank(account) for account in range(count)]


@examples(max_examples=40)
@given(st.integers(0, 10**6), st.integers(4, 9))
def test_a_trait_is_ranked_as_counting_does(seed, size):
    draw, count = np.random.default_rng(seed), 40
    rows = [(account, f"{value}") for account in range(count) for value in draw.integers(0, 12, draw.integers(0, 5))]
    members, strangers = np.arange(size), np.arange(size, count)
    shown = world(count, {"one": [*rows, (0, "every"), (1, "every")]})
    found = weigh_membership(shown, outside(count, members), members)
    plain = plain_bits(count, [*rows, (0, "every"), (1, "every")], strangers.tolist(), members.tolist())
    assert found.accounts.tolist() == list(range(count))
    assert found.trait_bits[:, 0] == pytest.approx(plain, abs=1e-9)
    assert found.bits[:, 0] == pytest.approx(plain, abs=1e-9), "one trait is its family"


@pytest.mark.parametrize(
    ("showing", "member", "outsider", "why"),
    [
        ([0], 0.0, 0.0, "a value that one member alone shows is that account's"),
        ([0, 1], 0.0, 8.0, "each has one other: no more than a cover that two have in common; an outsider meets both"),
        ([0, 1, 2], 8.0, 8.0, "each is held against the two others"),
    ],
)
def test_a_member_is_compared_with_the_others_only(showing, member, outsider, why):
    rows = [*((one, "v") for one in showing), (10, "v"), (11, "other"), (12, "other")]
    shown, members = world(611, {"card": rows}), np.arange(10)
    found = weigh_membership(shown, outside(611, [*members, 10]), members)
    assert (found.trait_bits[found.of(np.array([0, 10])), 0] >= 8.0).tolist() == [member > 0, outsider > 0], why
    assert found.trait_bits[found.of(np.array([0])), 0][0] >= member


def shares_of(rows, asked):
    """Vectors of accounts that ask in these shares, so many times each."""
    return likeness("rhythm", "timing", np.round(np.array(rows) * np.array(asked)[:, None]).astype(np.int64), 20)


def test_nobody_is_close_to_itself():
    """The largest member is most of the mean of all: compared with it, it would be the closest of all."""
    draw = np.random.default_rng(1)
    rows = draw.dirichlet(np.ones(8), 405)
    rows[0], rows[1:5] = np.eye(8)[0], np.eye(8)[7]
    asked = np.full(405, 200)
    asked[0] = 10**6
    shown = Shown(pa.array([f"{at:03}" for at in range(405)]), (), (shares_of(rows, asked),), np.full(405, -1))
    found = weigh_membership(shown, outside(405, np.arange(5)), np.arange(5))
    assert found.bits[0, 0] < 1.0
    four = weigh_membership(shown, outside(405, np.arange(5)), np.arange(1, 5))
    assert four.bits[four.of(np.arange(1, 5)), 0].min() > 5.0


def test_members_of_an_organisation_do_not_speak_for_each_other():
    """Five of ten are one firm's, with its card and its hours; whoever else has them agrees with the campaign."""
    members, firm = np.arange(10), range(5)
    draw = np.random.default_rng(2)
    rows = draw.dirichlet(np.ones(8), 611)
    rows[:5] = rows[610] = np.eye(8)[3]
    cards = [*((one, "firm") for one in firm), *((one, "exit") for one in range(4, 10)), (610, "firm"), (20, "exit")]
    shows, like = {"card": cards}, [shares_of(rows, np.full(611, 200))]
    strangers = outside(611, [*members, 610])
    free = weigh_membership(world(611, shows, like), strangers, members)
    owned = weigh_membership(world(611, shows, like, organisations=dict.fromkeys(firm, 0)), strangers, members)
    assert (free.bits[:4].max(axis=1) > 6.0).all()
    assert (owned.trait_bits[:4, 0] == 0.0).all()
    assert (owned.trait_bits[:4, 1] < free.trait_bits[:4, 1] - 2.0).all()
    assert owned.trait_bits[4, 0] > 6.0, "the exit that it shares with members of no organisation speaks"
    assert np.array_equal(owned.trait_bits[5:], free.trait_bits[5:]), "others are held against all"
    assert owned.trait_bits[owned.of(np.array([610])), 0][0] > 6.0
    alone = weigh_membership(world(611, shows, like, organisations=dict.fromkeys(members, 0)), strangers, members)
    assert (alone.bits[members] == 0.0).all(), "a campaign that is one organisation agrees with nobody"


def test_families_that_go_together_among_strangers_do_not_make_small_probabilities(town):
    """Network and timing are the same thing here: whoever is close in one is in the other."""
    one, members = town(STRANGERS + 30, 3), np.arange(30)
    one.rows = {}
    one.behave([])
    [rhythm] = one.likenesses
    one.likenesses = tuple(replace(rhythm, name=family, family=family) for family in ("network", "timing", "wording"))
    found = weigh_membership(one.shown(), outside(one.count, members), members)
    for level, most in ((0.01, 0.015), (0.003, 0.005)):
        assert np.mean(found.probability[found.honest] <= level) <= most
    apart = weigh_membership(replace(one.shown(), likenesses=(rhythm,)), outside(one.count, members), members)
    assert np.median(found.probability[found.honest] / apart.probability[apart.honest]) < 3, "nor is all held back"


def test_an_account_that_shows_a_thousand_values_does_not_rank_high_by_those_it_shares(town):
    """One stranger in twenty has met an exit of the campaign; the carrier has met all of them among a thousand."""
    one, members, carrier = town(2_000, 4), np.arange(30), 1_999
    exits = [f"exit {at}" for at in range(6)]
    rows = [(account, exits[(account + step) % 6]) for account in range(30) for step in range(3)]
    rows += [(account, f"home {account + step}") for account in range(30, 1_999) for step in range(2)]
    rows += [(account, exits[account % 6]) for account in range(30, 1_999, 20)]
    rows += [(carrier, exit_) for exit_ in exits] + [(carrier, f"home {at}") for at in range(100, 1_100)]
    one.rows["address"] = rows
    found = weigh_membership(one.shown(), outside(2_000, members), members)
    at = found.families.index("network")
    assert found.bits[found.of(members), at].min() > 9.0
    assert found.bits[found.of(np.array([carrier])), at][0] < 5.0
    assert found.probability[found.of(np.array([carrier]))][0] > 0.005


def test_behaviour_is_ranked_among_those_that_ask_as_much():
    """Applications work round the clock, and so do the members: that is no surprise in an application."""
    draw = np.random.default_rng(5)
    people, apps = 1_500, 150
    rows = np.concatenate((np.full((10 + apps, 8), 1 / 8), draw.dirichlet(np.ones(8), people)))
    asked = np.concatenate((np.full(10 + apps, 9_000), draw.integers(30, 300, people)))
    counts = draw.multinomial(asked, rows)
    shown = Shown(pa.array([f"{at:04}" for at in range(len(rows))]), (),
                  (likeness("rhythm", "timing", counts, 20),), np.full(len(rows), -1))  # fmt: skip
    found = weigh_membership(shown, outside(len(rows), np.arange(10)), np.arange(10))
    assert np.median(found.bits[10 : 10 + apps, 0]) < 2.0
    assert np.median(found.bits[:10, 0]) < 4.0


def test_values_are_ranked_among_those_that_ask_as_much(town):
    """Applications call from a few servers, whoever runs them; people hardly ever do."""
    one, members = town(3_030, 4), np.arange(30)
    apps = list(range(30, 1_100))
    one.rows = {"address": [(account, f"server {account % 5}") for account in [*range(30), *apps]]}
    one.rows["address"] += [(account, f"home {account}") for account in range(1_100, 3_030)]
    one.asked = np.where(np.arange(3_030) < 1_100, 9_000, 100)
    found = weigh_membership(one.shown(), outside(3_030, members), members)
    assert found.bits[found.of(members)].max() < 0.2
    alike = weigh_membership(replace(one.shown(), asked=np.full(3_030, 100)), outside(3_030, members), members)
    assert alike.bits[alike.of(members)].min() > 1.0


def test_without_a_family_it_is_as_if_nobody_showed_it(hydra, standing):
    shown = hydra.shown()
    for family in ("wording", "timing"):
        left = replace(
            shown,
            incidences=tuple(one for one in shown.incidences if one.family != family),
            likenesses=tuple(one for one in shown.likenesses if one.family != family),
        )
        bare = weigh_membership(left, outside(hydra.count, MEMBERS), MEMBERS)
        assert set(bare.families) == set(standing.families) - {family}
        assert np.allclose(bare.probability[bare.of(standing.accounts)], standing.without_each()[family])


def test_of_a_family_the_strongest_trait_counts(hydra):
    """A value and a behaviour that have nothing to do with each other: who is rare in one is as rare as it is said."""
    shown = hydra.shown()
    rhythm, value = shown.likenesses[0], shown.incidences[0]
    both = replace(shown, incidences=(replace(value, family=rhythm.family),), likenesses=(rhythm,))
    found = weigh_membership(both, outside(hydra.count, MEMBERS), MEMBERS)
    best = found.trait_bits.max(axis=1)
    above = (best[found.honest] >= best[:, None]).sum(axis=1)
    ranked = np.where(best > 0, -np.log2(np.minimum(1.0, (1 + above) / (1 + found.honest.sum()))), 0.0)
    assert found.bits[:, found.families.index(rhythm.family)] == pytest.approx(ranked, abs=1e-6)


def test_few_of_very_many_strangers_are_enough(hydra, standing, monkeypatch):
    monkeypatch.setattr(membership, "_STRANGERS", 800)
    some = weigh_membership(hydra.shown(), outside(hydra.count, MEMBERS), MEMBERS)
    assert some.honest.sum() == 800
    rows = some.of(MEMBERS)
    assert some.accounts[rows].tolist() == MEMBERS.tolist()
    assert some.probability[rows].max() < 1e-3 < np.median(some.probability[some.honest])
    assert np.isin(standing.accounts[standing.bits[:, 0] > 0], some.accounts).sum() > 0


def test_who_shows_nothing_agrees_with_nobody():
    nothing = Likeness("rhythm", "timing", np.full((40, 8), np.nan), np.ones(40))
    members = np.arange(5)
    found = weigh_membership(world(40, {}, [nothing]), outside(40, members), members)
    assert (found.bits == 0).all()
    assert (found.probability == 1.0).all()


@pytest.mark.parametrize("strangers", [0, 1, 5, 6])
def test_few_strangers_tell_little(strangers):
    rows = [(account, "card") for account in range(5)]
    rhythm = shares_of(np.full((5 + strangers, 8), 1 / 8), np.full(5 + strangers, 100))
    found = weigh_membership(
        world(5 + strangers, {"card": rows}, [rhythm]), np.arange(5 + strangers) >= 5, np.arange(5)
    )
    assert found.probability[found.of(np.arange(5))] == pytest.approx(np.full(5, 1 / (1 + strangers)), rel=0.7)


def test_behaviours_of_a_family_in_which_members_agree_much_less_do_not_count():
    draw = np.random.default_rng(4)
    alike, apart = draw.integers(1, 9, (2, 300, 24))
    alike[:10] = 9 * (np.arange(24) < 3) + 1
    both = [likeness("alike", "timing", alike, 2), likeness("apart", "timing", apart, 2)]
    members = np.arange(10)
    together, alone = (
        weigh_membership(world(300, {}, some), outside(300, members), members) for some in (both, both[:1])
    )
    assert np.array_equal(together.bits, alone.bits)
    assert together.trait_bits.shape[1] == 2


def test_behaviours_of_a_family_that_tell_add_up_and_are_ranked_again():
    """Ten members agree in two behaviours, a hundred strangers in one or the other, five in both."""
    draw = np.random.default_rng(5)
    first, second = draw.integers(1, 9, (2, 400, 24))
    first[:60] = draw.poisson(9 * (np.arange(24) < 3) + 1, (60, 24))
    second[[*range(15), *range(60, 110)]] = draw.poisson(9 * (np.arange(24) > 20) + 1, (65, 24))
    members = np.arange(10)
    both = [likeness("first", "timing", first, 2), likeness("second", "timing", second, 2)]
    together, *alone = (
        weigh_membership(world(400, {}, some), outside(400, members), members) for some in (both, both[:1], both[1:])
    )
    rows = together.of(members)
    assert np.median(together.bits[rows]) > max(np.median(one.bits[rows]) for one in alone) + 0.5
    ranks = together.bits[together.honest, 0]
    assert [(ranks >= bits).mean() <= 2.0**-bits for bits in (1, 2, 4, 6)] == [True] * 4


def test_the_bits_of_a_family_are_told_by_its_strongest_value_or_by_its_behaviours_in_proportion():
    shown = world(4, {"hour": [(0, "hour"), (1, "hour")]}, [shares_of(np.full((4, 8), 1 / 8), np.full(4, 9))] * 2)
    shown = replace(shown, incidences=(replace(shown.incidences[0], family=shown.likenesses[0].family),))
    given = np.array([[5.0, 2.0, 2.5], [3.0, 1.0, 3.0], [0.0, 0.0, 0.0], [4.0, 2.0, 2.0]])
    bits, everybody = np.array([[4.0], [6.0], [0.0], [3.0]]), np.ones(4, bool)
    standing = Standing(np.arange(4), shown.families[:1], given, bits, everybody, ~everybody, np.ones(4))
    told = bits_by_trait(shown, standing, np.arange(4))
    assert told.tolist() == [[4.0, 0.0, 0.0], [0.0, 1.5, 4.5], [0.0, 0.0, 0.0], [3.0, 0.0, 0.0]]
    alone = replace(shown, incidences=())
    assert bits_by_trait(alone, replace(standing, trait_bits=given[:, 1:]), np.arange(2)).tolist() == [
        [4 * 2 / 4.5, 4 * 2.5 / 4.5], [1.5, 4.5]]  # fmt: skip
