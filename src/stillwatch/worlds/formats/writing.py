"""From the batches of a world to a log of one format on disk."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.types as kinds

from stillwatch.worlds.conversations import Conversations, Recorded, Turn
from stillwatch.worlds.formats.base import LogFormat

_AT_ONCE = 2_048
_DERIVED = frozenset({"history_digests"})  # whoever reads the log makes them, with the operator's key


def write_log(
    batches: Iterable[Recorded], path: Path, form: LogFormat, openings_texts: Sequence[tuple[str, str]]
) -> int:
    """Write a world as JSON Lines, compressed with zstd; return how many lines.

    Parameters
    ----------
    batches
        The world in the order of time.
    openings_texts
        What is asked and answered in the first message pair of each framework, in the order of `Recorded.openings`.

    Raises
    ------
    OSError
        The file cannot be written.

    Notes
    -----
    Holds one slice of a batch, and the texts of the conversations that go on; those that were cut off, for a day.
    """
    encoder, conversations = msgspec.json.Encoder(), Conversations()
    openings, count = [Turn(*pair) for pair in openings_texts], 0
    with pa.OSFile(str(path), "wb") as file, pa.CompressedOutputStream(file, "zstd") as out:
        for recorded in batches:
            for part in _slices(recorded):
                lines = [encoder.encode(line) for line in _lines(part, form, conversations, openings)]
                out.write(b"\n".join(lines) + b"\n")
                count += len(lines)
    return count


def _slices(recorded: Recorded) -> Iterator[Recorded]:
    for start in range(0, recorded.exchanges.num_rows, _AT_ONCE):
        end = start + _AT_ONCE
        yield Recorded(
            recorded.exchanges.slice(start, _AT_ONCE),
            recorded.talks[start:end],
            recorded.replies.slice(start, _AT_ONCE),
            recorded.openings[start:end],
            recorded.lasts[start:end],
        )


def _lines(
    part: Recorded, form: LogFormat, conversations: Conversations, openings: Sequence[Turn]
) -> Iterator[dict[str, Any]]:
    beside = zip(
        part.talks.tolist(), part.replies.to_pylist(), part.openings.tolist(), part.lasts.tolist(), strict=True
    )
    for row, (talk, reply, opening, last) in zip(plain_rows(part.exchanges), beside, strict=True):
        history = conversations.history(talk)
        yield form.line(row, [openings[opening], *history] if opening >= 0 else history)
        conversations.add(talk, Turn(row["prompt_text"] or "", reply or "", row["asked_at"]), last=last)


def plain_rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield rows as plain values: instants as microseconds since 1970, numbers as short as they can be told."""
    names = [name for name in batch.schema.names if name not in _DERIVED]
    columns = [_plain(batch.column(name)).to_pylist() for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _plain(array: pa.Array) -> pa.Array:
    if kinds.is_timestamp(array.type):
        return array.cast(pa.int64())
    # the shortest digits that give the same number again: 0.7, as it was sent, and not 0.699999988079071
    return array.cast(pa.string()).cast(pa.float64()) if kinds.is_float32(array.type) else array
