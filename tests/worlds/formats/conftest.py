"""Worlds recorded for logs of whole conversations, one exchange by hand, and reading back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stillwatch.exchanges import open_logs, readers
from stillwatch.tables import EXCHANGES
from stillwatch.worlds import STORIES
from stillwatch.worlds.conversations import Recorded, Turn
from stillwatch.worlds.formats import formats
from stillwatch.worlds.recording import Plan, plan_visits, record_exchanges
from stillwatch.worlds.world import open_accounts

OPENINGS = (("<environment>linux</environment>", "Understood."), ("Read AGENTS.md first.", "I have read it."))
_BATCH = 1_000


@cache
def record_story(name: str, scale: float) -> tuple[Recorded, ...]:
    """Record a small world in batches. Until the recording writes answers and openings itself, they are made here."""
    story = STORIES[name]
    plan = plan_visits(open_accounts(story, seed=1, scale=scale))
    exchanges = pa.Table.from_batches(record_exchanges(plan, story.calendar), EXCHANGES.schema)
    replies = pa.array([f"reply {seed:x}" for seed in plan.visits["seed"].tolist()], pa.large_string())
    good = pc.equal(exchanges["status_code"], 200)
    openings = _openings(plan)
    counts = plan.visits["turn"] + (openings >= 0)
    none = pa.scalar([], EXCHANGES.schema.field("tools_called").type)
    exchanges = _with(
        exchanges,
        response_text=pc.if_else(good, replies, pa.scalar(None, replies.type)),
        reasoning_text=pc.if_else(pc.and_(good, pc.greater(exchanges["reasoning_tokens"], 500)), "So.", None),
        # a call that failed calls no tools
        tools_called=pc.if_else(good, exchanges["tools_called"], none),
        turn=pa.array(counts),
        history_digests=_digests(plan.visits["talk"].tolist(), openings.tolist(), counts.tolist()),
    ).combine_chunks()
    return tuple(
        Recorded(batch, *(values[start : start + _BATCH] for values in (plan.visits["talk"], replies, openings)))
        for start, batch in zip(range(0, len(exchanges), _BATCH), exchanges.to_batches(_BATCH), strict=True)
    )


def _openings(plan: Plan) -> Any:
    first = {}
    for talk, opening in zip(plan.visits["talk"].tolist(), plan.visits["opening"].tolist(), strict=True):
        first.setdefault(talk, talk % 2 if opening else -1)
    return np.array([first[talk] for talk in plan.visits["talk"].tolist()], np.int8)


def _digests(talks: list[int], openings: list[int], counts: list[int]) -> pa.Array:
    numbers: dict[Any, int] = {}
    lists = [
        [numbers.setdefault(opening if place == 0 and opening >= 0 else (talk, place), len(numbers))
         for place in range(count)]
        for talk, opening, count in zip(talks, openings, counts, strict=True)
    ]  # fmt: skip
    return pa.array(lists, pa.list_(pa.int64()))


def _with(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        field = table.schema.field(name)
        table = table.set_column(table.schema.get_field_index(name), field, values.cast(field.type))
    return table


@pytest.fixture(scope="session")
def recorded() -> Callable[[str, float], tuple[Recorded, ...]]:
    return record_story


@pytest.fixture(scope="session")
def openings_texts() -> tuple[tuple[str, str], ...]:
    return OPENINGS


@pytest.fixture(scope="session")
def read_back() -> Callable[[Path], tuple[str, list[dict[str, Any]]]]:
    """Read a log with the project's own reader: the format that it was recognised as, and its rows."""

    def read(path: Path) -> tuple[str, list[dict[str, Any]]]:
        logs = open_logs([str(path)], key=b"the operator's key", now=datetime(2026, 11, 23, tzinfo=UTC))
        rows = [row for batch in logs.batches() for row in batch.to_pylist()]
        assert sum(count.set_aside_count for count in logs.ledger.files.values()) == 0
        return logs.files[0].format, rows

    return read


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """An exchange as a format is given it, with what a test changes in it."""
    usual = dict.fromkeys(EXCHANGES.names) | {
        "exchange_id": "x1", "asked_at": 1_770_000_000_000_001, "account_id": "acct_17", "project_id": "prj_9",
        "end_user_id": "u_5", "api_key_hash": "key_9f2c", "email_domain": "example.com", "payment_hash": "pm_77",
        "access_path": "api", "account_created_at": 1_768_469_400_000_000, "ip": "203.0.113.7", "country": "FR",
        "user_agent": "acme-client/2.1", "ja4": "t13d1516h2_8daaf6152771_02713d6af862", "asn": 64496,
        "provider": "lantern", "endpoint": "/v1/messages", "model": "lantern-3", "stream": False, "status_code": 200,
        "system_text": "You are terse.", "prompt_text": "And times 3?", "response_text": "12",
        "reasoning_signatures": [], "tools_offered": ["read_file"], "tools_called": ["read_file"], "has_image": False,
        "conversation_id": "c_1", "turn": 0, "input_tokens": 40, "output_tokens": 9, "reasoning_tokens": 5,
        "cached_input_tokens": 16, "temperature": 0.7, "top_p": 0.9, "max_tokens": 300, "n": 1, "logprobs": True,
        "reasoning_effort": "low", "finish_reason": "tool_use",
    }  # fmt: skip
    return lambda **changed: usual | changed


@pytest.fixture
def told_in_full(row: Callable[..., dict[str, Any]]) -> list[tuple[dict[str, Any], list[Turn]]]:
    """What each format's stored sample shows: a turn with signed reasoning and a picture; a streamed one; a failure."""
    history = [Turn("What is 2+2?", "4"), Turn("And plus 1?", "5")]
    return [
        (row(turn=2, reasoning_signatures=["sig_a"], has_image=True), history),
        (row(exchange_id="x2", stream=True, tools_called=[], finish_reason="stop", reasoning_text="3 times 4."), []),
        (row(exchange_id="x3", status_code=429, response_text=None, tools_called=[], output_tokens=0,
             reasoning_tokens=0, finish_reason=None, end_user_id=None), []),
    ]  # fmt: skip


@pytest.fixture
def read() -> Callable[..., dict[str, Any]]:
    """Write one exchange in a format and read it back, as its reader tells it."""

    def told(name: str, row: dict[str, Any], history: Sequence[Turn] = ()) -> dict[str, Any]:
        (reader,) = (one for one in readers() if one.name == name)
        (back,) = reader.tell(msgspec.json.decode(msgspec.json.encode(formats()[name].line(row, history))), b"key")
        return back

    return told
