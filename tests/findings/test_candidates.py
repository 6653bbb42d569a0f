import numpy as np
import pytest

from stillwatch.findings import candidates
from stillwatch.findings.candidates import FELL_APART, NO_MORE_THAN_STRANGERS, ONE_PROGRAM, excuse_of, held_groups
from stillwatch.findings.settings import Declared, Judging
from stillwatch.worlds.honest.program import Program
from stillwatch.worlds.story import Share


@pytest.fixture(scope="module")
def case(small_world, bench):
    world = small_world.made(*small_world.strangers(300), small_world.office(), small_world.Queue(cover=0.3))
    shown = bench.show(world.marks)
    return bench.case(shown, bench.gather(shown))


def judged_by(case, **settings):
    return held_groups(type(case)(**{**vars(case), "judging": Judging(**settings)}))


def test_groups_are_held_with_how_accounts_stand_to_them(case):
    groups, cleared = held_groups(case)
    assert [len(accounts) for accounts, _ in groups] == [
        int((case.gathered.groups == number).sum()) for number in range(2)
    ]
    assert not cleared
    for accounts, standing in groups:
        assert standing.accounts[standing.members].tolist() == accounts.tolist()


def test_a_group_with_which_some_of_many_strangers_may_agree_as_much_is_chance(case, monkeypatch):
    """The smaller the rate that is controlled, the fewer of all strangers may agree as much as its median account."""
    assert len(judged_by(case, false_discovery_rate=1e-30)[0]) == 2, "strangers are few"
    monkeypatch.setattr(candidates, "MANY", 100)
    groups, cleared = judged_by(case, false_discovery_rate=1e-30)
    assert (groups, dict(cleared)) == ([], {NO_MORE_THAN_STRANGERS: 2})
    strangers = case.gathered.strangers.sum()
    for accounts, standing in held_groups(case)[0]:
        assert np.median(standing.probability[standing.of(accounts)]) * strangers < Judging().false_discovery_rate


def test_the_larger_a_group_the_more_strangers_may_agree_as_half_of_it_does(case, monkeypatch):
    monkeypatch.setattr(candidates, "MANY", 100)
    for accounts, standing in held_groups(case)[0]:
        agreeing = np.median(standing.probability[standing.of(accounts)]) * case.gathered.strangers.sum()
        for times, held in ((1.01, True), (0.99, False)):
            groups, _ = judged_by(case, false_discovery_rate=times * agreeing / (len(accounts) / 2))
            assert any(np.array_equal(one, accounts) for one, _ in groups) is held


def test_members_may_be_as_rare_as_one_stranger_at_the_most(case):
    """A thousand times as loose, and still no more than one of all strangers agrees as much."""
    for accounts, standing in judged_by(case, stranger_probability=0.9)[0]:
        assert standing.probability[standing.of(accounts)].max() <= 1.0 / case.gathered.strangers.sum()


def test_members_that_harvest_as_the_group_does_hold_on_less_agreement(case):
    """Were they asked to agree more than any does, whoever harvests would still hold."""
    group = case.gathered.members(0 if (case.gathered.harvests.levels[case.gathered.members(0)] > 0).all() else 1)
    [(_, standing)] = [one for one in held_groups(case)[0] if np.array_equal(one[0], group)]
    least = float(standing.probability[standing.of(group)].min())
    told = [accounts for accounts, _ in judged_by(case, stranger_probability=least / 2, fewest_accounts=2)[0]]
    assert any(np.isin(accounts, group).all() and len(accounts) > 1 for accounts in told)


def test_few_that_hold_together_are_no_group(case):
    groups, cleared = judged_by(case, fewest_accounts=1_000)
    assert groups == []
    assert sum(cleared[reason] for reason in FELL_APART) == 2


def test_the_operator_excuses_accounts_and_whole_groups(case):
    members = case.shown.accounts.take(case.gathered.members(0)).to_pylist()
    declared = Declared(authorised_distillation=tuple(members))
    excused = type(case)(**{**vars(case), "declared": declared})
    groups, cleared = held_groups(excused)
    assert (len(groups), dict(cleared)) == (1, {"authorised distillation": 1})
    assert excuse_of(int(case.gathered.members(0)[0]), excused) == "authorised distillation"
    assert excuse_of(int(case.gathered.members(1)[0]), excused) is None


@pytest.mark.parametrize("addresses", [None, 3])
def test_those_who_share_a_program_and_nothing_else_are_its_users(small_world, bench, addresses):
    """Strangers install one tool, which brings its client and its templates; three addresses for all are one more."""
    tool = Program(installs=40, held_by="people", work="logs", calls=20.0, addresses=addresses)
    world = small_world.made(*small_world.strangers(300), Share(tool, 40), small_world.Queue(cover=0.3))
    shown = bench.show(world.marks)
    groups, cleared = held_groups(bench.case(shown, bench.gather(shown)))
    assert (len(groups), dict(cleared)) == ((2, {}) if addresses else (1, {ONE_PROGRAM: 1}))
