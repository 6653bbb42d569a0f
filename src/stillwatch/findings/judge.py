"""Judges candidates: coordination and extraction apart, each against what honest traffic shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stillwatch.campaigns.membership import Standing
from stillwatch.findings.habits import Habit
from stillwatch.findings.payers import CUSTOMERS, Firms, PaidBy, mostly_agrees, paid_by
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined
from stillwatch.findings.weighing import Weighing, Weight, weigh_habit

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_PROVIDED = frozenset({"identity", "money", "network"})  # by an operator, and not by a program that many install


@dataclass(frozen=True)
class Judged:
    """A group of accounts with the two probabilities that decide.

    Attributes
    ----------
    coordination_probability
        How often a stranger agrees with the group as much as its median account does.
    extraction_probability
        How often an honest group shows the habits that this one shows.
    standing
        How accounts stand to the group; None of a single account.
    passes_on
        Whether most of the accounts pass other people's conversations on, as hardly any honest account does. This is
        asked of each such habit alone: in the chain others may stand before it.
    """

    accounts: Ints
    weights: tuple[Weight, ...]
    coordination_probability: float
    extraction_probability: float
    standing: Standing | None = None
    passes_on: bool = False
    paid_by: PaidBy = PaidBy.UNKNOWN

    @property
    def is_one_firm(self) -> bool:
        """Whether it is openly one firm's, or one account."""
        return len(self.accounts) == 1 or self.paid_by is PaidBy.FIRM

    @property
    def false_alarm_rate(self) -> float:
        """How often honest traffic shows as much: both questions must be answered yes, so the weaker answer counts.

        References
        ----------
        Berger (1982), Multiparameter Hypothesis Testing and Acceptance Sampling: the intersection-union test.
        """
        return max(self.coordination_probability, self.extraction_probability)


def families_needed(accounts: Ints, standing: Standing, judging: Judging) -> frozenset[str]:
    """Return the families without any one of which the group would not hold together.

    Without such a family the group's median account agrees with the others no more than strangers may.
    """
    rows = standing.of(accounts)
    return frozenset(
        family
        for family, probability in standing.without_each().items()
        if np.median(probability[rows]) > judging.stranger_probability
    )


def judge_group(  # noqa: PLR0913, PLR0917 - what a group is judged by, and against what
    accounts: Ints,
    reference: Mask,
    standing: Standing,
    habits: Sequence[Habit],
    firms: Firms,
    judging: Judging,
) -> Judged:
    """Judge one group of accounts.

    Habits are weighed from the most surprising on, the strongest of each family alone; each next one against those
    honest accounts that show all before it. An application that works round the clock also stands alone and fills a
    template: counted so, the three are hardly more than one. Where too few honest accounts show all before, nothing can
    be said of the next, and the chain ends.

    A group is gathered by the families of `families_needed`. Accounts that were picked for one template all fill
    templates: a habit of such a family says no more of the group than of one account, and is weighed first, so that all
    others are compared with honest accounts that have it too.

    The same goes for habits that a product decides: what a firm, a platform or an open tool does, all its accounts do,
    however many, and honest groups of that kind are too few in any log to be counted. Not so where several cards pay,
    each for several accounts of no common name: those who only use one product pay for themselves, and a firm has one
    payer, or one name. Of a group that is openly one firm, or whose accounts pay each for itself, all habits count so
    (docs/decisions/0022). That such customers run a program at all says nothing of them: what most of them show of what
    programs do is given from the start, so that they are compared with programs (docs/decisions/0024).

    Parameters
    ----------
    reference
        The accounts believed honest, without those of `find_kin`.
    standing
        How accounts stand to the group, as `weigh_membership` tells.
    """
    gathered_by = families_needed(accounts, standing, judging)
    provided = is_provided(accounts, standing, judging)
    habits = [one for one in habits if one.of_provided in {None, provided}]
    weighing = Weighing(reference, firms.organisations, judging, paid_by(accounts, standing, firms, judging))
    as_one = frozenset(one.name for one in habits if _counts_as_one(one, weighing.paid_by) or one.family in gathered_by)
    weights = _chain(accounts, habits, weighing, gathered_by, as_one)
    agreeing = float(np.median(standing.probability[standing.of(accounts)]))
    passing = [weigh_habit(one, accounts, weighing, as_one=True).probability for one in habits if one.passes_on]
    passes_on = min(passing, default=1.0) <= judging.false_discovery_rate
    extracting = combined([one.probability for one in weights])
    return Judged(accounts, weights, agreeing, extracting, standing, passes_on, weighing.paid_by)


def is_provided(accounts: Ints, standing: Standing, judging: Judging) -> bool:
    """Return whether most accounts agree in something that an operator provides them with, and no program does."""
    return mostly_agrees(accounts, standing, _PROVIDED, 1, judging)


def _counts_as_one(habit: Habit, paid: PaidBy) -> bool:
    """Return whether accounts of such a customer show a habit as one account does."""
    return paid in CUSTOMERS or ((habit.of_product or habit.of_program) and paid is not PaidBy.POOL)


def _chain(
    accounts: Ints, habits: Sequence[Habit], weighing: Weighing, gathered_by: frozenset[str], as_one: frozenset[str]
) -> tuple[Weight, ...]:
    left, given = list(habits), np.ones(len(weighing.reference), bool)
    weights: list[Weight] = []
    unstated: tuple[str, ...] = ()
    if weighing.paid_by in CUSTOMERS:
        usual = [one for one in habits if one.of_program and 2 * one.shown[accounts].sum() > len(accounts)]
        given, unstated = np.all([given, *(one.shown for one in usual)], axis=0), tuple(one.name for one in usual)
        left = [one for one in habits if not one.of_program]
    while left:
        against = replace(weighing, reference=weighing.reference & given)
        members = accounts[given[accounts]]
        weighed = [weigh_habit(one, members, against, as_one=one.name in as_one) for one in left]
        picked, best = max(
            ((one.habit.family in gathered_by and one.bits > 0, one) for one in weighed),
            key=lambda pair: (pair[0], pair[1].bits),
        )
        if best.bits >= weighing.judging.least_evidence_bits:
            weights.append(replace(best, unstated=unstated))
        elif not picked:
            break
        else:
            unstated = (*unstated, best.habit.name)
        given = given & best.habit.shown
        left = [one for one in left if one.family != best.habit.family]
    return tuple(weights)
