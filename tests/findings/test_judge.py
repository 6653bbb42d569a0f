from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from stillwatch.findings.habits import Grouped, Habit, find_habits
from stillwatch.findings.judge import Judged, families_needed, judge_group
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined, group_surprise
from stillwatch.links.weigh import Weighed


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

    def members_of(name):
        return np.flatnonzero(np.isin(shown.accounts.to_pylist(), world.of(name)))

    def judge(accounts, by=habits):
        return judge_group(accounts, gathered, by, shown.organisations, Judging())

    return judge, gathered, members_of, habits


@pytest.mark.parametrize(("name", "habit"), [("queue", "harvest intents"), ("relay", "conversation hopping")])
def test_campaigns_are_coordinated_and_extract(world, name, habit):
    judge, gathered, members_of, _ = world
    found = judge(members_of(name))
    assert set(gathered.groups[members_of(name)]) == {gathered.groups[found.accounts[0]]}
    assert found.coordination_probability == pytest.approx(1 / (len(gathered.stranger_bits) + 1))
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


def test_strangers_are_not_coordinated(world):
    judge, _, members_of, _ = world
    assert judge(members_of("person")[:10]).coordination_probability == pytest.approx(1.0)


def test_both_questions_must_be_answered(world):
    for coordination, extraction in ((0.2, 0.001), (0.001, 0.2)):
        assert Judged(np.arange(3), (), coordination, extraction).false_alarm_rate == 0.2


def test_an_application_is_not_three_independent_surprises(world):
    """All 30 stand alone, most work round the clock, half fill a template: and of honest accounts hardly others do."""
    judge, gathered, members_of, habits = world
    found = judge(members_of("app"))
    [first, *rest] = found.weights
    honest = gathered.reference & first.habit.judged
    alone = group_surprise(30, 30, first.honest_rate, Judging().least_overdispersion)
    assert (honest & first.habit.shown).sum() == 30
    assert first.honest_rate == pytest.approx(30.5 / (honest.sum() + 1))
    telling = {one.name for one in habits if judge(found.accounts, [one]).weights}
    assert telling >= {"round the clock", "stand-alone requests", "template filling"}, "each is evidence by itself"
    assert rest == [], "honest accounts that show the first habit show the others too: nothing is added"
    assert found.extraction_probability == pytest.approx(alone)
    assert found.extraction_probability > 1000 * combined([alone] * 3)


def habit(name, family, shown, judged=None):
    judged = np.ones(len(shown), bool) if judged is None else judged
    return Habit(name, family, judged, shown & judged, name, ("a reason",), "a way", "true")


@pytest.fixture
def crowd():
    """A hundred honest accounts and ten others, in no organisation, untied."""

    class Crowd:
        reference = np.arange(110) < 100
        groups = np.where(np.arange(110) < 100, -1, 0)
        membership_bits = np.where(np.arange(110) < 100, 0.0, 40.0)
        stranger_bits = np.sort(np.random.default_rng(1).uniform(0, 20, 100))

    return Crowd()


def test_the_chain_follows_those_who_show_all_before(crowd):
    place = np.arange(110)
    rare = habit("rare", "wording", (place < 10) | (place >= 100))
    after = habit("after", "timing", (place < 5) | ((place >= 50) & (place < 60)) | (place >= 100))
    found = judge_group(np.arange(100, 110), crowd, [after, rare], np.full(110, -1), Judging())
    assert [(one.habit.name, one.honest_rate) for one in found.weights] == [("rare", 10.5 / 101), ("after", 5.5 / 11)]
    assert found.extraction_probability == pytest.approx(combined([one.probability for one in found.weights]))
    assert [one.bits for one in found.weights] == [pytest.approx(-np.log2(one.probability)) for one in found.weights]


def test_the_strongest_of_a_family_counts_alone(crowd):
    place = np.arange(110)
    habits = [habit(f"h{few}", "wording", (place < few) | (place >= 100)) for few in (3, 9)]
    found = judge_group(np.arange(100, 110), crowd, habits, np.full(110, -1), Judging())
    assert [one.habit.name for one in found.weights] == ["h3"]


def test_what_no_honest_account_can_be_compared_for_is_no_evidence(crowd):
    place = np.arange(110)
    rare = habit("rare", "wording", place >= 100)
    other = habit("other", "timing", place >= 100)
    found = judge_group(np.arange(100, 110), crowd, [rare, other], np.full(110, -1), Judging())
    assert [one.habit.name for one in found.weights] == ["rare"], "nobody honest shows the first: the chain ends"
    unjudged = habit("rare", "wording", place >= 100, judged=place >= 96)
    assert judge_group(np.arange(100, 110), crowd, [unjudged], np.full(110, -1), Judging()).weights == ()


def test_likeness_of_declared_groups_weakens_what_a_group_shows(crowd):
    place = np.arange(110)
    shown = habit("shown", "wording", (place % 10 == 0) & (place < 100) | (place >= 100))
    together = habit("shown", "wording", (place < 10) | (place >= 100))
    groups = np.where(place < 100, place // 10, -1)
    apart, alike = (
        judge_group(np.arange(100, 110), crowd, [one], groups, Judging()).extraction_probability
        for one in (shown, together)
    )
    assert apart < alike, "where one group holds all that show it, ten more of one group are little surprise"


def test_false_alarms_of_honest_groups_are_as_rare_as_stated(crowd):
    """Groups of ten alike accounts: their stated rate must not be smaller than how often it is reached."""
    draw, rates = np.random.default_rng(3), []
    spread = (1 - 0.3) / 0.3
    for _ in range(1_500):
        shown = draw.uniform(size=110) < 0.1
        shown[100:] = draw.uniform(size=10) < draw.beta(0.1 * spread, 0.9 * spread)
        one = judge_group(np.arange(100, 110), crowd, [habit("h", "timing", shown)], np.full(110, -1), Judging())
        rates.append(one.extraction_probability)
    for level in (0.02, 0.05, 0.1):
        assert np.mean(np.array(rates) <= level) <= level + 3 * np.sqrt(level / 1_500)


def test_what_one_account_does_is_no_habit_of_a_group(crowd):
    place = np.arange(110)
    of_one, of_two = (habit("rare", "wording", (place >= 100) & (place < 100 + shown)) for shown in (1, 2))
    one, two = (
        judge_group(np.arange(100, 110), crowd, [shown], np.full(110, -1), Judging()).weights
        for shown in (of_one, of_two)
    )
    assert one == ()
    assert [weight.shown_count for weight in two] == [2]


def test_a_family_that_gathered_the_group_says_no_more_of_it_than_of_one_account(crowd):
    place = np.arange(110)
    templates = habit("templates", "wording", (place < 10) | (place >= 100))
    clock = habit("clock", "timing", (place < 11) | (place >= 100))
    free, picked = (
        judge_group(np.arange(100, 110), crowd, [clock, templates], np.full(110, -1), Judging(), gathered_by=picked)
        for picked in (frozenset[str](), frozenset({"wording"}))
    )
    assert [one.habit.name for one in picked.weights] == ["templates"], "whoever fills templates works so: no surprise"
    assert picked.extraction_probability == pytest.approx(10.5 / 101)
    assert free.extraction_probability < 0.05


def links_of(accounts, bits):
    """Everybody tied to everybody by the same bits in each of two columns."""
    a, b = (np.array(ends) for ends in zip(*combinations(accounts, 2), strict=True))
    columns = np.tile(np.array(bits, float), (len(a), 1))
    none = np.zeros(columns.shape, np.int64)
    total = columns.sum(axis=1)
    return Weighed(a, b, columns, none, none, total, total - columns.max(axis=1), np.full(len(a), 2))


@pytest.mark.parametrize(
    ("bits", "needed"), [((30.0, 28.0), set()), ((30.0, 5.0), {"wording"}), ((12.0, 12.0), {"wording", "network"})]
)
def test_the_families_without_which_a_group_falls_apart(crowd, bits, needed):
    crowd.links, crowd.weakest_bits = links_of(range(100, 110), bits), 20.0
    assert families_needed(np.arange(100, 110), crowd, ("wording", "network")) == needed


@pytest.fixture
def by_group(crowd):
    """Judge ten accounts by a habit that weighs whole groups; what it was asked, what comes of it."""

    def judge(found, gathered_by=frozenset()):
        asked = []

        def weigh(members, honest, organisations, judging):
            asked.append((members.tolist(), int(honest.sum()), len(organisations), judging))
            return found and Grouped(habit("seen", "model", np.arange(110) >= 100), *found)

        whole = replace(habit("turn", "model", np.arange(110) >= 100), by_group=weigh)
        judged = judge_group(np.arange(100, 110), crowd, [whole], np.full(110, -1), Judging(), gathered_by=gathered_by)
        return asked, judged

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
    _, judged = by_group((shown, 9, 0.02, 1e-9), gathered_by=frozenset({"model"}))
    assert [one.probability for one in judged.weights] == weights
