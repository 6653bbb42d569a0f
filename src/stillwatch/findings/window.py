"""Windows of one workload's prompts, and how unlike its own honest past a window is. It ranks, and never decides.

"Unlike honest traffic" is no evidence about an account: honest customers differ too much from each other. The test is
for a stream of one workload whose honest past is at hand.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.errors import WindowIncomparable
from stillwatch.findings.familiar import Familiar, Prompts, learn_by_parts, read_prompts
from stillwatch.findings.scatter import Scatter, Sums, scatter_of, sums_of
from stillwatch.marks.described import STYLE
from stillwatch.marks.meanings import MEANING_DIMENSIONS

DRAWN = 500  # windows drawn from the past: a p-value is at least one in one more
FEWEST_STRETCHES = 2
_ROOM = 1.1  # a window may be a tenth larger than those that it is compared with
# Values as near are one: a common word is a little rarer in one part of the past than in another.
_ALIKE_STRANGE = np.array([0.02, 0.1, 0.02, 0.1, 0.02])
_ALIKE_MANNER = np.concatenate([np.zeros(len(STYLE)), _ALIKE_STRANGE[:-1]])
_ALIKE_UNFAMILIAR = np.array([0.05, 0.02])
_PARTS = 1000  # scores are whole thousandths, so that sums are exact in any order
_ONE_SIDED = 2  # the last numbers of a prompt: what comes from elsewhere is unfamiliar, and never too familiar
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """Some prompts, as the sums of what a past says of their meaning and their manner. Windows of one past add up."""

    meaning: Sums
    manner: Sums

    @property
    def count(self) -> int:
        """Return the number of prompts."""
        return self.meaning.count

    def __add__(self, other: "Window") -> "Window":
        """Return both windows as one."""
        return Window(self.meaning + other.meaning, self.manner + other.manner)


def window_of(rows: Rows) -> Window:
    """Return the window of prompts that `HonestPast.describe` gives one row each."""
    return Window(sums_of(rows[:, :MEANING_DIMENSIONS]), sums_of(rows[:, MEANING_DIMENSIONS:]))


def cut_windows(rows: Rows, size: int) -> list[Window]:
    """Return windows of `size` prompts one after the other, in the order given; a rest that is smaller is left out."""
    return [window_of(rows[at : at + size]) for at in range(0, len(rows) - size + 1, size)]


@dataclass(frozen=True)
class Ranks:
    """Sorted values of the past, a column for each number, which scores are read from; and what is as good as equal."""

    values: Floats
    alike: Floats

    def normal(self, given: Floats) -> Floats:
        """Return normal scores: where in the past a value would stand, as a deviate of the normal distribution."""
        return self._score(given, np.array([NormalDist().inv_cdf(share) for share in self._shares()]))

    def exponential(self, given: Floats) -> Floats:
        """Return -log of the share of the past that lies above, so that few that are far out weigh much."""
        return self._score(given, -np.log1p(-self._shares()))

    def _shares(self) -> Floats:
        count = len(self.values)
        return (np.arange(2 * count + 1) / 2 + 0.5) / (count + 1)

    def _score(self, given: Floats, scores: Floats) -> Floats:
        sides = [
            np.searchsorted(known, column - alike, "left") + np.searchsorted(known, column + alike, "right")
            for known, column, alike in zip(self.values.T, given.T, self.alike, strict=True)
        ]
        return np.asarray(scores[np.array(sides, int).T])


def ranks_of(values: Floats, alike: Floats) -> Ranks:
    """Return the ranks that some values have among each other, column by column."""
    return Ranks(np.sort(values, axis=0), alike)


@dataclass(frozen=True)
class HonestPast:
    """A stream's honest prompts: what is familiar, how they scatter, and how far windows of them strayed."""

    familiar: Familiar
    manner: Ranks
    unfamiliar: Ranks
    scatters: tuple[Scatter, Scatter]
    size: int
    drawn: Floats
    stretches: Floats

    def describe(self, texts: pa.Array) -> Rows:
        """Return one row for each new prompt, as this past sees it."""
        prompts = read_prompts(texts)
        return _rows_of(prompts, self.familiar.strangeness(prompts), self.manner, self.unfamiliar)

    def distance(self, window: Window) -> float:
        """Return how far the window is from the past, in standard deviations of chance, summed over its parts."""
        meaning, manner = self.scatters
        return _distance((meaning.with_more(window.meaning), manner.with_more(window.manner)), window)

    def p_value(self, window: Window) -> float:
        """Return how often honest prompts stray as far.

        It is the larger of two ranks: among `DRAWN` windows drawn from the past at random, and among the stretches of
        it one after the other, which stray further where the stream itself changes from time to time. The window itself
        counts in the first alone: of `n` stretches the second could never be below `1 / (n + 1)`, and no window would
        be rare to a short past. So it holds back windows that the stream's own changes explain, and is no bound by
        itself.

        Raises
        ------
        WindowIncomparable
            The window is empty, or more than a tenth larger than the size that was learned for: how far windows stray
            grows with their size where the stream itself changes.
        """
        if not 0 < window.count <= self.size * _ROOM:
            raise WindowIncomparable(f"{window.count} prompts, and an honest window of {self.size}")
        far = round(self.distance(window), 9)
        drawn, stretches = (len(one) - int(np.searchsorted(one, far)) for one in (self.drawn, self.stretches))
        return max((1 + drawn) / (1 + len(self.drawn)), stretches / len(self.stretches))


def learn_past(texts: pa.Array, size: int, *, seed: int = 1) -> HonestPast:
    """Return the honest past of a stream.

    Parameters
    ----------
    texts
        Prompts of an honest part of the stream, in the order of time. Ten windows' worth or more; the more, the better
        it knows what is familiar.
    size
        Prompts in the windows that will be judged.
    seed
        Which windows are drawn.

    Raises
    ------
    WindowIncomparable
        There are fewer prompts than `FEWEST_STRETCHES` windows take.

    Notes
    -----
    A window is compared with the rest of what it is among, and the covariance is that of all of it: a new window is
    among the past and itself, one that is drawn is among the past. So chance moves both alike, as in a permutation
    test. What is familiar about a prompt of the past is learned from other parts of it.

    Examples
    --------
    >>> draw = np.random.default_rng(1)
    >>> asked = [f"Is a {draw.choice(['lamp', 'rug'])} under {draw.integers(99)} euros left?" for _ in range(1000)]
    >>> past = learn_past(pa.array(asked[:900]), 50)
    >>> honest, other = (past.describe(pa.array(texts)) for texts in (asked[950:], ["Tell me a joke"] * 50))
    >>> past.p_value(window_of(honest)) > 0.01, past.p_value(window_of(other)) < 0.01
    (True, True)
    """
    if size < 1 or len(texts) < max(FEWEST_STRETCHES * size, 2):
        raise WindowIncomparable(f"{len(texts)} honest prompts, and windows of {size}")
    prompts = read_prompts(texts)
    familiar, strange = learn_by_parts(prompts)
    manner = ranks_of(_manner(prompts, strange), _ALIKE_MANNER)
    unfamiliar = ranks_of(_unfamiliar(manner.normal(_manner(prompts, strange)), strange), _ALIKE_UNFAMILIAR)
    rows = _rows_of(prompts, strange, manner, unfamiliar)
    scatters = scatter_of(rows[:, :MEANING_DIMENSIONS]), scatter_of(rows[:, MEANING_DIMENSIONS:], still=_PARTS)
    draw = np.random.default_rng(seed)
    drawn = [window_of(rows[draw.choice(len(rows), size, replace=False)]) for _ in range(DRAWN)]
    strayed = [
        np.sort([round(_distance(scatters, window), 9) for window in chosen])
        for chosen in (drawn, cut_windows(rows, size))
    ]
    return HonestPast(familiar, manner, unfamiliar, scatters, size, *strayed)


def _distance(scatters: tuple[Scatter, Scatter], window: Window) -> float:
    """Return how far a window is from the rest of what it is among."""
    meaning, manner = scatters
    unfamiliar = np.maximum(manner.shift(window.manner)[-_ONE_SIDED:], 0).sum()
    return meaning.distance(window.meaning) + manner.distance(window.manner) + float(unfamiliar)


def _manner(prompts: Prompts, strange: Floats) -> Floats:
    """Return style, and how familiar the words are."""
    return np.column_stack([prompts.rows[:, MEANING_DIMENSIONS:], strange[:, :-1]])


def _unfamiliar(scored: Floats, strange: Floats) -> Floats:
    """Return how strange the words are all in all, and how far the nearest prompts."""
    return np.column_stack([scored[:, 1 - strange.shape[1] :].mean(axis=1), strange[:, -1]])


def _rows_of(prompts: Prompts, strange: Floats, manner: Ranks, unfamiliar: Ranks) -> Rows:
    """Return the numbers of each prompt: meaning, normal scores of its manner, exponential ones of unfamiliarity."""
    scored = manner.normal(_manner(prompts, strange))
    beyond = unfamiliar.exponential(_unfamiliar(scored, strange))
    scores = np.rint(_PARTS * np.column_stack([scored, beyond])).astype(np.int64)
    return np.column_stack([prompts.rows[:, :MEANING_DIMENSIONS].astype(np.int64), scores])
