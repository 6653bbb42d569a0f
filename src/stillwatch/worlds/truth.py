"""The truth of a world and what findings say of it, read from their files: exchanges only a part at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.columns import ACCOUNT_ID, ASKED_AT, CAMPAIGN_ID, EXCHANGE_ID, INSTANT
from stillwatch.world_errors import FindingsUnscorable, TruthUnreadable

Unreadable = type[TruthUnreadable] | type[FindingsUnscorable]
OfType = Callable[[pa.DataType], bool]
Instants = npt.NDArray[np.int64]

ACCOUNTS, EXCHANGES = "truth_accounts.parquet", "truth_exchanges.parquet"
CAMPAIGN, ROLE = "campaign", "role"
# Rows held at once: some 100 MB with their ids.
_PART_ROWS = 1 << 21
_BATCH_ROWS = 1 << 17


class TrueAccount(NamedTuple):
    """An account of a world: its campaign, None for the honest, and what it is in the story."""

    account_id: str
    campaign: str | None
    role: str


@dataclass(frozen=True)
class Truth:
    """The truth of a world: its accounts, and the folder that holds that of its exchanges."""

    folder: Path
    accounts: tuple[TrueAccount, ...]

    def exchanges_count(self) -> int:
        """Return how many exchanges the world has.

        Raises
        ------
        TruthUnreadable
            There is no truth of the exchanges.
        """
        with told_of(TruthUnreadable, self.folder / EXCHANGES), pq.ParquetFile(self.folder / EXCHANGES) as file:
            return int(file.metadata.num_rows)

    def exchanges(self) -> Iterator[pa.Table]:
        """Yield `exchange_id` and `campaign` (null but for extraction) of all exchanges, in parts.

        Raises
        ------
        TruthUnreadable
            The truth of the exchanges is absent, or is not what was written.
        """
        columns = {EXCHANGE_ID.name: is_text, CAMPAIGN: is_text}
        return read_parts(TruthUnreadable, self.folder / EXCHANGES, columns)

    def extraction(self) -> Iterator[pa.Table]:
        """Yield `campaign` and `asked_at` (microseconds since 1970) of the extraction exchanges, in parts.

        The instants stand in the truth, or else, row by row, in the world's own exchanges.

        Raises
        ------
        TruthUnreadable
            There are instants in neither, or the rows of the two are not the same exchanges.
        """
        with told_of(TruthUnreadable, self.folder / EXCHANGES):
            dated = ASKED_AT.name in pq.read_schema(self.folder / EXCHANGES).names
        if dated:
            columns = {CAMPAIGN: is_text, ASKED_AT.name: pa.types.is_timestamp}
            parts = read_parts(TruthUnreadable, self.folder / EXCHANGES, columns)
        else:
            parts = self._dated_by_logs()
        for part in parts:
            told = part.select([CAMPAIGN, ASKED_AT.name]).filter(pc.is_valid(part[CAMPAIGN]))
            if told[ASKED_AT.name].null_count:
                raise TruthUnreadable(self.folder, "exchanges without `asked_at`")
            instants = told[ASKED_AT.name].cast(INSTANT, safe=False).cast(pa.int64())
            yield told.set_column(1, ASKED_AT.name, instants)

    def sent(self, horizons: Instants) -> tuple[dict[str, int], dict[str, Instants]]:
        """Return each campaign's first extraction, and how many of them lie up to, between and after instants.

        Parameters
        ----------
        horizons
            Microseconds since 1970, sorted.

        Raises
        ------
        TruthUnreadable
            As `extraction`.
        """
        first: dict[str, int] = {}
        counts: dict[str, Instants] = defaultdict(lambda: np.zeros(len(horizons) + 1, np.int64))
        for part in self.extraction():
            asked = part[ASKED_AT.name].to_numpy()
            coded = part[CAMPAIGN].combine_chunks().dictionary_encode()
            codes = coded.indices.to_numpy(zero_copy_only=False)
            for code, campaign in enumerate(coded.dictionary.to_pylist()):
                its = asked[codes == code]
                first[campaign] = min(int(its.min()), first.get(campaign, int(its.min())))
                counts[campaign] += np.bincount(np.searchsorted(horizons, its), minlength=len(horizons) + 1)
        return first, counts

    def first_asked(self) -> dict[str, int] | None:
        """Return when each account of a campaign asked first (microseconds since 1970); None where no file says it.

        Raises
        ------
        TruthUnreadable
            The exchanges of the world cannot be read.
        """
        files = self._files_with({ACCOUNT_ID.name: is_text, ASKED_AT.name: pa.types.is_timestamp})
        members = pa.array([one.account_id for one in self.accounts if one.campaign is not None], pa.large_string())
        first: dict[str, int] = {}
        for part in (part for file in files for part in file):
            told = part.filter(pc.is_in(part[ACCOUNT_ID.name], value_set=members))
            told = told.set_column(1, ASKED_AT.name, told[ASKED_AT.name].cast(INSTANT, safe=False).cast(pa.int64()))
            least = told.group_by(ACCOUNT_ID.name).aggregate([(ASKED_AT.name, "min")])
            for account, at in zip(*(column.to_pylist() for column in least.columns), strict=True):
                if at is not None:
                    first[account] = min(at, first.get(account, at))
        return first if files else None

    def _dated_by_logs(self) -> Iterator[pa.Table]:
        files = self._files_with({EXCHANGE_ID.name: is_text, ASKED_AT.name: pa.types.is_timestamp})
        if not files:
            found = "no `asked_at`, neither here nor in Parquet exchanges of the world"
            raise TruthUnreadable(self.folder / EXCHANGES, found)
        logs = (part for file in files for part in file)
        for true, asked in _together(self.exchanges(), logs):
            if true is None or asked is None or not true[EXCHANGE_ID.name].equals(asked[EXCHANGE_ID.name]):
                raise TruthUnreadable(self.folder, "rows of the truth that are not those of the exchanges")
            yield true.append_column(ASKED_AT.name, asked[ASKED_AT.name])

    def _files_with(self, columns: Mapping[str, OfType]) -> list[Iterator[pa.Table]]:
        """Return the world's own exchanges, a file after the other, where they are Parquet with these columns."""
        paths = [self.folder / "exchanges.parquet"]
        if not paths[0].exists():
            paths = sorted((self.folder / "exchanges").glob("*.parquet"))
        for path in paths:
            with told_of(TruthUnreadable, path):
                if not set(columns) <= set(pq.read_schema(path).names):
                    return []
        return [read_parts(TruthUnreadable, path, columns) for path in paths]


def open_truth(folder: Path) -> Truth:
    """Read the truth of a world's accounts.

    Raises
    ------
    TruthUnreadable
        The folder holds no truth, or another than `stillwatch` writes.
    """
    path = folder / ACCOUNTS
    columns = {ACCOUNT_ID.name: is_text, CAMPAIGN: is_text, ROLE: is_text}
    accounts: list[TrueAccount] = []
    for part in read_parts(TruthUnreadable, path, columns):
        ids, campaigns, roles = (part[name].to_pylist() for name in columns)
        if None in ids:
            raise TruthUnreadable(path, "accounts without `account_id`")
        told = zip(ids, campaigns, roles, strict=True)
        accounts += [TrueAccount(account, campaign, role or "unknown") for account, campaign, role in told]
    return Truth(folder, tuple(accounts))


def read_said(findings: Path) -> list[tuple[str, str]]:
    """Return which campaigns the findings say, and which accounts each holds.

    Raises
    ------
    FindingsUnscorable
        The folder holds no findings, or others than `stillwatch` writes.
    """
    columns = {CAMPAIGN_ID.name: is_text, ACCOUNT_ID.name: is_text}
    parts = read_parts(FindingsUnscorable, findings / "accounts.parquet", columns)
    rows = (row for part in parts for row in zip(*(part[name].to_pylist() for name in columns), strict=True))
    return [(campaign_id, account) for campaign_id, account in rows if None not in {campaign_id, account}]


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column of this type holds text; one that is null in every row may have no type."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(
        test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    )


def read_parts(kind: Unreadable, path: Path, columns: Mapping[str, OfType]) -> Iterator[pa.Table]:
    """Yield columns of a Parquet file in parts of some million rows, text as large strings.

    Parameters
    ----------
    kind
        The error that is raised when the file is absent or damaged, or lacks a column.
    columns
        Names, each with the test that its type must pass.
    """
    with told_of(kind, path), pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        if faults := _faults(schema, columns):
            raise kind(path, faults)
        held: list[pa.RecordBatch] = []
        for batch in file.iter_batches(_BATCH_ROWS, columns=list(columns)):
            held.append(batch)
            if sum(len(one) for one in held) >= _PART_ROWS:
                part, held = _as_read(pa.Table.from_batches(held), columns), []
                yield part
        if held:
            yield _as_read(pa.Table.from_batches(held), columns)


@contextmanager
def told_of(kind: Unreadable, path: Path) -> Iterator[None]:
    """Tell what is wrong with a file as this error."""
    try:
        yield
    except FileNotFoundError as error:
        raise kind(path, "no such file") from error
    except (OSError, pa.ArrowException) as error:
        raise kind(path, " ".join(str(error).split())[:200]) from error


def _faults(schema: pa.Schema, columns: Mapping[str, OfType]) -> list[str]:
    faults = []
    for name, fits in columns.items():
        if name not in schema.names:
            faults.append(f"no column `{name}`")
        elif not fits(schema.field(name).type):
            faults.append(f"`{name}` is {schema.field(name).type}")
    return faults


def _as_read(part: pa.Table, columns: Mapping[str, OfType]) -> pa.Table:
    # The kernels and the ids of two files need one type of text, whoever wrote them.
    return pa.table(
        {name: part[name].cast(pa.large_string()) if fits is is_text else part[name] for name, fits in columns.items()}
    )


def _together(left: Iterator[pa.Table], right: Iterator[pa.Table]) -> Iterator[tuple[pa.Table | None, pa.Table | None]]:
    """Yield pieces of two tables with equally many rows; None where one of them has ended before the other."""
    a, b = next(left, None), next(right, None)
    while a is not None and b is not None:
        rows = min(len(a), len(b))
        yield a.slice(0, rows), b.slice(0, rows)
        a = a.slice(rows) if rows < len(a) else next(left, None)
        b = b.slice(rows) if rows < len(b) else next(right, None)
    if a is not None or b is not None:
        yield a, b
