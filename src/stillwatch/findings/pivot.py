"""Weighs how a group of accounts turned to a model against how the public did: to a new one, or back to an old one."""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.findings.habits import Grouped, Habit
from stillwatch.findings.numerals import instant
from stillwatch.findings.settings import Judging
from stillwatch.findings.statement import Pivot
from stillwatch.findings.surprise import least_surprise
from stillwatch.findings.turns import Turn, Turns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_ALIKE = np.linspace(0.005, 0.995, 100)
_SMALLEST = 2.0**-1000  # whatever is rarer can still be divided by
_FEWEST_STEP = 20  # the best rising curve leaps at its end, where a few accounts decide; so no step is of so few
_FEWEST_MOVED = 2  # what one account does is no habit of a group

# of turning to a released model, and of turning back
_NAMES = ("early adoption", "retreat")
_SEEN = ("turn to a new model sooner than the public", "turn back to an older model together")
_HONEST = (
    ("release day, when honest accounts also move", "a firm that follows every release in all its accounts"),
    ("a firm that changes the model in the settings of all its accounts", "a fault of a newer model, or its price"),
)
_EVASION = (
    "moving to the new model as slowly as the public does",
    "turning back account by account, over as long as the public would need",
)


@dataclass(frozen=True)
class Turned:
    """How a group turned to a model, and what the public would have done in its place.

    Attributes
    ----------
    rate
        How often an account of the public had turned, at the times when the group's accounts asked last (0-1).
    ratio
        How much likelier so many are of one operator than of an honest group.
    probability
        How often as many of an honest group turn, in any turn of the kind.
    """

    turn: Turn
    moved_count: int
    judged_count: int
    rate: float
    ratio: float
    probability: float

    @property
    def expected_count(self) -> float:
        """How many of as many honest accounts would have turned."""
        return self.rate * self.judged_count

    @property
    def bits(self) -> float:
        """How surprising the turn is of an honest group."""
        return -math.log2(self.probability)


def weigh_turn(turn: Turn, members: Ints, honest: Mask, firms: Ints, judging: Judging) -> Turned | None:
    """Weigh one turn of a group; None where too few accounts of the group, or of the public, can be judged by it.

    Parameters
    ----------
    honest
        Which accounts are believed honest.
    firms
        Which accounts belong to one firm, as a number for each; -1 where none is known.
    """
    public, members = honest & turn.judged, members[turn.judged[members]]
    moved = int(turn.moved[members].sum())
    if moved < _FEWEST_MOVED or public.sum() < judging.fewest_comparable:
        return None
    rates = public_rates(turn, public)
    alike = _alikeness(turn, public, rates, firms, judging.least_overdispersion)
    rate = float(rates[members].mean())
    probability = min(1.0, turn.looks * least_surprise(moved, len(members), rate, alike))
    return Turned(turn, moved, len(members), rate, likelihood_ratio(moved, len(members), rate, alike), probability)


def _alikeness(turn: Turn, public: Mask, rates: Floats, firms: Ints, least: float) -> float:
    """Return how alike firms turn; it is the same for all groups that are held against one public, and learned once."""
    known = hashlib.sha256(b"".join((public.tobytes(), firms.tobytes(), repr(least).encode()))).digest()
    if known not in turn.alike:
        turn.alike[known] = alikeness(turn.moved[public], rates[public], firms[public], least)
    return turn.alike[known]


def turning_habits(turns: Turns) -> tuple[Habit, ...]:
    """Return the habits of groups that turn to a model: early adoption and retreat."""
    return tuple(_habit(turns, back=back) for back in (False, True) if any(one.back is back for one in turns.turns))


def pivots_of(turns: Turns, members: Ints, honest: Mask, organisations: Ints, judging: Judging) -> tuple[Pivot, ...]:
    """Return the turns that few honest groups show: to each released model, and the strongest one back.

    Few is the share of reports that may be false, `false_discovery_rate`.
    """
    firms = turns.firms(organisations)
    weighed = [weigh_turn(one, members, honest, firms, judging) for one in turns.turns]
    told = [one for one in weighed if one is not None and one.probability <= judging.false_discovery_rate]
    back = sorted((one for one in told if one.turn.back), key=lambda one: one.probability)[:1]
    return tuple(_pivot(one) for one in (*(one for one in told if not one.turn.back), *back))


def _pivot(turned: Turned) -> Pivot:
    turn, counts = turned.turn, (turned.moved_count, turned.judged_count)
    share, bits = round(turned.moved_count / turned.judged_count, 6), round(turned.bits, 3)
    return Pivot(turn.model, turn.from_at, share, round(turned.rate, 6), bits, turn.back, *counts)


def _habit(turns: Turns, *, back: bool) -> Habit:
    own = [one for one in turns.turns if one.back is back]

    def weigh(members: Ints, honest: Mask, organisations: Ints, judging: Judging) -> Grouped | None:
        firms = turns.firms(organisations)
        weighed = [one for turn in own if (one := weigh_turn(turn, members, honest, firms, judging)) is not None]
        best = min(weighed, key=lambda one: one.probability, default=None)
        return None if best is None else _grouped(best)

    judged, moved = (np.logical_or.reduce([getattr(one, name) for one in own]) for name in ("judged", "moved"))
    return Habit(_NAMES[back], "model", judged, moved, _SEEN[back], _HONEST[back], _EVASION[back], "true",
                 by_group=weigh, of_product=True)  # fmt: skip


def _grouped(turned: Turned) -> Grouped:
    turn = turned.turn
    until = f"by their latest request {'of' if turn.back else 'within 24 h from'} {instant(turn.from_at)}"
    likelier = f"{turned.ratio:,.0f} times likelier of one operator than of an honest group"
    seen = f"had turned {'back ' if turn.back else ''}to {turn.model} {until}; of as many honest accounts "
    seen += f"{turned.expected_count:.1f} would have: it is {likelier}"
    begins = f"make_timestamp({int(turn.from_at.timestamp() * 1e6)})"
    # the digest, as a name may hold any quotes
    named = f"md5(model) = '{hashlib.md5(turn.model.encode(), usedforsecurity=False).hexdigest()}'"
    examples = f"{named} AND asked >= {begins} AND asked < {begins} + INTERVAL 24 HOURS"
    back = turn.back
    habit = Habit(_NAMES[back], "model", turn.judged, turn.moved, seen, _HONEST[back], _EVASION[back], examples)
    return Grouped(habit, turned.moved_count, turned.judged_count, turned.rate, turned.probability)


def public_rates(turn: Turn, public: Mask) -> Floats:
    """Return for each account how likely one of the public has turned by the hour of its latest request (0-1).

    To a released model the public turns for good, more and more as hours go by: the curve that rises and fits what each
    account was seen to ask last. Turning back has no such origin: one rate for all. Half an account is added to each
    step (Jeffreys), so that no rate is 0 or 1.

    References
    ----------
    Ayer, Brunk, Ewing, Reid and Silverman (1955), An Empirical Distribution Function for Sampling with Incomplete
    Information: pooling of adjacent violators, for what is known of each at one instant only.
    """
    if turn.hours is None:
        return np.full(len(public), (turn.moved[public].sum() + 0.5) / (public.sum() + 1.0))
    hours, order = turn.hours[public], np.argsort(turn.hours[public], kind="stable")
    steps = _rising(turn.moved[public][order])
    place = np.searchsorted(hours[order], turn.hours, side="right") - 1
    return np.where(np.isfinite(turn.hours), steps[np.maximum(place, 0)], np.nan)


def alikeness(moved: Mask, rates: Floats, firms: Ints, least: float) -> float:
    """Return how alike accounts of one honest firm turn: the overdispersion of a beta-binomial, 0-1 exclusive.

    Begins at a beta distribution with mean `least`, learns from every firm of two accounts or more, and gives the mean
    of what is then believed. Where no firm is known it stays `least`.
    """
    belief = (1.0 / least - 2.0) * np.log1p(-_ALIKE)
    names, numbers, sizes = np.unique(firms, return_inverse=True, return_counts=True)
    several = np.flatnonzero((sizes >= 2) & (names >= 0))
    counts = np.bincount(numbers, weights=moved, minlength=len(names))[several].astype(np.int64)
    expected = np.bincount(numbers, weights=rates, minlength=len(names))[several]
    for shown, judged, mean in zip(counts.tolist(), sizes[several].tolist(), expected / sizes[several], strict=True):
        belief += _log_group(shown, judged, mean, _ALIKE)
    weights = np.exp(belief - belief.max())
    return float(_ALIKE @ weights / weights.sum()) if len(several) else least


def likelihood_ratio(moved: int, judged: int, rate: float, alike: float) -> float:
    """Return how much likelier so many moved accounts are of one operator than of an honest group.

    Of one operator, any rate from the public's up to 1 is as likely as another. An honest group keeps the public's rate
    on average, and its number is beta-binomial.

    Examples
    --------
    >>> round(likelihood_ratio(9, 10, 0.2, 0.1)), round(likelihood_ratio(9, 10, 0.2, 0.5), 1)
    (103, 3.8)
    """
    # of all rates above, the mean is the chance that a beta variable lies above: a sum of binomial terms
    above = math.fsum(math.exp(_log_binomial(count, judged + 1, rate)) for count in range(moved + 1))
    likely = above / ((judged + 1) * (1.0 - rate))
    return likely / max(_SMALLEST, math.exp(_log_group(moved, judged, rate, np.array([alike]))[0]))


def _rising(moved: Mask) -> Floats:
    """Return the rising steps that fit best, each of `_FEWEST_STEP` accounts at the least, half an account added."""
    steps: list[tuple[int, int]] = []  # accounts moved, accounts
    for some in np.array_split(moved, max(1, len(moved) // _FEWEST_STEP)):
        steps.append((int(some.sum()), len(some)))
        while len(steps) > 1 and steps[-2][0] * steps[-1][1] >= steps[-1][0] * steps[-2][1]:
            (late, late_count), (early, early_count) = steps.pop(), steps.pop()
            steps.append((early + late, early_count + late_count))
    shown, counts = np.array(steps, float).T
    # half an account moves a small step more than a large one: the curve is kept from falling
    return np.repeat(np.maximum.accumulate((shown + 0.5) / (counts + 1.0)), counts.astype(np.int64))


def _log_group(moved: int, judged: int, rate: float, alike: Floats) -> Floats:
    """Return the logarithm of the beta-binomial chance of so many, for each overdispersion."""
    spread = (1.0 - alike) / alike
    a, b = rate * spread, (1.0 - rate) * spread
    up, down, every = (_log_rising(*one) for one in ((a, moved), (b, judged - moved), (spread, judged)))
    return np.asarray(_log_choices(judged, moved) + up + down - every, np.float64)


def _log_rising(first: Floats, count: int) -> Floats:
    """Return the logarithm of first * (first + 1) * ... of so many factors."""
    return np.asarray(np.log(first[:, None] + np.arange(count)).sum(axis=1), np.float64)


def _log_binomial(count: int, judged: int, rate: float) -> float:
    return _log_choices(judged, count) + count * math.log(rate) + (judged - count) * math.log1p(-rate)


def _log_choices(judged: int, chosen: int) -> float:
    return math.lgamma(judged + 1) - math.lgamma(chosen + 1) - math.lgamma(judged - chosen + 1)
