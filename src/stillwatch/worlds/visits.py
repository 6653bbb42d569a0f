"""A visit: one request as an account plans it, before its words are written."""

from typing import Any

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.calendar import SECOND_US, Instants
from stillwatch.worlds.text import shipped_grammar

# `seed` is the request's own; `words` its text's (alike where one prompt is asked again); `talk` the conversation's;
# `speaker` whose words they are; `group` what a class, an app or a campaign shares; `opening` the framework whose fixed
# first messages open the conversation, 0 for none; `last` whether it ends there; `unsigned` whether the signed
# reasoning of earlier turns is left out; `account` is counted by whoever gathers visits of several accounts.
VISIT = np.dtype([
    ("at", np.int64), ("seed", np.uint64), ("words", np.uint64), ("talk", np.uint64), ("speaker", np.uint64),
    ("group", np.uint64), ("system_seed", np.uint64), ("account", np.int32), ("says", np.int16), ("system", np.int16),
    ("turn", np.int16), ("opening", np.int8), ("typed", np.bool_), ("extraction", np.bool_), ("last", np.bool_),
    ("unsigned", np.bool_),
])  # fmt: skip
Visits = npt.NDArray[Any]
# whoever writes logs forgets a conversation that was idle for a day
_LONGEST_PAUSE_S = 80_000.0
LONGEST_TURNS = 60
NO_VISITS: Visits = np.zeros(0, VISIT)


def says(*symbols: str) -> npt.NDArray[np.int16]:
    """Return the numbers of grammar symbols."""
    numbers = shipped_grammar().numbers
    return np.array([numbers[symbol] for symbol in symbols], np.int16)


def draw_seeds(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint64]:
    """Draw 64-bit seeds."""
    return rng.integers(1, 2**64, count, dtype=np.uint64)


def single_visits(rng: np.random.Generator, at: Instants) -> Visits:
    """Plan requests that stand alone, one at each instant."""
    visits = np.zeros(len(at), VISIT)
    visits["at"], visits["seed"], visits["system"] = at, draw_seeds(rng, len(at)), -1
    visits["talk"] = visits["words"] = visits["seed"]
    visits["last"] = True
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
    lengths = np.minimum(rng.geometric(1 / turns, len(starts)), LONGEST_TURNS)
    visits = single_visits(rng, np.repeat(starts, lengths))
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    visits["turn"] = np.arange(len(visits)) - first
    visits["talk"] = visits["seed"][first]
    visits["last"] = visits["turn"] + 1 == np.repeat(lengths, lengths)
    pauses = np.minimum(gap_s * rng.lognormal(0.0, 0.8, len(visits)), _LONGEST_PAUSE_S)
    gaps = np.where(visits["turn"] > 0, pauses, 0.0)
    waited = np.cumsum(gaps)
    visits["at"] += ((waited - waited[first]) * SECOND_US).astype(np.int64)
    return visits


def while_whole(visits: Visits, kept: npt.NDArray[np.bool_]) -> Visits:
    """Keep of each conversation the turns before the first that is not kept, so that its history stays whole.

    Parameters
    ----------
    visits
        Those of one conversation one after another, in the order of its turns.
    """
    lost: npt.NDArray[np.int64] = np.cumsum(~kept)
    begun = np.maximum.accumulate(np.where(visits["turn"] == 0, np.arange(len(visits)), 0))
    before = lost[begun] - ~kept[begun]
    kept_visits: Visits = visits[lost == before]
    return kept_visits
