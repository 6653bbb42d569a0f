"""Windows of one workload's prompts, and how unlike its own honest past a window is. It ranks, and never decides.

"Unlike honest traffic" is no evidence about an account: honest customers differ too much from each other. The test is
for a stream of one workload whose honest past is at hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.errors import WindowIncomparable

FEWEST_HELD = 20
_ROOM = 1.1  # a window may be a tenth larger than those that it is compared with
Rows = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Some prompts, as their number and the sums of what `marks.described` says of each."""

    count: int
    sums: npt.NDArray[np.int64]

    def __add__(self, other: "Window") -> "Window":
        """Return both windows as one."""
        return Window(self.count + other.count, self.sums + other.sums)


def window_of(rows: Rows) -> Window:
    """Return the window of prompts that are described by one row each."""
    return Window(len(rows), rows.sum(axis=0, dtype=np.int64))


def cut_windows(rows: Rows, size: int) -> list[Window]:
    """Return windows of `size` prompts one after the other, in the order given; a rest that is smaller is left out.

    In the order of time, the windows differ as much as the stream does from one time to the next.
    """
    return [window_of(rows[at : at + size]) for at in range(0, len(rows) - size + 1, size)]


@dataclass(frozen=True)
class HonestPast:
    """What is known of a stream's honest prompts: their mean, how they scatter, and how far honest windows strayed."""

    mean: Floats
    whitening: Floats
    size: int
    strayed: Floats

    def distance(self, window: Window) -> float:
        """Return Hotelling's T squared of the window's mean, with the scatter shrunk."""
        return float(window.count * np.square((window.sums / window.count - self.mean) @ self.whitening).sum())

    def p_value(self, window: Window) -> float:
        """Return how often an honest window is as far from the honest mean.

        It is a rank among the windows held back, so none is smaller than one in one more than their number.

        Raises
        ------
        WindowIncomparable
            The window is empty, or more than a tenth larger than the smallest window that was held back: how far
            windows stray grows with their size where the stream itself changes.
        """
        if not 0 < window.count <= self.size * _ROOM:
            raise WindowIncomparable(f"{window.count} prompts, and an honest window of {self.size}")
        as_far = len(self.strayed) - int(np.searchsorted(self.strayed, round(self.distance(window), 9)))
        return (1 + as_far) / (1 + len(self.strayed))


def learn_past(learned: Rows, held: Sequence[Window]) -> HonestPast:
    """Return the honest past of a stream.

    Parameters
    ----------
    learned
        Prompts of an honest part of the stream, one row each.
    held
        Windows of another honest part, from which nothing else is learned. Their number bounds how small a p-value can
        get, so a threshold of 1 % wants 100; overlapping windows count less than their number.

    Raises
    ------
    WindowIncomparable
        Fewer than `FEWEST_HELD` windows are held back, or one of them is empty.

    Notes
    -----
    The covariance is shrunk towards that of independent dimensions, as far as chance alone would have it.

    References
    ----------
    Hotelling (1931), The Generalization of Student's Ratio. Ledoit and Wolf (2004), A Well-Conditioned Estimator for
    Large-Dimensional Covariance Matrices.

    Examples
    --------
    >>> rows = np.random.default_rng(1).integers(0, 99, (9000, 3)).astype(np.int16)
    >>> past = learn_past(rows[:3000], cut_windows(rows[3000:8000], 50))
    >>> honest, other = window_of(rows[8000:8050]), window_of(rows[8000:8050] + np.int16(20))
    >>> past.p_value(honest) > 0.01, past.p_value(other) < 0.01
    (True, True)
    """
    size = min((window.count for window in held), default=0)
    if len(held) < FEWEST_HELD or not size or len(learned) < 2:
        raise WindowIncomparable(f"{len(held)} honest windows of {size} prompts, after {len(learned)} learned")
    mean, whitening = learned.mean(axis=0, dtype=float), _whitening(learned.astype(float))
    past = HonestPast(mean, whitening, size, np.empty(0))
    return HonestPast(mean, whitening, size, np.sort([round(past.distance(window), 9) for window in held]))


def _whitening(rows: Floats) -> Floats:
    """Return the matrix under which rows have, after shrinking, scatter 1 in every direction."""
    scale = rows.std(axis=0)
    # what never varied among the learned prompts is measured in its own unit
    scale[scale == 0] = 1.0
    given = (rows - rows.mean(axis=0)) / scale
    # einsum adds up in one order, whatever the threads
    scatter = np.einsum("ij,ik->jk", given, given) / len(given)
    apart = np.square(scatter - np.eye(len(scatter))).sum()
    squares = np.einsum("ij,ij->i", given, given)
    chance = (np.square(squares).sum() / len(given) - np.square(scatter).sum()) / len(given)
    share = min(1.0, float(chance / apart)) if apart > 0 else 1.0
    shrunk = (1 - share) * scatter + share * np.eye(len(scatter))
    return np.asarray(np.linalg.cholesky(np.linalg.inv(shrunk)) / scale[:, None])
