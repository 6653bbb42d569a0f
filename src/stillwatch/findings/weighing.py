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
    if habit.part and weighing.paid_by is not PaidBy.FIRM:
        return _weigh_part(habit, habit.part, members, weighing, as_one=as_one)
    weight = _weigh_many(habit, members, weighing)
    if not as_one:
        return weight
    is_shown = weight.shown_count >= _MOST * weight.judged_count
    return replace(weight, probability=max(weight.honest_rate, weight.probability) if is_shown else 1.0)


def _weigh_many(habit: Habit, members: Ints, weighing: Weighing) -> Weight:
    """Weigh by how many accounts show the habit: more than half of all, judged or not.

    What fewer do is no habit of the group, however rare it is: everybody in it would be named for what some do. Of
    accounts that asked little it is half of as many as would show it, had all of them the habit.
    """
    weigh = habit.by_group or (partial(_thinned, habit, habit.part) if habit.part else partial(count_showing, habit))
    found = weigh(members, weighing.reference, weighing.organisations, weighing.judging)
    if found is None:
        return Weight(habit, 0, len(members), 1.0, 1.0)
    expected = habit.part.expected(members) if habit.part else len(members)
    probability = found.probability if found.shown_count > _MOST * expected else 1.0
    return Weight(found.habit, found.shown_count, found.judged_count, found.honest_rate, probability)


def _weigh_part(habit: Habit, part: Part, members: Ints, weighing: Weighing, *, as_one: bool) -> Weight:
    """Weigh a habit that a part of the exchanges makes: by the accounts that have it, that ask so at all, and together.

    Of accounts that pay each for itself, by those that have it.
    """
    having = at_all = _weigh_many(habit, members, weighing)
    if weighing.paid_by is PaidBy.THEMSELVES:
        return _together(having, part, members, weighing, _NEARLY_ALL)
    if part.seen is not None:
        at_all = _weigh_many(_at_all(habit, part, part.seen), members, weighing)
    most_have_it = having.shown_count >= _MOST * having.judged_count
    together = _together(having if most_have_it else at_all, part, members, weighing, _MOST)
    return together if as_one else min(having, at_all, together, key=lambda one: one.probability)


def _at_all(habit: Habit, part: Part, seen: str) -> Habit:
    """Return the habit of asking so at all: behind much cover, few have what makes the habit.

    Whoever asks by the thousand asks anything once, so that it is one exchange in a hundred at the least.
    """
    seldom = replace(part, least=_one_in_a_hundred)
    return replace(habit, shown=seldom.shown, seen=seen, part=seldom)


def _one_in_a_hundred(exchanges: Ints) -> Ints:
    return np.asarray((exchanges + 99) // 100)


def _together(weight: Weight, part: Part, members: Ints, weighing: Weighing, least: float) -> Weight:
    """Weigh a group as one account, by what part of all that it asks is of the kind.

    Where most asked enough, `least` is the share of its accounts of which the weight must tell; else more than half of
    as many as would be seen to must ask for it at all, for one busy account would speak for all. Too few comparable
    honest accounts say nothing.
    """
    asked_little = 2 * int((part.exchanges[members] >= part.fewest).sum()) < len(members)
    few = (part.counts[members] > 0).sum() <= _MOST * replace(part, least=np.ones_like).expected(members)
    if few if asked_little else weight.shown_count < least * weight.judged_count:
        return replace(weight, probability=1.0)
    if (weighing.reference & (part.exchanges >= part.fewest)).sum() < weighing.judging.fewest_comparable:
        return replace(weight, probability=1.0)
    rate = part.rate_of_one(members, weighing.reference)
    return replace(weight, honest_rate=rate, probability=rate, together=part.together(members))


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


def count_showing(habit: Habit, members: Ints, reference: Mask, organisations: Ints, judging: Judging) -> Grouped:
    """Count who of a group shows a habit, and among those believed honest; say how often an honest group shows it."""
    honest, members = reference & habit.judged, members[habit.judged[members]]
    if honest.sum() < judging.fewest_comparable:
        return Grouped(habit, 0, len(members), 1.0, 1.0)
    rate = (float((honest & habit.shown).sum()) + 0.5) / (float(honest.sum()) + 1.0)
    shown = int(habit.shown[members].sum())
    if shown < FEWEST_SHOWING:
        return Grouped(habit, shown, len(members), rate, 1.0)
    alike = overdispersion_of(habit.shown[honest], organisations[honest], judging.least_overdispersion)
    return Grouped(habit, shown, len(members), rate, least_surprise(shown, len(members), rate, alike))
