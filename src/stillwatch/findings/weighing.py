"""Weighs one habit of a group: how often an honest group shows as much."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from stillwatch.findings.habits import FEWEST_SHOWING, Grouped, Habit, Mask
from stillwatch.findings.payers import PaidBy
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import least_surprise, overdispersion_of
from stillwatch.findings.thinned import Part

Ints = npt.NDArray[np.int64]
_MOST, _NEARLY_ALL = 0.5, 0.9  # of the accounts of a group


@dataclass(frozen=True)
class Weight:
    """A habit of a group, with how often an honest group shows it, given the habits weighed before.

    `unstated` names those habits before that were too common to be evidence, and yet are given. `together` is what part
    of its exchanges gives the group the habit, where that part is what is rare.
    """

    habit: Habit
    shown_count: int
    judged_count: int
    honest_rate: float
    probability: float
    unstated: tuple[str, ...] = ()
    together: float | None = None

    @property
    def bits(self) -> float:
        """How surprising the habit is in an honest group."""
        return -math.log2(self.probability)


@dataclass(frozen=True)
class Weighing:
    """What habits are weighed against: honest accounts, the organisation of each, and who pays for the group."""

    reference: Mask
    organisations: Ints
    judging: Judging
    paid_by: PaidBy


def weigh_habit(habit: Habit, members: Ints, weighing: Weighing, *, as_one: bool) -> Weight:
    """Weigh one habit of the accounts of a group.

    Parameters
    ----------
    as_one
        Whether what decides it is the same for all, so that a group shows it as one account.

    Notes
    -----
    As one account a group has a habit where most of its accounts have it. Where a part of the exchanges makes the
    habit, the group is that one account with all that they ask together: honest accounts that give as large a part to
    it are counted, not those that pass a bar. So accounts that asked a few times each are judged by what they asked in
    all, and cover that leaves no account the habit leaves all of them the part; most must ask for it at all. Not so of
    a firm: its one product does the same at every request, so that its part is all or nothing. And of accounts that pay
    each for itself nearly all must have the habit: what only some users of a product ask they decide, and not the
    product. What one account shows is also the least that many show that are not as one.
    """
    weigh = habit.by_group or (partial(_thinned, habit, habit.part) if habit.part else partial(_counted, habit))
    found = weigh(members, weighing.reference, weighing.organisations, weighing.judging)
    if found is None:
        return Weight(habit, 0, len(members), 1.0, 1.0)
    weight = Weight(found.habit, found.shown_count, found.judged_count, found.honest_rate, found.probability)
    if habit.part and weighing.paid_by is not PaidBy.FIRM:
        together = _together(weight, habit.part, members, weighing)
        return together if as_one else min(weight, together, key=lambda one: one.probability)
    if not as_one:
        return weight
    is_shown = weight.shown_count >= _MOST * weight.judged_count
    return replace(weight, probability=max(weight.honest_rate, weight.probability) if is_shown else 1.0)


def _together(weight: Weight, part: Part, members: Ints, weighing: Weighing) -> Weight:
    """Weigh a group as one account, by what part of all that it asks gives it the habit."""
    asked_little = 2 * int((part.exchanges[members] >= part.fewest).sum()) < len(members)
    least = _NEARLY_ALL if weighing.paid_by is PaidBy.THEMSELVES else _MOST
    if weight.shown_count < _MOST * weight.judged_count and weighing.paid_by is not PaidBy.THEMSELVES:
        weight = _at_all(weight, part, members)
    if not asked_little and weight.shown_count < least * weight.judged_count:
        return replace(weight, probability=1.0)
    rate = part.rate_of_one(members, weighing.reference)
    return replace(weight, honest_rate=rate, probability=rate, together=part.together(members))


def _at_all(weight: Weight, part: Part, members: Ints) -> Weight:
    """Return a weight that tells of the members that ask for the kind at all, few of whom have the habit."""
    habit = replace(weight.habit, shown=part.counts > 0, seen=part.seen)
    return replace(weight, habit=habit, shown_count=int(habit.shown[members].sum()), judged_count=len(members))


def _thinned(  # noqa: PLR0913, PLR0917
    habit: Habit, part: Part, members: Ints, reference: Mask, organisations: Ints, judging: Judging
) -> Grouped | None:
    """Count who of a group has a habit that a part of the exchanges makes, and how many thinned honest accounts do."""
    honest, members = reference & (part.exchanges >= part.fewest), members[habit.judged[members]]
    shown = int(habit.shown[members].sum())
    if honest.sum() < judging.fewest_comparable or shown < FEWEST_SHOWING:
        return None
    rate = part.honest_rate(members, reference)
    alike = overdispersion_of(habit.shown[honest], organisations[honest], judging.least_overdispersion)
    return Grouped(habit, shown, len(members), rate, least_surprise(shown, len(members), rate, alike))


def _counted(habit: Habit, members: Ints, reference: Mask, organisations: Ints, judging: Judging) -> Grouped:
    """Count who of a group shows a habit, and among those believed honest."""
    honest, members = reference & habit.judged, members[habit.judged[members]]
    if honest.sum() < judging.fewest_comparable:
        return Grouped(habit, 0, len(members), 1.0, 1.0)
    rate = (float((honest & habit.shown).sum()) + 0.5) / (float(honest.sum()) + 1.0)
    shown = int(habit.shown[members].sum())
    if shown < FEWEST_SHOWING:
        return Grouped(habit, shown, len(members), rate, 1.0)
    alike = overdispersion_of(habit.shown[honest], organisations[honest], judging.least_overdispersion)
    return Grouped(habit, shown, len(members), rate, least_surprise(shown, len(members), rate, alike))
