"""All traits in one index: the form in which a million accounts are compared in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Incidence, Ints
from stillwatch.links.listing import append_rows
from stillwatch.links.threads import in_parts, slices

_PART_ACCOUNTS = 1 << 16

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Joined:
    """The values of every trait, numbered through: families stand together, in a trait the rarest comes first.

    Attributes
    ----------
    names
        Families, in the order of their names.
    columns
        For each trait in the order of the values here, its place in what was joined.
    families
        For each trait in that order, the number of its family.
    first_value
        Values of the t-th trait: `first_value[t]` to `first_value[t + 1]`.
    starts, values
        Values of account a, ascending: `values[starts[a, 0]:starts[a, -1]]`; those of family f begin at `starts[a, f]`.
    value_start, value_accounts
        Accounts of value v, ascending.
    shown
        For each account and trait, how many values it shows, those of its own included.
    drawn
        What was once drawn of these values, by what it was drawn with: see `sketches.py`.

    Notes
    -----
    Takes 8 bytes for each account and value that it shows, 4 for each account and trait, 8 for each and family.
    """

    names: tuple[str, ...]
    columns: Ints
    families: Ints
    first_value: Ints
    starts: Ints
    values: Ids
    value_start: Ints
    value_accounts: Ids
    shown: Ids
    drawn: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def count(self) -> int:
        """How many accounts there are."""
        return len(self.starts)

    @property
    def families_count(self) -> int:
        """How many families show values."""
        return len(self.names)

    @property
    def traits(self) -> Ints:
        """The traits of family f: `traits[f]` to `traits[f + 1]`."""
        return np.searchsorted(self.families, np.arange(self.families_count + 1))

    @property
    def widths(self) -> Ints:
        """How many accounts show each value."""
        return np.diff(self.value_start)


def join_incidences(incidences: Sequence[Incidence], count: int) -> Joined:
    """Return the index of all that `count` accounts show."""
    names = tuple(sorted({one.family for one in incidences}))
    numbers = [names.index(one.family) for one in incidences]
    columns = np.argsort(np.array(numbers, np.int64), kind="stable")
    ordered = [incidences[at] for at in columns.tolist()]
    first = np.cumsum([0, *(len(one.values) for one in ordered)], dtype=np.int64)
    shown_of = np.zeros((count, len(names)), np.int64)
    for one in ordered:
        shown_of[:, names.index(one.family)] += np.diff(one.account_start)
    ends = np.cumsum(shown_of).reshape(shown_of.shape)
    starts = np.column_stack((ends[:, :1] - shown_of[:, :1], ends)) if names else np.zeros((count, 1), np.int64)
    values, filled = np.empty(int(shown_of.sum()), np.int32), starts[:, 0].copy()

    def append(part: slice) -> None:
        for one, offset in zip(ordered, first[:-1].tolist(), strict=True):
            append_rows(part.start, part.stop, one.account_start, one.account_values, offset, filled, values)

    in_parts(append, slices(count, _PART_ACCOUNTS))
    offsets = np.cumsum([0, *(len(one.value_accounts) for one in ordered)], dtype=np.int64)[:-1]
    parts = [one.value_start[:-1] + offset for one, offset in zip(ordered, offsets.tolist(), strict=True)]
    return Joined(
        names, columns, np.array(numbers, np.int64)[columns], first, starts, values,
        np.concatenate((*parts, np.array([len(values)]))),
        np.concatenate((np.empty(0, np.int32), *(one.value_accounts.astype(np.int32) for one in ordered))),
        np.array([one.shown_count for one in ordered], np.int32).reshape(len(ordered), count).T.copy(),
    )  # fmt: skip
