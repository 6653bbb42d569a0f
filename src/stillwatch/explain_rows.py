"""The rows of the logs under an explanation: what the logs say of its exchanges, their text only when asked for."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stillwatch import columns as c
from stillwatch.errors import NothingToExplain
from stillwatch.exchanges import Logs, open_logs
from stillwatch.explain import AccountExplained, CampaignExplained, ExchangeExplained, Explained, FoundBefore
from stillwatch.record import Record, recorded_mapping
from stillwatch.settings import read_key
from stillwatch.tables import EXCHANGES

_MOST_ROWS = 10
_UNSAID = (c.SYSTEM_TEXT, c.PROMPT_TEXT, c.RESPONSE_TEXT, c.REASONING_TEXT, c.HISTORY_DIGESTS, c.REASONING_SIGNATURES)
_SAID = [column.name for column in EXCHANGES.columns if column not in _UNSAID]
_ORDER = [(c.ASKED_AT.name, "ascending"), (c.EXCHANGE_ID.name, "ascending")]


def explain_with_rows(
    found: FoundBefore, given: str, sources: Sequence[str], *, show_text: bool
) -> tuple[Explained, list[dict[str, Any]]]:
    """Explain an id with its rows in the logs, which also tell of exchanges that the findings hold as cover.

    Raises
    ------
    NothingToExplain
        Neither the findings nor the logs know the id, or its account is in no campaign.
    StillwatchError
        The logs cannot be read.
    """
    try:
        explained = found.explain(given)
    except NothingToExplain:
        cover = ExchangeExplained(given, "", "", is_extraction=False, evidence=())
        rows = rows_under(cover, found.record, sources, show_text=show_text)
        finding = found.finding_of(rows[0][c.ACCOUNT_ID.name]) if rows else None
        if finding is None:
            raise
        return replace(cover, campaign_id=finding.campaign_id, statement=finding.statement), rows
    return explained, rows_under(explained, found.record, sources, show_text=show_text)


def rows_under(
    explained: Explained, record: Record, sources: Sequence[str], *, show_text: bool
) -> list[dict[str, Any]]:
    """Return the earliest rows under an explanation, read as the recorded scan read its logs; nulls are left out.

    For a campaign those that its evidence names, for an account its own, for an exchange itself; ten at most.

    Raises
    ------
    StillwatchError
        The logs cannot be read.
    """
    column, values = _wanted(explained)
    with recorded_mapping(record) as mapping:
        logs = open_logs(
            sources, key=read_key(record.settings)[0], now=record.now or datetime.now(UTC), format=record.format,
            mapping=mapping, reading=record.settings.reading,
        )  # fmt: skip
        return find_rows(logs, column, values, show_text=show_text)


def find_rows(logs: Logs, column: c.Column, values: Collection[str], *, show_text: bool) -> list[dict[str, Any]]:
    """Return the ten earliest rows whose column holds one of the values, without nulls; with the prompt if asked for.

    Notes
    -----
    Reads all logs once. A row that the logs repeat is returned once.
    """
    wanted = pa.array(sorted(values), pa.string())
    names = [*_SAID, c.PROMPT_TEXT.name] if show_text else _SAID
    found = EXCHANGES.empty().select(names)
    for batch in logs.batches():
        hit = batch.filter(pc.is_in(batch.column(column.name), wanted))
        if hit.num_rows:
            found = _earliest(pa.concat_tables([found, pa.table(hit.select(names))]))
    return [{name: value for name, value in row.items() if value is not None} for row in found.to_pylist()]


def _earliest(rows: pa.Table) -> pa.Table:
    rows = rows.sort_by(_ORDER)
    ids = rows[c.EXCHANGE_ID.name].to_pylist()
    first = {name: place for place, name in reversed(list(enumerate(ids)))}
    return rows.take(sorted(first.values())[:_MOST_ROWS])


def _wanted(explained: Explained) -> tuple[c.Column, set[str]]:
    if isinstance(explained, AccountExplained):
        return c.ACCOUNT_ID, {explained.member.account_id}
    if isinstance(explained, CampaignExplained):
        return c.EXCHANGE_ID, {name for one in explained.finding.evidence for name in one.example_exchange_ids}
    return c.EXCHANGE_ID, {explained.exchange_id}
