"""Learns which conversations of a campaign are jobs and which are cover, from how often each shows what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_ROUNDS = 200
_SETTLED = 1e-6
_SMOOTHING = 0.5
_HONEST = 2.0  # times that honest traffic counts as much as a campaign's own, in what cover is told by
# Of the prompts that harvest the intent model finds a third, so at least half as large a share of the jobs has a seed.
# Where fewer have, the jobs are what this cover has and honest traffic on the whole has not: it may then differ more.
_FEWEST_SEEDED, _LESS_HONEST = 1 / 6, 0.5
_LEAK = 0.001  # what a conversation without a seed counts as a job at first; more would drown few seeds in much cover


@dataclass(frozen=True)
class Kinds:
    """The kinds of exchanges there are, one of each combination of features.

    Attributes
    ----------
    levels
        For each feature the number of its value in each kind. Features are taken for independent of each other.
    later
        Whether a kind is of turns that continue a conversation. Turns that open one and turns that continue it are
        described apart, and how many there are of each says nothing.
    honest
        How many of the honest exchanges are of each kind.
    """

    levels: Sequence[Ints]
    later: npt.NDArray[np.bool_]
    honest: Floats


@dataclass(frozen=True)
class Mixture:
    """What was learned: the log odds that a conversation is a job, and what an exchange of each kind adds to them.

    `opened` is of conversations whose opening turn is known, `unopened` of the others: later turns say little, and what
    is believed of whole conversations need not hold for them.
    """

    opened: float
    unopened: float
    kinds: Floats


def learn_mixture(kinds: Kinds, talk: Ints, kind: Ints, seeded: npt.NDArray[np.bool_]) -> Mixture:
    """Learn by expectation-maximisation how jobs and cover differ.

    The two sides are tied down at different ends, so that they cannot change places. Cover is distributed as honest
    traffic is, which counts twice as much as all of the campaign's own: were it less, jobs without a template of their
    own would be taken for a cover that nobody has. What else is cover says how this cover differs, for it comes from
    some kinds of people and not from all. Jobs begin as the conversations with a seed, which are counted
    once more in every round, whatever they are told to be. Without any seed, all begins as either. Where hardly any of
    what is then told to be a job has a seed, all is learned again with honest traffic counting half as much.

    A conversation is told as a whole. What opens it counts in full; the turns after it resemble each other, so what
    they add is the square root of their number, times their mean.

    Parameters
    ----------
    talk, kind, seeded
        Of each of the members' exchanges the number of its conversation, counted from 0, and of its kind; and whether
        it looks like a job by itself.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum Likelihood from Incomplete Data via the EM Algorithm.
    """
    later = kinds.later[kind]
    opened, follows = np.bincount(talk, ~later) > 0, np.maximum(np.bincount(talk, later), 1)
    seeds = np.bincount(talk, weights=seeded) > 0
    job = np.where(seeds, 1 - _LEAK, _LEAK if seeds.any() else 0.5)
    tied = np.bincount(kind, seeds[talk], len(kinds.honest)).astype(np.float64)
    start = _Start(opened, follows, job, tied)
    learned, jobs = _settled(kinds, talk, kind, start, _HONEST)
    if 0 < seeds.sum() < _FEWEST_SEEDED * jobs:
        learned, _ = _settled(kinds, talk, kind, start, _LESS_HONEST)
    return learned


@dataclass(frozen=True)
class _Start:
    """What is known of conversations at first; `tied` counts the exchanges of those with a seed by their kind."""

    opened: npt.NDArray[np.bool_]
    follows: Ints
    job: Floats
    tied: Floats


def _settled(kinds: Kinds, talk: Ints, kind: Ints, start: _Start, times: float) -> tuple[Mixture, float]:
    """Return what is learned where honest traffic counts so many times as much, and how many conversations are jobs."""
    opened, follows, job = start.opened, start.follows, start.job
    later = kinds.later[kind]
    honest = kinds.honest * (times * len(kind) / max(kinds.honest.sum(), 1.0))
    for _ in range(_ROUNDS):
        ours, others = (np.bincount(kind, some[talk], len(kinds.honest)) for some in (job, 1 - job))
        odds = _odds(kinds, ours + start.tied, others + honest)
        learned = Mixture(_prior(job[opened]), _prior(job[~opened]), odds)
        prior = np.where(opened, learned.opened, learned.unopened)
        opening, added = (np.bincount(talk, odds[kind] * some) for some in (~later, later))
        before, job = job, 1 / (1 + np.exp(-np.clip(prior + opening + added / np.sqrt(follows), -50, 50)))
        if np.abs(job - before).max(initial=0.0) < _SETTLED:
            break
    return learned, float(job.sum())


def _prior(job: Floats) -> float:
    share = (job.sum() + _SMOOTHING) / (len(job) + 2 * _SMOOTHING)
    return float(np.log(share / (1 - share)))


def _odds(kinds: Kinds, jobs: Floats, cover: Floats) -> Floats:
    """Return for each kind the log of how much more often jobs are of it than cover, of turns as late."""
    total = np.zeros(len(jobs))
    for level in kinds.levels:
        for some in (kinds.later, ~kinds.later):
            wanted, shown = (
                np.bincount(level[some], side[some], int(level.max(initial=-1)) + 1) + _SMOOTHING
                for side in (jobs, cover)
            )
            total[some] += np.log(wanted / wanted.sum() / (shown / shown.sum()))[level[some]]
    return total
