"""Judges single accounts that harvest at scale: campaigns of one, with a bound of their own."""

from collections.abc import Sequence

import numpy as np

from stillwatch.campaigns.gather import Gathered
from stillwatch.findings.habits import Habit, Mask, Sums
from stillwatch.findings.judge import Judged
from stillwatch.findings.settings import Judging
from stillwatch.findings.surprise import combined
from stillwatch.findings.weighing import Weight


def judge_solos(
    sums: Sums, gathered: Gathered, habits: Sequence[Habit], judging: Judging, apart: Mask
) -> tuple[Judged, ...]:
    """Return the accounts that harvest at scale and round the clock, of those that are in no reported group.

    A researcher with a benchmark harvests and is honest: so an account must ask for at least `solo_fewest_exchanges`,
    on at least `solo_fewest_days`, without the rhythm of people. It is then ranked among the reference accounts: how
    many harvest as much, and how many are as steady. Where several others harvest at such a scale, steadiness is ranked
    among them, for it comes with scale. Whoever is in a group that was cleared is ranked among its other accounts too:
    they are taken for honest, and what many of them do is no campaign of one.

    Parameters
    ----------
    apart
        Which accounts are in no reported group.
    """
    named = {one.name: one for one in habits}
    if not {"round the clock", "harvest intents"} <= named.keys():
        return ()
    clock, intents = named["round the clock"], named["harvest intents"]
    suspects = np.flatnonzero(clock.shown & intents.shown & looked_at(sums, judging, apart))
    return tuple(_judge(int(one), sums, gathered, (intents, clock), judging) for one in suspects)


def looked_at(sums: Sums, judging: Judging, apart: Mask) -> Mask:
    """Return which accounts ask for enough to be a campaign of one, and are in no reported group."""
    large = (sums.exchanges >= judging.solo_fewest_exchanges) & (sums.harvest_days >= judging.solo_fewest_days)
    return apart & large


def asks_too_little(group: Judged, sums: Sums, judging: Judging) -> bool:
    """Return whether a group is openly one customer, and asks for too little to be a campaign of one.

    One card and one name are one customer with some keys: that they agree is no surprise, and a researcher, an
    examination board or a translator that harvests for an afternoon is honest with six keys as with one.
    """
    return group.is_one_firm and bool(sums.exchanges[group.accounts].sum() < judging.solo_fewest_exchanges)


def in_no_reported(groups: Sequence[Judged], reported: Sequence[bool], count: int) -> Mask:
    """Return which of `count` accounts are in no group that may be reported.

    A group that is cleared hides none: whoever ties itself to honest accounts is judged by itself.
    """
    apart = np.ones(count, bool)
    for one, report in zip(groups, reported, strict=True):
        apart[one.accounts] &= not report
    return apart


def _judge(account: int, sums: Sums, gathered: Gathered, habits: tuple[Habit, Habit], judging: Judging) -> Judged:
    intents, clock = habits
    own = gathered.groups[account]
    others = gathered.reference | ((gathered.groups == own) & (own >= 0))
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
