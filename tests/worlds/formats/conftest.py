"""Worlds recorded for logs of whole conversations, one exchange by hand, and reading back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from stillwatch.exchanges import open_logs, readers
from stillwatch.tables import EXCHANGES
from stillwatch.worlds import find_story
from stillwatch.worlds.conversations import Recorded, Turn
from stillwatch.worlds.formats import formats
from stillwatch.worlds.planning import plan_story
from stillwatch.worlds.recording import Recorder

_BATCH, _DAYS = 1_000, 5


class Told(NamedTuple):
    """A recorded world, and the first message pairs of its frameworks."""

    parts: tuple[Recorded, ...]
    openings: list[tuple[str, str]]


@cache
def record_story(name: str, scale: float, accounts: int) -> Told:
    """Record the first days of a small world in batches."""
    story = find_story(name)
    story = replace(story, population=replace(story.population, fewest_accounts=accounts))
    with plan_story(story, seed=1, scale=scale, days=_DAYS) as plan:
        recorder = Recorder.of(plan)
        hours = np.concatenate(list(plan.visits.hours()))
        cut = np.split(hours, range(_BATCH, len(hours), _BATCH))
        return Told(tuple(recorder.record(visits).recorded for visits in cut), recorder.openings())


@pytest.fixture(scope="session")
def recorded() -> Callable[[str, float, int], Told]:
    return record_story


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
