import codecs
import gzip
import json

import pyarrow as pa
import pytest

from stillwatch.exchanges import csv_rows as csv_rows_module
from stillwatch.exchanges import rows
from stillwatch.exchanges.csv_rows import csv_rows
from stillwatch.exchanges.rows import json_rows
from stillwatch.exchanges.unpacked import compression, unpacked
from stillwatch.log_errors import UnreadableLog

SAID = [{"a": "é 日本 \U0001f600", "b": "x"}, {"a": "c" * 50, "b": "y"}]
PACKED = [bytes, gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)]


def in_utf_16(text, order):
    mark = codecs.BOM_UTF16_LE if order == "le" else codecs.BOM_UTF16_BE
    return mark + text.encode(f"utf-16-{order}", "surrogatepass")


def told(path, read=json_rows):
    return [row.value if row.fault is None else row.fault for row in read(path)]


@pytest.mark.parametrize(("compress", "name"), [*zip(PACKED, [None, "gzip", "zstd"], strict=True)])
def test_a_compression_is_told_by_the_first_bytes(compress, name, tmp_path):
    (tmp_path / "log").write_bytes(compress(b"abc"))
    assert compression(tmp_path / "log") == name


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("compress", PACKED)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_utf_16_is_read_as_utf_8_is(order, compress, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_CHUNK", chunk)
    monkeypatch.setattr(csv_rows_module, "_CHUNK", chunk)
    path = tmp_path / "log"
    as_lines = "\r\n".join(json.dumps(one, ensure_ascii=False) for one in SAID)
    for text in (as_lines, json.dumps(SAID, indent=1, ensure_ascii=False)):
        path.write_bytes(compress(in_utf_16(text, order)))
        assert told(path) == SAID
    path.write_bytes(compress(in_utf_16("a,b\n" + "\n".join(f"{one['a']},{one['b']}" for one in SAID), order)))
    assert told(path, csv_rows) == SAID


def test_half_a_character_is_replaced_where_it_stands(tmp_path):
    (tmp_path / "log").write_bytes(in_utf_16('{"a": "b\ud83dc"}\n', "le"))
    assert told(tmp_path / "log") == [{"a": "b\ufffdc"}]


def test_utf_16_that_is_cut_off_within_a_character_is_an_error(tmp_path):
    (tmp_path / "log").write_bytes(in_utf_16('{"a": 1}\n', "le") + b"{")
    with pytest.raises(UnreadableLog, match="ends within a character"):
        told(tmp_path / "log")


@pytest.mark.parametrize("text", [b"", b"{", b"{}"])
def test_short_files_are_read_whole(text, tmp_path):
    (tmp_path / "log").write_bytes(text)
    with unpacked(tmp_path / "log", lambda _size: None) as stream:
        assert (stream.read(1) or b"") + stream.read(9) == text


def test_progress_counts_the_bytes_of_utf_16_on_disk(tmp_path):
    (tmp_path / "log").write_bytes(in_utf_16("\n".join(map(json.dumps, SAID)), "be"))
    steps = []
    assert len(list(json_rows(tmp_path / "log", steps.append))) == 2
    assert sum(steps) == (tmp_path / "log").stat().st_size
