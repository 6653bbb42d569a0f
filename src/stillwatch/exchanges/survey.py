"""What was understood of logs, before any scan: which columns speak, and how much."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.columns import ACCOUNT_ID, ASKED_AT
from stillwatch.exchanges.logs import Logs
from stillwatch.exchanges.read_file import LogFile
from stillwatch.exchanges.repeats import Repeats
from stillwatch.tables import EXCHANGES

_LISTS = tuple(column.name for column in EXCHANGES.columns if pa.types.is_list(column.type))


@dataclass(frozen=True)
class ColumnSurvey:
    """One column of `exchanges`: its type and meaning, and the share (0-1) of rows in which the logs cannot say it.

    `holds_any` says whether any row says it and does not say "none" by an empty list, in which no trait sees anything.
    """

    name: str
    type: str
    meaning: str
    null_share: float
    holds_any: bool = True

    @property
    def found(self) -> bool:
        """Whether any row says it."""
        return self.null_share < 1


@dataclass(frozen=True)
class Survey:
    """What was understood of logs: files, columns, rows, times and accounts.

    Attributes
    ----------
    set_aside
        Rows that are not used, by reason.
    left_out
        Values that their column could not hold, by reason; their rows are used without them.
    models
        Names of all models asked for.
    repeated_count, shared_count
        Rows that repeat an id, and rows whose id several accounts have.
    """

    files: tuple[LogFile, ...]
    columns: tuple[ColumnSurvey, ...]
    rows_count: int
    set_aside: tuple[tuple[str, int], ...]
    first_asked_at: datetime
    last_asked_at: datetime
    accounts_count: int
    left_out: tuple[tuple[str, int], ...] = ()
    models: tuple[str, ...] = ()
    repeated_count: int = 0
    shared_count: int = 0

    @property
    def silent(self) -> frozenset[str]:
        """Names of the columns that no row says: what reads only these is blind."""
        return frozenset(column.name for column in self.columns if not column.found)


def survey_logs(logs: Logs, advanced: Callable[[int], None] = lambda _bytes: None) -> Survey:
    """Read all logs once and say what was understood of them; `advanced` as `Logs.batches`.

    Raises
    ------
    StillwatchError
        As `Logs.batches`.

    Notes
    -----
    Holds every account id and every name of a model once, and 16 bytes of each row.
    """
    nulls, lists = dict.fromkeys(EXCHANGES.names, 0), dict.fromkeys(_LISTS, 0)
    accounts: set[str] = set()
    models: set[str] = set()
    times: list[pa.Scalar] = []
    repeats = Repeats()
    for batch in logs.batches(advanced):
        for name, column in zip(EXCHANGES.names, batch.columns, strict=True):
            nulls[name] += column.null_count
            if name in lists:
                lists[name] += len(column.flatten())
        accounts.update(pc.unique(batch.column(ACCOUNT_ID.name)).to_pylist())
        models.update(pc.unique(batch.column("model").drop_null()).to_pylist())
        repeats.add(batch)
        extent = pc.min_max(batch.column(ASKED_AT.name))
        times = [*times, extent["min"], extent["max"]]
        times = [min(times, key=lambda time: time.value), max(times, key=lambda time: time.value)]
    rows = logs.ledger.rows_count
    columns = tuple(
        ColumnSurvey(column.name, str(column.type), column.meaning, nulls[column.name] / rows,
                     nulls[column.name] < rows and lists.get(column.name, 1) > 0)
        for column in EXCHANGES.columns
    )  # fmt: skip
    reasons, left_out = _ranked(logs.ledger.reasons), _ranked(logs.ledger.left_out)
    first, last = times
    names = tuple(sorted(models))
    return Survey(logs.files, columns, rows, reasons, first.as_py(), last.as_py(), len(accounts), left_out, names,
                  *repeats.counts())  # fmt: skip


def _ranked(reasons: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
