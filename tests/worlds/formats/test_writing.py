import json

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds.conversations import Conversations, Recorded
from stillwatch.worlds.formats import write_log, writing
from stillwatch.worlds.formats.base import LogFormat

OPENINGS = [("hello", "ready")]


class Plain(LogFormat):
    name, description, native, ends = "plain", "for a test", frozenset(), {}

    def line(self, row, history):
        return {"id": row["exchange_id"], "at": row["asked_at"], "t": row["temperature"],
                "history": [[turn.asked, turn.answered] for turn in history]}  # fmt: skip


def recorded(*rows, lasts=(), step_us=1_000_000):
    """Rows as (id, talk, opening), one each second; `lasts` are the ids with which a conversation ends."""
    exchanges = [{"exchange_id": name, "asked_at": int(name) * step_us, "account_id": name,
                  "prompt_text": f"ask {name}", "temperature": 0.7} for name, *_ in rows]  # fmt: skip
    batch = pa.RecordBatch.from_pylist(exchanges, EXCHANGES.schema)
    replies = pa.array([f"answer {name}" for name, *_ in rows], pa.large_string())
    talks, openings = np.array([talk for _, talk, _ in rows], np.uint64), np.array([one for *_, one in rows], np.int8)
    return Recorded(batch, talks, replies, openings, np.array([name in lasts for name, *_ in rows], bool))


def lines(path):
    with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, "zstd") as text:
        return [json.loads(line) for line in text.read().splitlines()]


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_each_row_gets_what_its_conversation_said_before(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(writing, "_AT_ONCE", at_once)
    batches = [recorded(("1", 7, -1), ("2", 2**64 - 1, 0), ("3", 7, -1)), recorded(), recorded(("4", 2**64 - 1, 0))]
    assert write_log(batches, tmp_path / "log", Plain(), OPENINGS) == 4
    found = lines(tmp_path / "log")
    assert [line["history"] for line in found] == [
        [],
        [["hello", "ready"]],
        [["ask 1", "answer 1"]],
        [["hello", "ready"], ["ask 2", "answer 2"]],
    ]
    assert [line["id"] for line in found] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("at_once", [1, 1000])
def test_a_conversation_that_is_over_leaves_no_history(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(writing, "_AT_ONCE", at_once)
    rows = (("1", 7, -1), ("2", 7, -1), ("3", 7, -1), ("4", 8, -1))
    write_log([recorded(*rows, lasts={"2"})], tmp_path / "log", Plain(), OPENINGS)
    assert [line["history"] for line in lines(tmp_path / "log")] == [[], [["ask 1", "answer 1"]], [], []]


def test_only_conversations_that_may_go_on_are_held(tmp_path, monkeypatch):
    most = []

    class Watched(Conversations):
        def add(self, *given, **named):
            super().add(*given, **named)
            most.append(len(self))

    monkeypatch.setattr(writing, "Conversations", Watched)
    rows = [(str(number), number // 3, -1) for number in range(300)]
    write_log(
        [recorded(*rows, lasts={str(number) for number in range(2, 300, 3)})], tmp_path / "log", Plain(), OPENINGS
    )
    assert max(most) == 1


@pytest.mark.parametrize(("hours", "kept"), [(11, True), (13, False)])
def test_one_that_was_idle_for_a_day_is_forgotten(tmp_path, hours, kept):
    step = hours * 3600 * 1_000_000
    write_log([recorded(("1", 7, -1), ("3", 8, -1), ("4", 7, -1), step_us=step)], tmp_path / "log", Plain(), OPENINGS)
    assert bool(lines(tmp_path / "log")[2]["history"]) == kept


def test_values_are_plain(tmp_path):
    write_log([recorded(("5", 1, -1))], tmp_path / "log", Plain(), OPENINGS)
    (line,) = lines(tmp_path / "log")
    assert (line["at"], line["t"]) == (5_000_000, 0.7)


def test_nothing_gives_an_empty_log(tmp_path):
    assert write_log([], tmp_path / "log", Plain(), OPENINGS) == 0
    assert lines(tmp_path / "log") == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_log([], tmp_path / "none" / "log", Plain(), OPENINGS)
