import json

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.tables import EXCHANGES
from stillwatch.worlds.conversations import Recorded
from stillwatch.worlds.formats import write_log, writing
from stillwatch.worlds.formats.base import LogFormat

OPENINGS = [("hello", "ready")]


class Plain(LogFormat):
    name, description, native, ends = "plain", "for a test", frozenset(), {}

    def line(self, row, history):
        return {"id": row["exchange_id"], "at": row["asked_at"], "t": row["temperature"],
                "history": [[turn.asked, turn.answered] for turn in history]}  # fmt: skip


def recorded(*rows):
    """Rows as (id, talk, opening), one each second."""
    exchanges = [{"exchange_id": name, "asked_at": int(name) * 1_000_000, "account_id": name,
                  "prompt_text": f"ask {name}", "temperature": 0.7} for name, *_ in rows]  # fmt: skip
    batch = pa.RecordBatch.from_pylist(exchanges, EXCHANGES.schema)
    replies = pa.array([f"answer {name}" for name, *_ in rows], pa.large_string())
    talks, openings = np.array([talk for _, talk, _ in rows], np.uint64), np.array([one for *_, one in rows], np.int8)
    return Recorded(batch, talks, replies, openings)


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
