"""Judges single accounts that harvest at scale: campaigns of one, with a bound of their own."""

from collections.abc import Sequence

import numpy as np

from stillwatch.campaigns.gather import Gathered
from stillwatch.findings.habits import Habit, Mask, Sums
from stillwatch.findings.judge import Judged, Weight
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined


def judge_solos(sums: Sums, gathered: Gathered, habits: Sequence[Habit], judging: Judging) -> tuple[Judged, ...]:
    """Return the accounts of no group that harvest at scale and round the clock.

    A researcher with a benchmark harvests and is honest: so an account must ask for at least `solo_fewest_exchanges`,
    on at least `solo_fewest_days`, without the rhythm of people. It is then ranked among the reference accounts: how
    many harvest as much, and how many are as steady. Where several others harvest at such a scale, steadiness is ranked
    among them, for it comes with scale.
    """
    named = {one.name: one for one in habits}
    if not {"round the clock", "harvest intents"} <= named.keys():
        return ()
    clock, intents = named["round the clock"], named["harvest intents"]
    large = (sums.exchanges >= judging.solo_fewest_exchanges) & (sums.harvest_days >= judging.solo_fewest_days)
    suspects = np.flatnonzero((gathered.groups < 0) & clock.shown & intents.shown & large)
    return tuple(_judge(int(one), sums, gathered.reference, (intents, clock), judging) for one in suspects)


def _judge(account: int, sums: Sums, reference: Mask, habits: tuple[Habit, Habit], judging: Judging) -> Judged:
    intents, clock = habits
    others = reference.copy()
    others[account] = False
    alike = others & intents.shown & (sums.exchanges >= judging.solo_fewest_exchanges)
    comparable = alike if alike.sum() >= judging.fewest_comparable else others & clock.judged
    as_much = _as_rare(others, intents.shown & (sums.harvest >= sums.harvest[account]))
    as_steady = _as_rare(comparable, sums.rhythm <= sums.rhythm[account])
    weights = (Weight(intents, 1, 1, as_much, as_much), Weight(clock, 1, 1, as_steady, as_steady))
    return Judged(np.array([account]), weights, 0.0, combined([as_much, as_steady]))


def _as_rare(others: Mask, like: Mask) -> float:
    """Return the share of accounts that are like this one, itself counted."""
    return (float((others & like).sum()) + 1.0) / (float(others.sum()) + 1.0)
