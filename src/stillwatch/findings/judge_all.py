"""Judges every group and every large single account, within one rate of false discoveries each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stillwatch.campaigns.settings import at_most_one
from stillwatch.findings.candidates import FELL_APART, Case, excuse_of, held_groups
from stillwatch.findings.exercise import ask_the_same
from stillwatch.findings.habits import Sums, find_habits, sum_profiles
from stillwatch.findings.judge import Judged, judge_group
from stillwatch.findings.kin import find_kin
from stillwatch.findings.payers import PaidBy, firms_of
from stillwatch.findings.people import find_people
from stillwatch.findings.pivot import turning_habits
from stillwatch.findings.settings import Judging
from stillwatch.findings.solo import asks_too_little, in_no_reported, judge_solos, looked_at
from stillwatch.findings.surprise import discoveries, doubts
from stillwatch.findings.turns import Turns
from stillwatch.links.threads import in_parts

_ONE_CUSTOMER = "openly one customer, and asks for too little to be a campaign of one"
_ONE_EXERCISE = "its accounts ask the same few prompts, as a class or who compare a benchmark do"
_OF_PRODUCT = 0.25  # of the rate of false discoveries: what the users of a product show, and few products are gathered
_MOST_OF_EXERCISE = 200_000  # exchanges; to look at campaigns of millions would cost seconds


@dataclass(frozen=True)
class Candidates:
    """What may be stated: the groups and single accounts that were judged, and how many were cleared before, by reason.

    `large_count` tells how many accounts ask for enough to be a campaign of one.
    """

    groups: Sequence[Judged]
    solos: Sequence[Judged]
    cleared: Counter[str]
    large_count: int

    @property
    def judged(self) -> list[Judged]:
        """All that were judged, groups first."""
        return [*self.groups, *self.solos]

    @property
    def rates(self) -> list[float]:
        """The false-alarm rates of all groups that may be stated; of those that fell apart, at the end, it is 1."""
        return group_rates(self.groups, self.cleared)

    @property
    def solo_rates(self) -> list[float]:
        """The same of all accounts looked at; of those that do not harvest, or not round the clock, it is 1."""
        alone = [one.false_alarm_rate for one in self.solos]
        return alone + [1.0] * (self.large_count - len(alone))

    def reported(self, judging: Judging, strangers: int) -> list[bool]:
        """Return which of those judged may be stated: single accounts as groups, and what counts as one within a bound.

        What a customer shows, or the customers of one product, they show as one account.
        """
        found = discoveries(self.rates, judging.false_discovery_rate)[: len(self.groups)]
        found += discoveries(self.solo_rates, judging.false_discovery_rate)[: len(self.solos)]
        of_one = at_most_one(judging.solo_false_alarm_rate, strangers)
        of_users = _OF_PRODUCT * judging.false_discovery_rate
        bounds = [
            of_one if one.is_one_firm else of_users if one.paid_by is PaidBy.THEMSELVES else 1.0 for one in self.judged
        ]
        return [of and one.false_alarm_rate <= most for of, one, most in zip(found, self.judged, bounds, strict=True)]

    @property
    def doubts(self) -> list[float]:
        """How probable it is of each of those judged that honest traffic explains it."""
        return doubts(self.rates)[: len(self.groups)] + doubts(self.solo_rates)[: len(self.solos)]


def group_rates(groups: Sequence[Judged], cleared: Mapping[str, int]) -> list[float]:
    """Return the false-alarm rates of groups, and 1 for each that fell apart before it was judged."""
    return [one.false_alarm_rate for one in groups] + [1.0] * sum(cleared.get(reason, 0) for reason in FELL_APART)


def judge_candidates(case: Case, turns: Turns) -> Candidates:
    """Judge every group and every large single account.

    A group that is not stated whatever it shows, as it is openly one customer that asks for little, is no candidate:
    what is left out for its size leaves the rates of all others as they were. Nor is one whose accounts ask the same
    few prompts: one group fewer that is surprising makes the others less so, never more.

    References
    ----------
    Bourgon, Gentleman and Huber (2010), Independent Filtering Increases Detection Power for High-Throughput
    Experiments.
    """
    habits = find_habits(case.engine, case.shown.accounts, case.gathered.reference, case.judging)
    habits = (*habits, *find_people(case.engine, case.shown), *turning_habits(turns))
    firms = firms_of(case.shown, turns.payers)
    held, cleared = held_groups(case)
    sums, solos = sum_profiles(case.engine, case.shown.accounts), []
    kin = find_kin(case.engine, case.shown.accounts, [accounts for accounts, _ in held])

    def judged(number: int) -> Judged:
        accounts, standing = held[number]
        reference = case.gathered.reference.copy()
        reference[kin[number]] = False
        return judge_group(accounts, reference, standing, habits, firms, case.judging)

    looked = in_parts(judged, range(len(held)))
    groups = [one for one in looked if not asks_too_little(one, sums, case.judging)]
    cleared += Counter({_ONE_CUSTOMER: len(looked) - len(groups)})
    groups = _without_exercises(groups, sums, case, cleared)
    reported = discoveries(group_rates(groups, cleared), case.judging.false_discovery_rate)[: len(groups)]
    apart = in_no_reported(groups, reported, len(case.shown.accounts))
    for one in judge_solos(sums, case.gathered, habits, case.judging, apart):
        account = int(one.accounts[0])
        if (reason := excuse_of(account, case)) is None:
            solos.append(one)
        elif case.gathered.groups[account] < 0:  # that of a group is excused with it
            cleared[reason] += 1
    return Candidates(groups, solos, cleared, int(looked_at(sums, case.judging, apart).sum()))


def _without_exercises(groups: Sequence[Judged], sums: Sums, case: Case, cleared: Counter[str]) -> list[Judged]:
    """Return the groups but for those whose accounts ask the same few prompts, which are counted as cleared.

    Only those that may be stated are looked at, and none that asks for more than an exercise does.
    """
    looked = [
        one for one in groups
        if one.false_alarm_rate <= case.judging.false_discovery_rate
        and sums.exchanges[one.accounts].sum() <= _MOST_OF_EXERCISE
    ]  # fmt: skip
    same = ask_the_same(case.engine, case.shown.accounts, looked)
    exercises = {id(one) for one, is_same in zip(looked, same, strict=True) if is_same}
    cleared += Counter({_ONE_EXERCISE: len(exercises)})
    return [one for one in groups if id(one) not in exercises]
