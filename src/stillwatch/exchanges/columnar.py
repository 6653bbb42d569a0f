"""Column files - Parquet, Arrow IPC files and streams - as batches of the columns that are wanted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.exchanges.reading import Reading
from stillwatch.log_errors import UnreadableLog

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
_Share = tuple[pa.RecordBatch, float]  # a batch, and which share (0-1) of the file it is


def column_batches(
    path: Path,
    kind: str,
    wanted: Callable[[str], bool],
    reading: Reading,
    advanced: Callable[[int], None] = lambda _bytes: None,
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns of a Parquet or Arrow file in order, a row group or record batch at a time.

    Parameters
    ----------
    kind
        `parquet`, `arrow` or `arrow stream`.
    wanted
        Whether a column of this name is read.
    advanced
        Called before each batch with about how many bytes of the file it stands for.

    Raises
    ------
    UnreadableLog
        The file is damaged or ends early.
    """
    read = {"parquet": _parquet, "arrow": _arrow_file, "arrow stream": _arrow_stream}[kind]
    try:
        size = path.stat().st_size
        for whole, share in read(path, wanted, reading):
            batch = _first_of_each_name(whole)
            for start in range(0, batch.num_rows, reading.batch_rows):
                for part in _halves(batch.slice(start, reading.batch_rows), reading.batch_bytes):
                    advanced(int(size * share * part.num_rows / batch.num_rows))
                    yield part
    except (OSError, pa.ArrowException) as error:
        raise UnreadableLog(str(path), str(error)) from error


def column_names(path: Path, kind: str) -> list[str]:
    """Return the names of all columns of a Parquet or Arrow file.

    Raises
    ------
    UnreadableLog
        The file is damaged or ends early.
    """
    try:
        if kind == "parquet":
            return list(pq.read_schema(path).names)
        with pa.OSFile(str(path)) as file:
            opened = pa.ipc.open_file(file) if kind == "arrow" else pa.ipc.open_stream(file)
            return list(opened.schema.names)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableLog(str(path), str(error)) from error


def _parquet(path: Path, wanted: Callable[[str], bool], reading: Reading) -> Iterator[_Share]:
    # Buffered and not read ahead: a row group's columns are decoded batch by batch, not held whole.
    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        names = [name for name in dict.fromkeys(file.schema_arrow.names) if wanted(name)]
        for group in range(file.num_row_groups):
            about = file.metadata.row_group(group)
            row_bytes = about.total_byte_size // max(about.num_rows, 1) + 1
            rows = max(1, min(reading.batch_rows, reading.batch_bytes // row_bytes))
            for batch in file.iter_batches(rows, row_groups=[group], columns=names):
                yield batch, batch.num_rows / file.metadata.num_rows


def _arrow_file(path: Path, wanted: Callable[[str], bool], _reading: Reading) -> Iterator[_Share]:
    with pa.memory_map(str(path)) as file:
        names = pa.ipc.open_file(file).schema.names
        options = pa.ipc.IpcReadOptions(included_fields=_positions(names, wanted))
        opened = pa.ipc.open_file(file, options=options)
        for number in range(opened.num_record_batches):
            yield opened.get_batch(number), 1 / opened.num_record_batches


def _arrow_stream(path: Path, wanted: Callable[[str], bool], _reading: Reading) -> Iterator[_Share]:
    with pa.memory_map(str(path)) as file:
        file.seek(max(file.size() - len(_END_OF_STREAM), 0))
        if file.read() != _END_OF_STREAM:
            raise pa.ArrowInvalid("the stream has no end mark")
        file.seek(0)
        names = pa.ipc.open_stream(file).schema.names
        file.seek(0)
        options, before = pa.ipc.IpcReadOptions(included_fields=_positions(names, wanted)), 0
        for batch in pa.ipc.open_stream(file, options=options):
            yield batch, (file.tell() - before) / file.size()
            before = file.tell()


def _positions(names: list[str], wanted: Callable[[str], bool]) -> list[int]:
    return [position for position, name in enumerate(names) if wanted(name) and names.index(name) == position]


def _first_of_each_name(batch: pa.RecordBatch) -> pa.RecordBatch:
    names = batch.schema.names
    firsts = [position for position, name in enumerate(names) if names.index(name) == position]
    return batch if len(firsts) == len(names) else batch.select(firsts)


def _halves(batch: pa.RecordBatch, most_bytes: int) -> Iterator[pa.RecordBatch]:
    if batch.num_rows < 2 or batch.nbytes <= most_bytes:
        yield batch
    else:
        middle = batch.num_rows // 2
        yield from _halves(batch.slice(0, middle), most_bytes)
        yield from _halves(batch.slice(middle), most_bytes)
