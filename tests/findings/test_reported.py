from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns.membership import weigh_membership
from stillwatch.findings.habits import find_habits
from stillwatch.findings.judge import Judged, judge_group
from stillwatch.findings.payers import firms_of
from stillwatch.findings.people import MANY_PEOPLE
from stillwatch.findings.reported import report_group, show_examples
from stillwatch.findings.settings import Judging
from stillwatch.findings.turns import read_turns


@pytest.fixture(scope="module")
def world(bench, small_world):
    traffic = small_world.made(*small_world.strangers(200), small_world.Queue(), small_world.Relay())
    shown = bench.show(traffic.marks)
    return traffic, shown, bench.gather(shown)


@pytest.fixture(scope="module")
def reported(world, bench):
    """What speaks of each campaign, by its name."""
    traffic, shown, gathered = world
    habits = find_habits(bench.engine, shown.accounts, gathered.reference, Judging())

    def report(campaign):
        accounts = np.flatnonzero(np.isin(shown.accounts.to_pylist(), traffic.of(campaign)))
        standing = weigh_membership(shown, gathered.strangers, accounts)
        firms = firms_of(shown, read_turns(bench.engine, shown.accounts).payers)
        return report_group(
            judge_group(accounts, gathered.reference, standing, habits, firms, Judging()), shown, gathered
        )

    return {campaign: report(campaign) for campaign in ("queue", "relay")}


def test_coordination_and_habits_both_speak(reported):
    for one in reported.values():
        assert one.speaks(Judging())
        assert one.coordination
        assert len(one.habits) == len(one.judged.weights) > 0
        assert one.coordination_bits == pytest.approx(sum(piece.evidence.bits for piece in one.coordination), abs=0.001)


def test_one_family_is_not_enough(reported):
    one = reported["queue"]
    family = one.coordination[0].evidence.family
    alike = tuple(piece for piece in one.coordination if piece.evidence.family == family)
    assert not replace(one, coordination=alike, habits=()).speaks(Judging())
    assert not one.speaks(replace(Judging(), least_evidence_bits=10_000.0))


def test_a_shared_trait_is_listed_however_little_it_weighs_and_a_habit_is_not(reported):
    least = Judging().least_evidence_bits
    shared, habits = (
        [piece.evidence.bits for one in reported.values() for piece in getattr(one, name)]
        for name in ("coordination", "habits")
    )
    assert 0 < min(shared) < least <= min(habits)


def test_what_passes_conversations_on_forwards(reported):
    assert {name: one.forwards for name, one in reported.items()} == {"queue": False, "relay": True}


def test_many_people_are_forwarded_where_the_accounts_do_not_harvest(reported):
    """Of a group that harvests they may be cover, which is told apart."""
    one = reported["queue"]
    assert one.harvests
    weight = one.judged.weights[0]
    many = replace(weight, habit=replace(weight.habit, name=MANY_PEOPLE))
    people = replace(one, judged=replace(one.judged, weights=(many, *one.judged.weights)))
    assert not people.forwards
    assert replace(people, harvests=False).forwards
    assert not replace(one, harvests=False).forwards


def test_examples_are_exchanges_of_the_accounts(reported, world, bench):
    traffic, shown, _ = world
    for campaign, one in zip(reported, show_examples([*reported.values()], shown, bench.engine), strict=True):
        assert [piece.trait for piece in one.evidence] == [
            piece.evidence.trait for piece in (*one.coordination, *one.habits)
        ]
        examples = {example for piece in one.evidence for example in piece.example_exchange_ids}
        assert examples
        assert examples <= traffic.asked_by(campaign)
        assert all(len(piece.example_exchange_ids) == 5 for piece in one.evidence if piece.kind == "extraction")


def test_what_a_group_does_as_one_account_is_said_of_all_that_it_asks(reported, world):
    _, shown, gathered = world
    [weight, *_] = reported["queue"].judged.weights
    weights = (replace(weight, together=0.256),)
    told = report_group(replace(reported["queue"].judged, weights=weights), shown, gathered).habits[0].evidence
    assert told.seen.endswith("; on average 26% of what they ask is so")
    assert " of honest accounts do in as large a part of what they ask; an honest group " in told.expected


@pytest.mark.parametrize(
    ("place", "unstated", "compared"),
    [
        (0, (), "honest accounts do"),
        (1, (), "the honest accounts that show the evidence above it do"),
        (0, ("template filling",), "the honest accounts that have the habit template filling do"),
        (1, ("a", "b"), "the honest accounts that show the evidence above it and have the habits a and b do"),
    ],
)
def test_it_is_said_with_which_honest_accounts_a_habit_is_compared(reported, world, place, unstated, compared):
    _, shown, gathered = world
    [weight, *_] = reported["queue"].judged.weights
    weights = (*[weight] * place, replace(weight, unstated=unstated, together=None))
    told = report_group(replace(reported["queue"].judged, weights=weights), shown, gathered).habits[place].evidence
    assert told.expected.split("; ")[0].endswith(f" of {compared}")


def test_a_single_account_is_spoken_of_by_its_habits_alone(reported, world):
    _, shown, gathered = world
    queue = reported["queue"].judged
    alone = report_group(Judged(queue.accounts[:1], queue.weights[:1], 0.0, 0.001), shown, gathered)
    assert (alone.coordination, len(alone.habits)) == ((), 1)
    assert alone.habits[0].evidence.seen.startswith("one account was seen to ")
    assert "an honest account shows as much" in alone.habits[0].evidence.expected
