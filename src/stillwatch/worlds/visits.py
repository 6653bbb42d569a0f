"""A visit: one request as an account plans it, before its words are written."""

from typing import Any

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.calendar import SECOND_US, Instants
from stillwatch.worlds.text import shipped_grammar

# `seed` is the request's own; `words` its text's (alike where one prompt is asked again); `talk` the conversation's;
# `speaker` whose words they are; `group` what a class, an app or a campaign shares; `opening` a first turn that many
# conversations share, 0 for none.
VISIT = np.dtype([
    ("at", np.int64), ("seed", np.uint64), ("words", np.uint64), ("talk", np.uint64), ("speaker", np.uint64),
    ("group", np.uint64), ("opening", np.uint64), ("system_seed", np.uint64), ("says", np.int32), ("system", np.int32),
    ("turn", np.int32), ("device", np.int32), ("typed", np.bool_), ("extraction", np.bool_),
])  # fmt: skip
Visits = npt.NDArray[Any]


def says(*symbols: str) -> npt.NDArray[np.int32]:
    """Return the numbers of grammar symbols."""
    numbers = shipped_grammar().numbers
    return np.array([numbers[symbol] for symbol in symbols], np.int32)


def draw_seeds(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint64]:
    """Draw 64-bit seeds."""
    return rng.integers(1, 2**64, count, dtype=np.uint64)


def single_visits(rng: np.random.Generator, at: Instants) -> Visits:
    """Plan requests that stand alone, one at each instant."""
    visits = np.zeros(len(at), VISIT)
    visits["at"], visits["seed"], visits["system"] = at, draw_seeds(rng, len(at)), -1
    visits["talk"] = visits["words"] = visits["seed"]
    return visits


def talk_visits(rng: np.random.Generator, starts: Instants, *, turns: float, gap_s: float) -> Visits:
    """Plan conversations, one from each start: a geometric number of turns, log-normal gaps.

    Parameters
    ----------
    turns
        Mean turns of a conversation, at least 1.
    gap_s
        Median seconds from one turn to the next.
    """
    lengths = np.minimum(rng.geometric(1 / turns, len(starts)), 60)
    visits = single_visits(rng, np.repeat(starts, lengths))
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    visits["turn"] = np.arange(len(visits)) - first
    visits["talk"] = visits["seed"][first]
    gaps = np.where(visits["turn"] > 0, gap_s * rng.lognormal(0.0, 0.8, len(visits)), 0.0)
    waited = np.cumsum(gaps)
    visits["at"] += ((waited - waited[first]) * SECOND_US).astype(np.int64)
    return visits
