import csv
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stillwatch.columns import INSTANT
from stillwatch.errors import StillwatchError
from stillwatch.exchanges import Reading, rows
from stillwatch.exchanges.formats.openai import OpenAI
from stillwatch.log_errors import (
    BadMapping,
    MissingColumn,
    NoRows,
    NoSuchReader,
    TimesInFuture,
    TimesWithoutZone,
    TooManyBadRows,
    UnknownFormat,
    UnreadableLog,
    WrongFormat,
)
from stillwatch.tables import EXCHANGES

ANY = Reading(largest_bad_share=1.0)
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
AS_WRITTEN = TEXT.filter(lambda text: not {*":, @"} & {*text})


def values(kind):
    if pa.types.is_list(kind):
        return st.lists(values(kind.value_type), max_size=3)
    if kind == pa.int64():
        return st.integers(0, 2**62)
    if pa.types.is_integer(kind):
        return st.integers(0, 2**15 - 1)
    if pa.types.is_floating(kind):
        return st.floats(0, 2, width=32)
    if kind == INSTANT:
        return st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 23), timezones=st.just(UTC))
    return st.booleans() if pa.types.is_boolean(kind) else TEXT


ROWS = st.lists(
    st.fixed_dictionaries(
        {column.name: values(column.type) for column in EXCHANGES.columns if column.required},
        optional={column.name: values(column.type) for column in EXCHANGES.columns if not column.required}
        | {"ip": AS_WRITTEN, "email_domain": AS_WRITTEN},
    ),
    min_size=1,
    max_size=8,
)
quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def lines(rows):
    return b"".join(json.dumps(row, default=datetime.isoformat).encode() + b"\n" for row in rows)


@quick
@given(rows=ROWS)
def test_neutral_rows_come_back_from_every_kind_of_file(rows, rows_of, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines(rows))
    table = pa.Table.from_pylist(rows, EXCHANGES.schema)
    pq.write_table(table, tmp_path / "b.parquet")
    with pa.ipc.new_file(tmp_path / "c.arrow", table.schema) as writer:
        writer.write_table(table)
    for name in ("a.jsonl", "b.parquet", "c.arrow"):
        assert rows_of(tmp_path / name) == [
            {name: row[name] for name in EXCHANGES.names if name in row} for row in rows
        ]


@quick
@given(rows=ROWS, random=st.randoms(use_true_random=False))
def test_the_order_of_sources_does_not_matter(rows, random, opened, tmp_path):
    for old in tmp_path.glob("*.jsonl"):
        old.unlink()
    for number, row in enumerate(rows):
        (tmp_path / f"{number}.jsonl").write_bytes(lines([row]))
    sources = sorted(tmp_path.glob("*.jsonl"))
    random.shuffle(sources)
    whole = pa.Table.from_batches(opened(tmp_path, reading=Reading(batch_rows=3)).batches())
    assert pa.Table.from_batches(opened(*sources).batches()).equals(whole)


@quick
@given(rows=ROWS, cut=st.integers(0), compress=st.sampled_from([bytes, gzip.compress]))
def test_nothing_is_lost_in_silence_when_a_file_is_cut_off(rows, cut, compress, opened, tmp_path):
    whole = compress(lines(rows))
    cut %= len(whole)
    (tmp_path / "a.jsonl").write_bytes(whole[:cut])
    try:
        logs = opened(tmp_path / "a.jsonl", reading=ANY)
        read = sum(batch.num_rows for batch in logs.batches())
    except (UnreadableLog, UnknownFormat, NoRows):
        return
    complete = lines(rows)[:cut].count(b"\n")
    assert compress is bytes
    whole_at_end = cut + 1 < len(whole) and whole[cut : cut + 1] == b"\n"
    assert read == complete + whole_at_end
    assert logs.ledger.set_aside_count == (not whole_at_end and whole[cut - 1 : cut] != b"\n")


@pytest.fixture
def many(tmp_path, row):
    """Three files of one format, one of another, one empty, and one that is no log."""
    for number in range(3):
        rows = [row(exchange_id=f"{number}-{i}", prompt_text=f"p{i}") for i in range(50)]
        (tmp_path / f"{number}.jsonl").write_bytes(lines(rows) + b"nonsense\n")
    pair = {"account_id": "b", "request": {"model": "m", "messages": [{"role": "user", "content": "q"}]}}
    answer = {"id": "o", "object": "chat.completion", "created": 1795168800, "choices": []}
    (tmp_path / "other.jsonl.gz").write_bytes(gzip.compress(lines([pair | {"response": answer}])))
    (tmp_path / "void.jsonl").touch()
    (tmp_path / "notes.txt").touch()
    return tmp_path


def test_files_of_different_formats_are_read_together(many, opened):
    logs = opened(many)
    assert [file.format for file in logs.files] == ["native", "native", "native", "openai", "empty"]
    assert [name.rpartition("/")[2] for name in logs.passed_over] == ["notes.txt"]
    assert logs.size_bytes == sum(path.stat().st_size for path in many.iterdir())
    advanced = []
    table = pa.Table.from_batches(logs.batches(advanced.append))
    assert table.schema == EXCHANGES.schema
    assert (table.num_rows, sum(advanced)) == (151, logs.size_bytes)
    assert len(list(logs.batches())) == 1


def test_files_that_were_read_before_and_copies_are_left_out(many, opened):
    logs = opened(many)
    list(logs.batches())
    known = [(file.size_bytes, logs.ledger.files[file.path].sha256) for file in logs.files[:1]]
    (many / "copy.jsonl").write_bytes((many / "1.jsonl").read_bytes())
    left = opened(many).unread(known)
    assert [Path(file.path).name for file in left.files] == ["1.jsonl", "2.jsonl", "other.jsonl.gz"]
    assert sum(batch.num_rows for batch in left.batches()) == 101
    assert len(opened(many).unread(()).files) == 4


def test_a_new_file_that_is_empty_is_nothing_new(many, opened):
    logs = opened(many)
    list(logs.batches())
    known = [(file.size_bytes, logs.ledger.files[file.path].sha256) for file in logs.files]
    (many / "newer.jsonl").touch()
    assert opened(many).unread(known).files == ()


def test_a_first_row_too_deep_for_one_reader_is_told_by_another(written, row, opened, monkeypatch):
    def climb(reader, record):
        return reader.recognises(record)

    monkeypatch.setattr(OpenAI, "recognises", climb)
    assert opened(written("a.jsonl", row())).files[0].format == "native"


SAID = {"asked_at": "2026-11-20T10:00:00Z", "account_id": "a"}
LONG = [{"exchange_id": f"x{i}", "prompt_text": sha256(str(i).encode()).hexdigest(), **SAID} for i in range(4_000)]


def parquet(path):
    pq.write_table(pa.Table.from_pylist(LONG), path, row_group_size=500)


def arrow(path, opened=pa.ipc.new_file):
    table = pa.Table.from_pylist(LONG)
    with opened(path, table.schema) as writer:
        writer.write_table(table, 500)


WRITTEN = {
    "lines": lambda path: path.write_bytes(lines(LONG)),
    "gzip": lambda path: path.write_bytes(gzip.compress(lines(LONG))),
    "list": lambda path: path.write_text(json.dumps(LONG, indent=1)),
    "parquet": parquet,
    "arrow": arrow,
    "arrow stream": lambda path: arrow(path, pa.ipc.new_stream),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_progress_is_smooth_within_a_file_and_ends_at_its_size(kind, opened, tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_CHUNK", 40_000)
    WRITTEN[kind](tmp_path / "a.jsonl")
    logs, steps = opened(tmp_path, reading=Reading(batch_rows=250)), []
    begun = [sum(steps) for _ in logs.batches(steps.append)]
    assert sum(steps) == logs.size_bytes
    assert min(steps) >= 0
    assert max(steps) <= 0.5 * logs.size_bytes
    assert begun == sorted(begun)
    assert 0.3 < begun[len(begun) // 2] / logs.size_bytes < 0.8


def test_csv_says_what_json_says(tmp_path, row, rows_of):
    said = [
        row(
            exchange_id=f"x{number}",
            prompt_text='in "quotes",\nand on',
            turn=number,
            stream=True,
            tools_offered=["a", "b"],
        )
        for number in range(30)
    ]
    with (tmp_path / "a.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, said[0])
        writer.writeheader()
        writer.writerows(one | {"tools_offered": json.dumps(one["tools_offered"])} for one in said)
    (tmp_path / "a.jsonl").write_bytes(lines(said))
    assert rows_of(tmp_path / "a.csv") == rows_of(tmp_path / "a.jsonl")
    assert len(rows_of(tmp_path / "a.csv")) == 30


def test_a_second_pass_and_other_threads_count_nothing_twice(many, opened):
    logs = opened(many, reading=Reading(batch_rows=7))
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(lambda _: pa.Table.from_batches(logs.batches()), range(8)))
    assert all(table.equals(tables[0]) for table in tables)
    assert (logs.ledger.rows_count, logs.ledger.set_aside_count) == (151, 3)
    assert logs.ledger.reasons == {"not JSON, or cut off": 3}
    assert [one.line for one in logs.ledger.examples] == [51, 51, 51]
    counted = {path: count.sha256 for path, count in logs.ledger.files.items()}
    assert counted == {
        str(path): sha256(path.read_bytes()).hexdigest() for path in sorted(many.iterdir()) if path.suffix != ".txt"
    }


def test_two_passes_side_by_side(many, opened):
    logs = opened(many, reading=Reading(batch_rows=7))
    for a, b in zip(logs.batches(), logs.batches(), strict=True):
        assert a.equals(b)
    assert logs.ledger.rows_count == 151


def test_a_pass_that_was_left_counts_no_more_than_was_read(many, opened):
    logs = opened(many, reading=Reading(batch_rows=10))
    next(logs.batches())
    assert logs.ledger.rows_count <= 20
    list(logs.batches())
    next(logs.batches())
    assert logs.ledger.rows_count == 151


def test_texts_of_a_few(many, opened):
    logs = opened(many)
    assert logs.texts(["1-7", "o", "nobody"]) == {"1-7": "p7", "o": "q"}
    assert logs.texts([]) == {}
    assert logs.ledger.rows_count == 0


def test_texts_of_column_files(tmp_path, row, opened):
    pq.write_table(
        pa.Table.from_pylist([row(prompt_text="p"), row(exchange_id="y", prompt_text=None)]), tmp_path / "a.parquet"
    )
    assert opened(tmp_path).texts(["x", "y"]) == {"x": "p"}


def test_progress_through_repeated_ids(written, row, rows_of):
    assert len(rows_of(written("a.jsonl", row(), row()))) == 2


ZONELESS = {"asked_at": "2026-11-20 10:00:00"}
AHEAD = {"asked_at": "2026-11-24T12:00:01Z"}


@pytest.mark.parametrize(
    ("name", "kind", "content", "options"),
    [
        ("no_rows", NoRows, b"\n", {}),
        ("no_calls", NoRows, lines([{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "x"}]}]}]}]), {}),
        ("unknown_format", UnknownFormat, lines([{"when": 1, "what": "x"}]), {}),
        ("not_json", UnknownFormat, b"when,what\n1,x\n", {}),
        ("no_such_reader", NoSuchReader, b"{}", {"format": "nativ"}),
        (
            "wrong_format",
            WrongFormat,
            lines([{"exchange_id": "x", "asked_at": "2026-11-20T10:00:00Z", "account_id": "a", "prompt_text": "b"}]),
            {"format": "openai"},
        ),
        ("no_mapping", BadMapping, b"{}", {"format": "mapping"}),
        ("cut_off_gzip", UnreadableLog, gzip.compress(lines([{"a": 1}] * 99))[:-9], {}),
        ("cut_off_parquet", UnreadableLog, b"PAR1abc", {}),
        (
            "missing_column",
            MissingColumn,
            lines([{"exchange_id": "x", "asked_at": "2026-11-20T10:00:00Z", "ip": "a", "model": "m"}]),
            {},
        ),
        (
            "too_many",
            TooManyBadRows,
            lines([{"exchange_id": "x", "asked_at": "2026-11-20T10:00:00Z", "account_id": "a"}]) + b"no\nno\n{\n[]\n",
            {},
        ),
        ("future", TimesInFuture, lines([{"exchange_id": "x", "account_id": "a"} | AHEAD]), {}),
        ("no_zone", TimesWithoutZone, lines([{"exchange_id": "x", "account_id": "a"} | ZONELESS]), {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_errors(name, kind, content, options, opened, tmp_path, stored):  # noqa: PLR0917
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(StillwatchError) as told:
        list(opened(tmp_path / "a.jsonl", **options).batches())
    assert type(told.value) is kind
    stored(f"{name}.txt", str(told.value).replace(str(tmp_path), "logs") + "\n")


def test_parquet_without_a_required_column(tmp_path, row, opened, stored):
    pq.write_table(pa.Table.from_pylist([row(time=1, ip="a")]).drop_columns(["asked_at"]), tmp_path / "a.parquet")
    with pytest.raises(MissingColumn) as told:
        opened(tmp_path)
    stored("parquet_missing_column.txt", str(told.value).replace(str(tmp_path), "logs") + "\n")


def test_bad_rows_stop_early(tmp_path, row, opened):
    (tmp_path / "a.jsonl").write_bytes(lines([row()] * 900 + [row(asked_at="x")] * 150 + [row()] * 9_000))
    reading = Reading(batch_rows=100)
    with pytest.raises(TooManyBadRows, match=r"too many rows(.|\n)*of the first 1,0\d\d rows"):
        list(opened(tmp_path, reading=reading).batches())
    assert (
        sum(batch.num_rows for batch in opened(tmp_path, reading=replace(reading, judged_after_rows=5_000)).batches())
        == 9_900
    )


def test_a_day_ahead_is_believed(written, row, rows_of):
    rows = rows_of(written("a.jsonl", row(asked_at="2026-11-24T12:00:00Z")))
    assert rows[0]["asked_at"] - datetime(2026, 11, 23, 12, tzinfo=UTC) == timedelta(days=1)


def test_a_named_format_is_not_guessed(written, row, opened):
    with pytest.raises(MissingColumn, match=r"docs/logs\.md"):
        list(opened(written("a.jsonl", {"request": {}}), format="openai").batches())


def test_names_of_the_operators_files_are_never_patterns(tmp_path, row, rows_of):
    (tmp_path / "a[1].jsonl").write_bytes(lines([row()]))
    assert len(rows_of(tmp_path / "a[1].jsonl")) == 1


def test_many_small_files_come_in_few_batches(tmp_path, row, opened):
    for number in range(300):
        (tmp_path / f"{number}.jsonl").write_bytes(lines([row(exchange_id=str(number))]))
    assert [batch.num_rows for batch in opened(tmp_path, reading=Reading(batch_rows=200)).batches()] == [200, 100]
