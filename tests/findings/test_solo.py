from dataclasses import replace

import numpy as np
import pytest

from stillwatch.findings.habits import find_habits, sum_profiles
from stillwatch.findings.judge import Judged
from stillwatch.findings.payers import PaidBy
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.solo import asks_too_little, in_no_reported, judge_solos
from stillwatch.findings.state import state_findings
from stillwatch.worlds.honest.benchmark import Benchmark
from stillwatch.worlds.story import Share

ASKED = 5_400


@pytest.fixture(scope="module")
def among(small_world):
    """Four hundred people and one large account: a harvester, or one that lacks what makes a campaign of one."""

    def make(account):
        alone = {"accounts": 1, "asked": ASKED, "name": account}
        part = {
            "harvester": small_world.Queue(**alone),
            "harvester with cover": small_world.Queue(**alone | {"asked": 9_000, "cover": 0.4}),
            "benchmark": Share(Benchmark(prompts=8_000), 1),
            "application": small_world.apps(1, calls=ASKED),
            "a day": small_world.Queue(**alone | {"asked": 8_000, "until_day": 1.0}),
            "office hours": small_world.Queue(**alone, hours="office"),
            "smaller": small_world.Queue(**alone | {"asked": 4_000}),
        }[account]
        return small_world.made(*small_world.strangers(400), part)

    return make


@pytest.fixture
def judging(bench):
    """What single accounts are judged from: their sums, the groups and their habits."""

    def show(world):
        shown = bench.show(world.marks)
        gathered = bench.gather(shown)
        habits = find_habits(bench.engine, shown.accounts, gathered.reference, Judging())
        return sum_profiles(bench.engine, shown.accounts), gathered, habits

    return show


@pytest.fixture
def stated(bench):
    def state(world, organisations=None):
        shown = bench.show(world.marks, organisations)
        return state_findings(bench.case(shown, bench.gather(shown)))

    return state


def test_a_harvester_round_the_clock_is_stated(bench, among):
    world = among("harvester")
    shown = bench.show(world.marks)
    gathered = bench.gather(shown)
    [finding] = state_findings(bench.case(shown, gathered)).findings
    [harvester] = world.of("harvester")
    assert (finding.kind, [one.account_id for one in finding.members]) == ("campaign of one", [harvester])
    assert finding.coordination_bits == 0
    assert 0 < finding.false_alarm_rate <= Judging().solo_false_alarm_rate
    assert {one.family for one in finding.evidence} == {"wording", "timing"}
    assert finding.evidence[0].example_exchange_ids
    for declared in (
        Declared(authorised_distillation=(harvester,)), Declared(excused_accounts=(harvester,)),
        Declared(honest_accounts=(harvester,)),
    ):  # fmt: skip
        assert state_findings(bench.case(shown, gathered, declared=declared)).findings == ()


def test_a_harvester_cannot_hide_among_honest_accounts(bench, among):
    """It has tied itself to four of them; the group is cleared, and the harvester is judged by itself."""
    world = among("harvester")
    shown = bench.show(world.marks)
    gathered = bench.gather(shown)
    [harvester], people = world.of("harvester"), world.of("person")[:4]
    groups = np.where(np.isin(shown.accounts.to_pylist(), [harvester, *people]), 0, -1)
    known = {name: getattr(gathered, name) & (groups < 0) for name in ("reference", "strangers")}
    found = state_findings(bench.case(shown, replace(gathered, groups=groups, **known)))
    assert [one.account_id for finding in found.findings for one in finding.members] == [harvester]
    assert sum(count for _, count in found.cleared) == 1


def test_only_a_reported_group_speaks_for_its_accounts():
    groups = [Judged(np.array(accounts), (), rate, rate) for accounts, rate in (([0, 1], 1e-6), ([2, 3], 0.5))]
    assert in_no_reported(groups, [True, False], 6).tolist() == [False, False, True, True, True, True]
    assert in_no_reported([], [], 2).all()


def test_openly_one_customer_must_ask_for_as_much_as_a_campaign_of_one(judging, among):
    sums, _, _ = judging(among("harvester"))
    largest = np.argsort(sums.exchanges)[-6:]
    asked = int(sums.exchanges[largest].sum())
    for payers, more, too_little in ((PaidBy.FIRM, 0, False), (PaidBy.FIRM, 1, True), (PaidBy.POOL, 1, False)):
        group = Judged(largest, (), 1e-6, 1e-6, paid_by=payers)
        assert asks_too_little(group, sums, replace(Judging(), solo_fewest_exchanges=asked + more)) == too_little


def test_an_account_of_a_cleared_group_is_ranked_among_the_others_of_it(judging, among):
    sums, gathered, habits = judging(among("harvester with cover"))
    apart = np.ones(len(sums.exchanges), bool)
    [alone] = judge_solos(sums, gathered, habits, Judging(), apart)
    people = np.flatnonzero(gathered.reference & (np.arange(len(apart)) != alone.accounts[0]))[:4]
    groups = np.full(len(apart), -1)
    groups[[*people, *alone.accounts]] = 0
    reference = gathered.reference & (groups < 0)
    [grouped] = judge_solos(sums, replace(gathered, groups=groups, reference=reference), habits, Judging(), apart)
    assert grouped == alone, "none of the four harvests; they are compared with as before"


@pytest.mark.parametrize("account", ["benchmark", "application", "a day", "office hours", "smaller"])
def test_honest_accounts_of_that_size_are_not(stated, among, account):
    found = stated(among(account))
    assert (found.findings, found.cleared) == ((), ()), "it is not even a candidate"


def test_a_harvester_among_many_like_it_is_no_finding(stated, small_world):
    makers = [f"maker {number}" for number in range(7)]
    # more people than above: the bar of harvesting is a quantile of theirs, and must not fall among the makers
    world = small_world.made(
        *small_world.strangers(800), *(small_world.Queue(1, ASKED, name=maker) for maker in makers)
    )
    # of one institute: accounts that ask so much share many endings and openings, and would be gathered
    found = stated(world, dict.fromkeys(world.of(*makers), "institute"))
    assert found.findings == ()
    assert dict(found.cleared) == {"one account that harvests much, but no more than honest accounts do": 7}


def test_without_hours_or_intents_nobody_is_judged(judging, among):
    sums, gathered, habits = judging(among("harvester"))
    apart = np.ones(len(sums.exchanges), bool)
    assert len(judge_solos(sums, gathered, habits, Judging(), apart)) == 1
    assert judge_solos(sums, gathered, habits, Judging(), ~apart) == (), "a reported group speaks for its accounts"
    for name in ("round the clock", "harvest intents"):
        assert judge_solos(sums, gathered, [one for one in habits if one.name != name], Judging(), apart) == ()


def test_rates_are_plain_counts(judging, among):
    sums, gathered, habits = judging(among("harvester with cover"))
    [found] = judge_solos(sums, gathered, habits, Judging(), np.ones(len(sums.exchanges), bool))
    place = found.accounts[0]
    honest = np.flatnonzero(gathered.reference & (np.arange(len(sums.rhythm)) != place))
    judged = [other for other in honest if sums.exchanges[other] >= 10]
    as_steady = sum(sums.rhythm[other] <= sums.rhythm[place] for other in judged)
    assert as_steady > 0
    assert [one.probability for one in found.weights] == [1 / (len(honest) + 1), (as_steady + 1) / (len(judged) + 1)]
