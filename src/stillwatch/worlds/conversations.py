"""A world as it is recorded, batch by batch, and the open conversations that its later requests carry along."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.worlds.calendar import DAY_US


@dataclass(frozen=True)
class Recorded:
    """A batch of a world, in the order of time, with what a log of whole conversations needs beside the table.

    Parameters
    ----------
    exchanges
        Rows of the table `exchanges`.
    talks
        The conversation that each row belongs to, whichever account carries it on.
    replies
        The answer of each row (`large_string`), also where the call failed and `response_text` is null.
    openings
        -1, or which of the frameworks' fixed first message pairs opens the conversation.
    lasts
        Whether the conversation is known to end here, so that nothing of it need be kept.
    """

    exchanges: pa.RecordBatch
    talks: npt.NDArray[np.uint64]
    replies: pa.Array
    openings: npt.NDArray[np.int8]
    lasts: npt.NDArray[np.bool_]


class Turn(NamedTuple):
    """What was asked once in a conversation, what was answered, and when (microseconds since 1970)."""

    asked: str
    answered: str
    at_us: int = 0


class Conversations:
    """The conversations that may still go on. One that was idle for `idle_us` of the stream's time is forgotten."""

    def __init__(self, idle_us: int = DAY_US) -> None:
        self._idle_us = idle_us
        # in the order of their last turns, so that the idle ones stand first
        self._open: OrderedDict[int, list[Turn]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many conversations are held."""
        return len(self._open)

    def history(self, talk: int) -> Sequence[Turn]:
        """Return the turns so far, oldest first; none of a conversation that began before the stream."""
        return self._open.get(talk, ())

    def add(self, talk: int, turn: Turn, *, last: bool = False) -> None:
        """Carry a conversation on by a turn, which is the latest of all so far, or end it."""
        if last:
            self._open.pop(talk, None)
            return
        turns = self._open.get(talk)
        if turns is None:
            self._open[talk] = [turn]
        else:
            turns.append(turn)
            self._open.move_to_end(talk)
        while turn.at_us - next(iter(self._open.values()))[-1].at_us > self._idle_us:
            self._open.popitem(last=False)
