"""How rows of whole numbers scatter, and how far the mean of some of them is from that of the rest."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

_LEAST_SHRUNK = 0.01  # what hardly ever varied must not outweigh all else
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Sums:
    """Rows as their number, their sum and the sum of their products: exact for whole numbers, up to 2^53."""

    count: int
    sums: Floats
    products: Floats

    def __add__(self, other: "Sums") -> "Sums":
        """Return both as one."""
        return Sums(self.count + other.count, self.sums + other.sums, self.products + other.products)

    def without(self, other: "Sums") -> "Sums":
        """Return the rest, when some of the rows are taken out."""
        return Sums(self.count - other.count, self.sums - other.sums, self.products - other.products)


def sums_of(rows: Rows) -> Sums:
    """Return the sums of rows."""
    given = rows.astype(float)
    return Sums(len(given), given.sum(axis=0), given.T @ given)


@dataclass(frozen=True)
class Scatter:
    """Rows that something is compared with, the unit of each dimension, and how much their covariance is shrunk."""

    all: Sums
    unit: Floats
    shrunk: float

    def with_more(self, window: Sums) -> "Scatter":
        """Return the scatter of these rows and some more, in the same units."""
        return Scatter(self.all + window, self.unit, self.shrunk)

    def shift(self, window: Sums) -> Floats:
        """Return how far the mean of some of the rows is from that of the rest, in standard deviations of chance."""
        rest = self.all.without(window)
        off = window.sums / window.count - rest.sums / rest.count
        return np.asarray(off / self.unit / np.sqrt(1 / window.count + 1 / rest.count))

    def distance(self, window: Sums) -> float:
        """Return Hotelling's T squared between some of the rows and the rest, in standard deviations above chance."""
        shift = self.shift(window)
        return float((shift @ self.inverse @ shift - len(shift)) / np.sqrt(2 * len(shift)))

    @cached_property
    def inverse(self) -> Floats:
        """Return the inverse of the shrunk covariance, in units."""
        mean = self.all.sums / self.all.count
        scatter = (self.all.products / self.all.count - np.outer(mean, mean)) / np.outer(self.unit, self.unit)
        return np.asarray(np.linalg.inv((1 - self.shrunk) * scatter + self.shrunk * np.eye(len(scatter))))


def scatter_of(rows: Rows, *, still: float = 1.0) -> Scatter:
    """Return how rows scatter.

    The covariance is shrunk towards that of independent dimensions, as far as chance alone would have it.

    Parameters
    ----------
    still
        The unit of a dimension that never varied.

    References
    ----------
    Hotelling (1931), The Generalization of Student's Ratio. Ledoit and Wolf (2004), A Well-Conditioned Estimator for
    Large-Dimensional Covariance Matrices.
    """
    given = rows.astype(float)
    unit = given.std(axis=0)
    unit[unit == 0] = still
    return Scatter(sums_of(rows), unit, _shrinkage((given - given.mean(axis=0)) / unit))


def _shrinkage(given: Floats) -> float:
    """Return the share of the covariance that is chance: Ledoit and Wolf's, towards independent dimensions."""
    # einsum adds up in one order, whatever the threads
    scatter = np.einsum("ij,ik->jk", given, given) / len(given)
    apart = np.square(scatter - np.eye(len(scatter))).sum()
    squares = np.einsum("ij,ij->i", given, given)
    chance = (np.square(squares).sum() / len(given) - np.square(scatter).sum()) / len(given)
    return min(1.0, max(_LEAST_SHRUNK, float(chance / apart))) if apart > 0 else 1.0
