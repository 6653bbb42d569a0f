from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns import membership
from stillwatch.campaigns.membership import Standing, weigh_membership
from stillwatch.findings.habits import Grouped, Habit, find_habits
from stillwatch.findings.judge import Judged, families_needed, is_provided, judge_group
from stillwatch.findings.payers import Firms, firms_of
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined
from stillwatch.findings.turns import read_turns
from stillwatch.links.incidence import index_shown


def nobody(count):
    return np.full(count, -1)


@pytest.fixture(scope="module")
def world(bench, small_world):
    """Strangers, busy applications, a class, an office, a job queue and a relay; each group judged, by name."""
    world = small_world.made(
        *small_world.strangers(300), small_world.apps(30), small_world.office(), small_world.school_class(),
        small_world.Queue(cover=0.3), small_world.Relay(),
    )  # fmt: skip
    shown = bench.show(world.marks)
    gathered = bench.gather(shown)
    habits = find_habits(bench.engine, shown.accounts, gathered.reference, Judging())
    firms = firms_of(shown, read_turns(bench.engine, shown.accounts).payers)

    def members_of(name):
        return np.flatnonzero(np.isin(shown.accounts.to_pylist(), world.of(name)))

    def judge(accounts, by=habits, *, tied=False):
        standing = weigh_membership(shown, gathered.strangers, accounts)
        if (
            tied
        ):  # as if one operator's: they agree in every family, so that none is all that holds them; who pays hides
            inside = np.isin(standing.accounts, accounts)
            bits = np.where(inside[:, None], standing.bits.max(), standing.bits)
            standing = replace(standing, bits=bits, honest=standing.honest & ~inside)
        nobody_pays = replace(firms, payers=nobody(len(firms.payers)), paying=np.zeros_like(firms.paying))
        return judge_group(accounts, gathered.reference, standing, by, nobody_pays if tied else firms, Judging())

    return judge, gathered, members_of, habits


@pytest.mark.parametrize(("name", "habit"), [("queue", "harvest templates"), ("relay", "conversation hopping")])
def test_campaigns_are_coordinated_and_extract(world, name, habit):
    judge, gathered, members_of, _ = world
    found = judge(members_of(name))
    assert set(gathered.groups[members_of(name)]) == {gathered.groups[found.accounts[0]]}
    assert found.coordination_probability < 1 / (gathered.strangers.sum() + 1)
    # the level of harvesting lets some honest accounts pass, so that hidden campaigns cannot lift it
    assert found.extraction_probability < 5e-4
    assert found.weights[0].habit.name == habit


@pytest.mark.parametrize("name", ["office", "class"])
def test_honest_groups_are_coordinated_and_do_not_extract(world, name):
    judge, gathered, members_of, _ = world
    found = judge(members_of(name))
    assert (gathered.groups[found.accounts] >= 0).all()
    assert found.coordination_probability < 0.01
    assert found.extraction_probability == found.false_alarm_rate > 0.05


def test_some_habits_speak_only_of_accounts_that_share_what_an_operator_provides(world):
    """Applications that look alike share no cards and addresses, however much else; a queue's accounts do."""
    judge, _, members_of, habits = world
    asked = [replace(one, of_provided=True) for one in habits]
    assert judge(members_of("queue"), asked).weights
    alone = judge(members_of("app"), asked)
    assert (alone.weights, alone.extraction_probability) == ((), 1.0)
    assert judge(members_of("app"), tied=True).weights
    others = [replace(one, of_provided=False) for one in habits]
    assert judge(members_of("queue"), others).weights == (), "and others of those alone who do not"
    assert judge(members_of("app"), others).extraction_probability == judge(members_of("app")).extraction_probability


@pytest.mark.parametrize("family", ["client", "identity", "money", "network", "wording"])
@pytest.mark.parametrize("agreeing", [2, 3])
def test_a_program_brings_a_client_and_an_operator_what_its_accounts_are_run_with(family, agreeing):
    bits = np.full((4, 2), 5.0)
    bits[agreeing:, 0] = 0.0
    none = np.zeros(4, bool)
    standing = Standing(np.arange(4), (family, "timing"), bits, bits, none, ~none, np.zeros(4))
    told = family in {"identity", "money", "network"} and agreeing == 3
    assert is_provided(np.arange(4), standing, Judging()) is told


def test_strangers_are_not_coordinated(world):
    judge, _, members_of, _ = world
    found = judge(members_of("person")[:10])
    assert found.coordination_probability > 0.25
    assert found.false_alarm_rate > 0.25


def test_both_questions_must_be_answered(world):
    for coordination, extraction in ((0.2, 0.001), (0.001, 0.2)):
        assert Judged(np.arange(3), (), coordination, extraction).false_alarm_rate == 0.2


def test_an_application_is_not_three_independent_surprises(world):
    """All 30 stand alone, most work round the clock, half fill a template: and of honest accounts hardly others do."""
    judge, gathered, members_of, habits = world
    decided = [one for one in habits if one.of_product or one.of_program]
    found = judge(members_of("app"), decided, tied=True)
    [first, *rest] = found.weights
    honest = gathered.reference & first.habit.judged
    assert first.honest_rate == pytest.approx(((honest & first.habit.shown).sum() + 0.5) / (honest.sum() + 1))
    assert rest == [], "honest accounts that show the first habit show the others too: nothing is added"
    assert found.extraction_probability == first.honest_rate, "what the program decides, thirty do as one does"
    assert found.extraction_probability > 0.05


def habit(name, family, shown, judged=None):
    judged = np.ones(len(shown), bool) if judged is None else judged
    return Habit(name, family, judged, shown & judged, name, ("a reason",), "a way", "true")


TEN = np.arange(100, 110)
CROWD = np.arange(110) < 100  # the honest accounts
TIED = {"money": 9.9, "identity": 9.9}  # by two families, of which either would do


def standing_of(**bits):
    """Ten accounts that agree in each family by so many bits, and a thousand strangers that agree by chance."""
    draw, honest = np.random.default_rng(1), np.arange(1_010) >= 10
    ranked = [np.append(np.full(10, of), -np.log2((1 + draw.permutation(1_000)) / 1_001)) for of in bits.values()]
    columns = np.stack(ranked, axis=1)
    probability = membership._probability(columns, honest, ~honest)
    return Standing(np.arange(100, 1_110), tuple(bits), columns, columns, honest, ~honest, probability)


@pytest.fixture
def judge_ten():
    """Judge ten accounts beside a hundred honest ones."""

    def judge(habits, *, organisations=None, payers=None, tied=TIED):
        firms = known(*(nobody(110) if one is None else one for one in (organisations, payers)))
        named = replace(firms, naming=tuple(one == "identity" for one in tied))
        return judge_group(TEN, CROWD, standing_of(**tied), habits, named, Judging())

    return judge


def test_the_chain_follows_those_who_show_all_before(judge_ten):
    place = np.arange(110)
    rare = habit("rare", "wording", (place < 10) | (place >= 100))
    after = habit("after", "timing", (place < 5) | ((place >= 50) & (place < 60)) | (place >= 100))
    found = judge_ten([after, rare])
    assert [(one.habit.name, one.honest_rate) for one in found.weights] == [("rare", 10.5 / 101), ("after", 5.5 / 11)]
    assert found.extraction_probability == pytest.approx(combined([one.probability for one in found.weights]))
    assert [one.bits for one in found.weights] == [pytest.approx(-np.log2(one.probability)) for one in found.weights]


def test_the_strongest_of_a_family_counts_alone(judge_ten):
    place = np.arange(110)
    habits = [habit(f"h{few}", "wording", (place < few) | (place >= 100)) for few in (3, 9)]
    found = judge_ten(habits)
    assert [one.habit.name for one in found.weights] == ["h3"]


def test_what_no_honest_account_can_be_compared_for_is_no_evidence(judge_ten):
    place = np.arange(110)
    rare = habit("rare", "wording", place >= 100)
    other = habit("other", "timing", place >= 100)
    found = judge_ten([rare, other])
    assert [one.habit.name for one in found.weights] == ["rare"], "nobody honest shows the first: the chain ends"
    unjudged = habit("rare", "wording", place >= 100, judged=place >= 96)
    assert judge_ten([unjudged]).weights == ()


def test_likeness_of_declared_groups_weakens_what_a_group_shows(judge_ten):
    place = np.arange(110)
    shown = habit("shown", "wording", (place % 10 == 0) & (place < 100) | (place >= 100))
    together = habit("shown", "wording", (place < 10) | (place >= 100))
    groups = np.where(place < 100, place // 10, -1)
    apart, alike = (judge_ten([one], organisations=groups).extraction_probability for one in (shown, together))
    assert apart < alike, "where one group holds all that show it, ten more of one group are little surprise"


def test_false_alarms_of_honest_groups_are_as_rare_as_stated(judge_ten):
    """Groups of ten alike accounts: their stated rate must not be smaller than how often it is reached."""
    draw, rates = np.random.default_rng(3), []
    spread = (1 - 0.3) / 0.3
    for _ in range(1_500):
        shown = draw.uniform(size=110) < 0.1
        shown[100:] = draw.uniform(size=10) < draw.beta(0.1 * spread, 0.9 * spread)
        one = judge_ten([habit("h", "timing", shown)])
        rates.append(one.extraction_probability)
    for level in (0.02, 0.05, 0.1):
        assert np.mean(np.array(rates) <= level) <= level + 3 * np.sqrt(level / 1_500)


def test_what_half_of_the_accounts_do_is_no_habit_of_a_group(judge_ten):
    place = np.arange(110)
    of_half, of_most = (habit("rare", "wording", (place >= 100) & (place < 100 + shown)) for shown in (5, 6))
    half, most = (judge_ten([shown]).weights for shown in (of_half, of_most))
    assert half == ()
    assert [weight.shown_count for weight in most] == [6]


def test_a_family_that_gathered_the_group_says_no_more_of_it_than_of_one_account(judge_ten):
    place = np.arange(110)
    templates = habit("templates", "wording", (place < 10) | (place >= 100))
    clock = habit("clock", "timing", (place < 11) | (place >= 100))
    free, picked = (judge_ten([clock, templates], tied=tied) for tied in (TIED, {"wording": 9.9, "money": 0.0}))
    assert [one.habit.name for one in picked.weights] == ["templates"], "whoever fills templates works so: no surprise"
    assert picked.extraction_probability == pytest.approx(10.5 / 101)
    assert free.extraction_probability < 0.05


def known(organisations, payers):
    """What is known of accounts of which the last ten call with one client."""
    last_ten = np.arange(len(payers) - 10, len(payers)), np.zeros(10, np.int64)
    client = index_shown("client stack", "client", np.ones(len(payers), np.int64), last_ten, pa.array(["one"]))
    return Firms(organisations, payers, payers >= 0, marking=(client,))


def paid(*cards):
    """The card of each of the ten accounts; -1 where it pays for nobody else."""
    return np.append(nobody(100), cards)


POOL = paid(1, 1, 1, 2, 2, 2, 3, 3, 3, -1)


def test_what_a_product_decides_a_group_shows_as_one_account(judge_ten):
    place = np.arange(110)
    clock = replace(habit("clock", "timing", (place < 10) | (place >= 100)), of_product=True)
    assert judge_ten([clock]).extraction_probability == pytest.approx(10.5 / 101)
    few = replace(clock, shown=(place < 1) | (place >= 106))
    assert judge_ten([few]).weights == (), "four of ten: it is not the product that decides"
    assert judge_ten([clock], payers=POOL, tied={"money": 9.9, "network": 9.9}).extraction_probability < 0.05


@pytest.mark.parametrize(
    ("payers", "tied", "as_one", "why"),
    [
        (paid(*[1] * 10), {"money": 9.9, "identity": 9.9}, True, "a firm: one payer and one name"),
        (paid(*[1] * 10), {"money": 9.9, "identity": 0.5}, False, "one payer of no name"),
        (paid(*range(10)), {"client": 9.9, "network": 9.9}, True, "customers of one product pay each for itself"),
        (paid(*range(10)), {"money": 9.9, "identity": 9.9}, False, "no client is theirs in common"),
        (POOL, {"money": 9.9, "identity": 0.5}, False, "three cards for nine accounts"),
    ],
)
def test_firms_and_customers_show_all_habits_as_one_account_does(judge_ten, payers, tied, as_one, why):
    place = np.arange(110)
    harvest = habit("harvest", "wording", (place < 10) | (place >= 100))
    found = judge_ten([harvest], payers=payers, tied=tied)
    assert (found.extraction_probability == pytest.approx(10.5 / 101)) is as_one, why


@pytest.mark.parametrize(
    ("payers", "tied"),
    [(paid(*[1] * 10), {"money": 9.9, "identity": 9.9}), (paid(*range(10)), {"client": 9.9, "network": 9.9})],
)
def test_whoever_is_openly_a_customer_is_compared_with_programs(judge_ten, payers, tied):
    """That they run a program is no evidence; of the forty honest accounts that do, two harvest as they do."""
    place = np.arange(110)
    clock = replace(habit("clock", "timing", (place < 40) | (place >= 100)), of_program=True)
    harvest = replace(habit("harvest", "wording", (place < 2) | (place >= 100)), of_product=True)
    assert judge_ten([clock], payers=payers, tied=tied).weights == ()
    [told] = judge_ten([clock, harvest], payers=payers, tied=tied).weights
    assert (told.habit.name, told.unstated) == ("harvest", ("clock",))
    assert told.probability == pytest.approx(2.5 / 41)
    few = replace(clock, shown=clock.shown & (place < 105))
    [told] = judge_ten([few, harvest], payers=payers, tied=tied).weights
    assert (told.probability, told.unstated) == (pytest.approx(2.5 / 101), ()), "half of them: not what they all run"


def test_whether_conversations_are_passed_on_is_asked_beside_the_chain(judge_ten):
    place = np.arange(110)
    templates = habit("templates", "wording", (place < 1) | (place >= 100))
    hops = replace(habit("hops", "session", (place < 1) | (place >= 104)), passes_on=True)
    found = judge_ten([templates, hops])
    assert [one.habit.name for one in found.weights] == ["templates"], (
        "hardly an honest account is left to compare with"
    )
    assert found.passes_on
    assert not judge_ten([templates]).passes_on
    assert not judge_ten([replace(hops, shown=(place < 10) | (place >= 104))]).passes_on, "honest accounts do as well"
    assert not judge_ten([replace(hops, shown=(place < 1) | (place >= 106))]).passes_on, "only few do"


def test_a_habit_that_is_given_and_too_common_to_be_stated_is_named(judge_ten):
    place = np.arange(110)
    templates = habit("templates", "wording", (place < 50) | (place >= 100))
    clock = habit("clock", "timing", (place < 2) | (place >= 100))
    [weight] = judge_ten([clock, templates], tied={"wording": 9.9, "money": 0.0}).weights
    assert (weight.habit.name, weight.unstated) == ("clock", ("templates",))
    assert weight.honest_rate == 2.5 / 51, "of those honest accounts that fill templates"
    assert [one.unstated for one in judge_ten([clock, templates]).weights] == [()]


@pytest.mark.parametrize(
    ("tied", "needed", "why"),
    [
        ({"wording": 9.9, "network": 9.9, "money": 3.0}, set(), "either would do"),
        ({"wording": 9.9, "network": 2.0, "money": 2.0}, {"wording"}, "the others say little"),
        ({"wording": 6.5, "network": 6.5, "money": 0.0}, {"wording", "network"}, "neither is enough"),
        ({"wording": 6.5, "network": 6.5, "money": 6.5}, set(), "any two are"),
        ({"wording": 1.0, "network": 1.0, "money": 1.0}, {"wording", "network", "money"}, "nothing holds it together"),
    ],
)
def test_the_families_without_which_a_group_falls_apart(tied, needed, why):
    assert families_needed(TEN, standing_of(**tied), Judging()) == needed, why


def test_half_a_group_may_agree_little():
    """What holds for the median account: whoever agrees with nobody is left out elsewhere."""
    standing = standing_of(**TIED)
    for few, needed in ((4, set()), (6, {"money", "identity"})):
        bits = standing.bits.copy()
        bits[:few] = 0.0
        assert families_needed(TEN, replace(standing, bits=bits), Judging()) == needed


def test_coordination_is_that_of_the_median_account():
    for few, expected in ((0, 1e-5), (4, 1e-5), (6, 1.0)):
        probability = np.where(np.arange(1_010) < few, 1.0, 1e-5)
        standing = replace(standing_of(**TIED), probability=probability)
        found = judge_group(TEN, CROWD, standing, [], known(nobody(110), nobody(110)), Judging())
        assert found.coordination_probability == expected


@pytest.fixture
def by_group(judge_ten):
    """Judge ten accounts by a habit that weighs whole groups; what it was asked, what comes of it."""

    def judge(found, tied=TIED):
        asked = []

        def weigh(members, honest, organisations, judging):
            asked.append((members.tolist(), int(honest.sum()), len(organisations), judging))
            return found and Grouped(habit("seen", "model", np.arange(110) >= 100), *found)

        whole = replace(habit("turn", "model", np.arange(110) >= 100), by_group=weigh)
        return asked, judge_ten([whole], tied=tied)

    return judge


def test_a_habit_of_a_group_weighs_it_by_itself(by_group):
    [asked, *_], judged = by_group((8, 9, 0.2, 0.001))
    assert asked == (list(range(100, 110)), 100, 110, Judging())
    [weight] = judged.weights
    assert (weight.habit.name, weight.shown_count, weight.judged_count) == ("seen", 8, 9)
    assert (weight.honest_rate, weight.probability) == (0.2, 0.001)


def test_a_habit_of_a_group_may_have_nothing_to_say(by_group):
    assert by_group(None)[1].weights == ()


@pytest.mark.parametrize(("shown", "weights"), [(8, [0.02]), (2, [])])
def test_a_group_gathered_by_the_habits_family_shows_no_more_than_one_account(by_group, shown, weights):
    _, judged = by_group((shown, 9, 0.02, 1e-9), tied={"model": 9.9, "money": 0.0})
    assert [one.probability for one in judged.weights] == weights
