"""Every error that a user can meet, in one shape of five lines."""

from collections.abc import Sequence


class StillwatchError(Exception):
    """What went wrong, where, what was found, what was needed, and what to do about it.

    Parameters
    ----------
    problem
        One lower-case clause without a full stop, names in backticks.
    where, found, needed
        One line each.
    try_
        An action, not advice.
    """

    def __init__(self, problem: str, *, where: str, found: str, needed: str, try_: str) -> None:
        super().__init__(problem)
        self.problem, self.where, self.found, self.needed, self.try_ = problem, where, found, needed, try_

    def __str__(self) -> str:
        return "\n".join((
            self.problem,
            f"  where:  {self.where}",
            f"  found:  {self.found}",
            f"  needed: {self.needed}",
            f"  try:    {self.try_}",
        ))


class TableMismatch(StillwatchError):
    """A table does not keep its declaration; all differences are reported together, numbered."""

    def __init__(self, table: str, giver: str, wrong: Sequence[tuple[str, str, str]]) -> None:
        numbered = [(f"{i}. `{name}`: {found}", f"{i}. {needed}") for i, (name, found, needed) in enumerate(wrong, 1)]
        super().__init__(
            f"{len(wrong)} column{'s' if len(wrong) > 1 else ''} of `{table}` {'do' if len(wrong) > 1 else 'does'} "
            "not keep the declaration",
            where=f"table `{table}` given by {giver}",
            found="; ".join(found for found, _ in numbered),
            needed="; ".join(needed for _, needed in numbered),
            try_=f"give `{table}` the columns that `tables.py` declares",
        )


class ListUnreadable(StillwatchError):
    """A list that the operator points to cannot be read."""

    def __init__(self, path: object, found: str, needed: str) -> None:
        super().__init__(
            "a list of the operator cannot be read",
            where=str(path),
            found=found,
            needed=needed,
            try_="correct the file, or take it out of the settings",
        )
