"""Judges candidates: coordination and extraction apart, each against what honest traffic shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from stillwatch.campaigns.gather import Gathered
from stillwatch.campaigns.membership import Standing
from stillwatch.findings.habits import FEWEST_SHOWING, Grouped, Habit, Mask
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined, least_surprise, overdispersion_of
from stillwatch.links.shown import Shown

Ints = npt.NDArray[np.int64]
CARD = "payment card"  # the trait
_PROVIDED = frozenset({"client", "identity", "money", "network"})  # what an operator provides its accounts with


@dataclass(frozen=True)
class Weight:
    """A habit of a group, with how often an honest group shows it, given the habits weighed before.

    `unstated` names those habits before that were too common to be evidence, and yet are given.
    """

    habit: Habit
    shown_count: int
    judged_count: int
    honest_rate: float
    probability: float
    unstated: tuple[str, ...] = ()

    @property
    def bits(self) -> float:
        """How surprising the habit is in an honest group."""
        return -math.log2(self.probability)


@dataclass(frozen=True)
class Firms:
    """What is known of who belongs together.

    Attributes
    ----------
    organisations
        Each account's declared organisation, as a number; -1 where none is.
    payers
        The card that pays for it and for others, as a number; -1 where there is none.
    paying
        Which accounts show a card at all.
    """

    organisations: Ints
    payers: Ints
    paying: Mask


def firms_of(shown: Shown, payers: Ints) -> Firms:
    """Return what is known of who belongs together; `payers` as `read_turns` gives them."""
    cards = [one.shown_count > 0 for one in shown.incidences if one.name == CARD]
    return Firms(shown.organisations, payers, cards[0] if cards else payers >= 0)


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
        for family in standing.families
        if np.median(standing.without(family)[rows]) > judging.stranger_probability
    )


def judge_group(  # noqa: PLR0913, PLR0917 - what a group is judged by, and against what
    accounts: Ints,
    gathered: Gathered,
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
    (docs/decisions/0022).

    Parameters
    ----------
    standing
        How accounts stand to the group, as `weigh_membership` tells.
    """
    gathered_by = families_needed(accounts, standing, judging)
    provided = _is_provided(accounts, standing, judging)
    habits = [one for one in habits if provided or not one.of_provided]
    pooled, firm = (told(accounts, standing, firms, judging) for told in (pays_from_a_pool, is_one_firm))
    always = firm or pay_for_themselves(accounts, firms)
    as_one = frozenset(
        one.name for one in habits if always or (one.of_product and not pooled) or one.family in gathered_by
    )
    weights = _chain(accounts, gathered.reference, habits, firms.organisations, judging, gathered_by, as_one)
    agreeing = float(np.median(standing.probability[standing.of(accounts)]))
    passing = [
        _weigh(one, accounts, gathered.reference, firms.organisations, judging, as_one=True).probability
        for one in habits
        if one.passes_on
    ]
    passes_on = min(passing, default=1.0) <= judging.false_discovery_rate
    return Judged(accounts, weights, agreeing, combined([one.probability for one in weights]), standing, passes_on)


def pays_from_a_pool(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    """Return whether several cards pay for a group, each for several accounts, that no name holds together.

    Most of those who pay at all pay so. One card for most is one firm's, however many names it serves; and one domain
    that few strangers have is its name.
    """
    shared = _accounts_of_cards(accounts, firms)
    several = 2 * shared.sum() > firms.paying[accounts].sum() and 2 * shared.max(initial=0) <= len(accounts)
    return bool(len(shared) >= 2 and several and not _is_named(accounts, standing, judging))


def is_one_firm(accounts: Ints, standing: Standing, firms: Firms, judging: Judging) -> bool:
    """Return whether a group is openly one customer: one card pays for most of it, and it has a name of its own."""
    widest = _accounts_of_cards(accounts, firms).max(initial=0)
    return bool(2 * widest > len(accounts)) and _is_named(accounts, standing, judging)


def pay_for_themselves(accounts: Ints, firms: Firms) -> bool:
    """Return whether most of a group pay, each with a card that pays for no other of them: customers of one product."""
    shared = int(_accounts_of_cards(accounts, firms).sum())
    return bool(2 * (int(firms.paying[accounts].sum()) - shared) > len(accounts))


def _accounts_of_cards(accounts: Ints, firms: Firms) -> Ints:
    """Return for how many accounts of a group each card pays, of cards that pay for two or more."""
    cards, counts = np.unique(firms.payers[accounts], return_counts=True)
    return np.asarray(counts[(cards >= 0) & (counts >= 2)])


def _is_named(accounts: Ints, standing: Standing, judging: Judging) -> bool:
    return _mostly_agrees(accounts, standing, frozenset({"identity"}), 1, judging)


def _is_provided(accounts: Ints, standing: Standing, judging: Judging) -> bool:
    """Return whether most accounts agree in two families of what an operator provides them with."""
    return _mostly_agrees(accounts, standing, _PROVIDED, 2, judging)


def _mostly_agrees(accounts: Ints, standing: Standing, families: frozenset[str], fewest: int, judging: Judging) -> bool:
    columns = [at for at, one in enumerate(standing.families) if one in families]
    speaking = standing.bits[standing.of(accounts)][:, columns] >= judging.least_evidence_bits
    return bool(2 * (speaking.sum(axis=1) >= fewest).sum() > len(accounts))


def _chain(  # noqa: PLR0913, PLR0917
    accounts: Ints,
    reference: Mask,
    habits: Sequence[Habit],
    organisations: Ints,
    judging: Judging,
    gathered_by: frozenset[str],
    as_one: frozenset[str],
) -> tuple[Weight, ...]:
    left, given = list(habits), np.ones(len(reference), bool)
    weights: list[Weight] = []
    unstated: tuple[str, ...] = ()
    while left:
        weighed = [
            _weigh(
                one,
                accounts[given[accounts]],
                reference & given,
                organisations,
                judging,
                as_one=one.name in as_one,
            )
            for one in left
        ]
        picked, best = max(
            ((one.habit.family in gathered_by and one.bits > 0, one) for one in weighed),
            key=lambda pair: (pair[0], pair[1].bits),
        )
        if best.bits >= judging.least_evidence_bits:
            weights.append(replace(best, unstated=unstated))
        elif not picked:
            break
        else:
            unstated = (*unstated, best.habit.name)
        given = given & best.habit.shown
        left = [one for one in left if one.family != best.habit.family]
    return tuple(weights)


def _weigh(  # noqa: PLR0913
    habit: Habit, members: Ints, reference: Mask, organisations: Ints, judging: Judging, *, as_one: bool
) -> Weight:
    """Weigh one habit; `as_one` where what decides it is the same for all, so that a group shows it as one account."""
    weigh = habit.by_group or partial(_counted, habit)
    found = weigh(members, reference, organisations, judging)
    if found is None:
        return Weight(habit, 0, len(members), 1.0, 1.0)
    shown, judged, rate, probability = (
        found.shown_count, found.judged_count, found.honest_rate, found.probability
    )  # fmt: skip
    if as_one:  # most of the others show what one account shows, or none of this is known of one
        probability = max(rate, probability) if 2 * shown >= judged else 1.0
    return Weight(found.habit, shown, judged, rate, probability)


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
