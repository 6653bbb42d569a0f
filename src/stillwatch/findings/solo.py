"""Judges single accounts that harvest at scale: campaigns of one, with a bound of their own."""

from collections.abc import Sequence

import numpy as np

from stillwatch.findings.habits import Habit, Mask
from stillwatch.findings.judge import Ints, Judged, Weight
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined


def judge_solos(
    exchanges: Ints, harvested: Ints, reference: Mask, habits: Sequence[Habit], judging: Judging
) -> tuple[Judged, ...]:
    """Return the accounts that harvest more than all but very few honest ones, and by more than one family.

    A researcher with a benchmark harvests and is honest: so an account must ask for at least `solo_fewest_exchanges`, must
    harvest in more exchanges than nearly every reference account, and must do so round the clock as well.

    Parameters
    ----------
    exchanges, harvested
        For each account, its exchanges and those of them that harvest.
    """
    clock = next(one for one in habits if one.name == "round the clock")
    intents = next(one for one in habits if one.name == "harvest intents")
    suspects = np.flatnonzero(
        reference & clock.shown & intents.shown & (exchanges >= judging.solo_fewest_exchanges)
    )
    return tuple(_judge(int(one), harvested, reference, clock, intents) for one in suspects)


def _judge(account: int, harvested: Ints, reference: Mask, clock: Habit, intents: Habit) -> Judged:
    others = reference.copy()
    others[account] = False
    as_much = others & intents.shown & (harvested >= harvested[account])
    volume = (float(as_much.sum()) + 1.0) / (float(others.sum()) + 1.0)
    harvesting = others & intents.shown
    steady = (float((harvesting & clock.shown).sum()) + 0.5) / (float(harvesting.sum()) + 1.0)
    weights = (Weight(intents, 1, 1, volume, volume), Weight(clock, 1, 1, steady, steady))
    return Judged(np.array([account]), weights, 0.0, combined([volume, steady]))
