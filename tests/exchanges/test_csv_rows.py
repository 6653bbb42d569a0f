import csv
import gzip
import io

import pytest

from stillwatch.exchanges import csv_rows as csv_rows_module
from stillwatch.exchanges.csv_rows import csv_rows
from stillwatch.log_errors import UnreadableLog

LONG = "a prompt, with “quotes” and\nlines " * 20_000


@pytest.fixture
def rows_in(tmp_path):
    def read(content, name="a.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(csv_rows(tmp_path / name))

    return read


def written(*rows, **options):
    text = io.StringIO()
    csv.writer(text, **options).writerows(rows)
    return text.getvalue()


def test_rows_are_read_as_they_were_written(rows_in):
    text = written(("id", "said", "note"), ("1", LONG, ""), ("2", 'he said "no",\r\nand left', "x"))
    first, second = rows_in(text)
    assert first.value == {"id": "1", "said": LONG}
    assert second.value == {"id": "2", "said": 'he said "no",\r\nand left', "note": "x"}
    assert (first.fault, second.fault) == (None, None)


def test_a_row_is_numbered_by_the_line_it_begins_on(rows_in):
    assert [row.number for row in rows_in('id,said\n1,a\n2,"b\nc"\n\n3,d\n')] == [2, 3, 6]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_stands_between_columns_is_told_by_the_first_line(delimiter, mark, rows_in):
    text = written(("id", "said", "when"), ("1", "a, b; c\td|e", "then"), delimiter=delimiter)
    assert [row.value for row in rows_in(mark + text)] == [{"id": "1", "said": "a, b; c\td|e", "when": "then"}]


def test_names_may_stand_in_quotes(rows_in):
    assert [row.value for row in rows_in('"id","a, b"\n1,2')] == [{"id": "1", "a, b": "2"}]


@pytest.mark.parametrize(
    ("text", "values", "faults"),
    [
        ("id,said\n1\n2,b\n3,c,d\n", [None, {"id": "2", "said": "b"}, None], "not as many values"),
        ('id,said\n1,"a"b\n2,c\n', [None, {"id": "2", "said": "c"}], "not CSV"),
        ('id,said\n1,a\n2,"b\n', [{"id": "1", "said": "a"}, None], "not CSV"),
        ("id,said\r1,a\r2,b\r", [None], "not CSV"),
    ],
)
def test_a_row_of_another_form_is_a_fault_and_hides_no_other(text, values, faults, rows_in):
    rows = rows_in(text)
    assert [row.value for row in rows] == values
    assert all(faults in row.fault for row in rows if row.value is None)


def test_a_name_may_hold_a_line_break(rows_in):
    assert [row.value for row in rows_in('id,"said\nhere"\n1,a\n')] == [{"id": "1", "said\nhere": "a"}]


def test_a_row_is_not_endless(rows_in, monkeypatch):
    monkeypatch.setattr(csv_rows_module, "LONGEST_ROW", 2_000_000)
    assert len(rows_in(written(("id", "said"), ("1", "x" * 1_500_000)))) == 1
    with pytest.raises(UnreadableLog, match="a row of more than"):
        rows_in(written(("id", "said"), ("1", "x" * 4_000_000)))


def test_bytes_that_are_no_text_are_replaced(rows_in):
    assert [row.value for row in rows_in(b"id\n\xff1\n")] == [{"id": "\ufffd1"}]


@pytest.mark.parametrize("text", ["", "id,said\n", "\n\n"])
def test_a_file_without_rows_has_none(text, rows_in):
    assert rows_in(text) == []


def test_compressed_files_are_unpacked_and_their_bytes_counted(tmp_path):
    packed = gzip.compress(written(("id", "said"), *((str(number), LONG) for number in range(20))).encode())
    (tmp_path / "a.csv.gz").write_bytes(packed)
    read = []
    assert len(list(csv_rows(tmp_path / "a.csv.gz", read.append))) == 20
    assert sum(read) == len(packed)
    (tmp_path / "a.csv.gz").write_bytes(packed[:-9])
    with pytest.raises(UnreadableLog):
        list(csv_rows(tmp_path / "a.csv.gz"))
