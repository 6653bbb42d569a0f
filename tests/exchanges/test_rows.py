import gzip
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.exchanges import rows
from stillwatch.exchanges.rows import BadRow, decode, decode_object, json_rows
from stillwatch.log_errors import UnreadableLog

OBJECTS = [{"a": 1, "é": "日本 \u2028"}, {"b": [None, {"c": "x" * 40}]}, {"d": "\U0001f600"}]


def told(path):
    return [(row.number, row.value if row.fault is None else row.fault) for row in json_rows(path)]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(one) for one in OBJECTS),
        "\n".join(f"2026-11-20T10:00:00.000Z stdout F {json.dumps(one)}" for one in OBJECTS),
        "\r\n".join(json.dumps(one, ensure_ascii=False) for one in OBJECTS) + "\r\n",
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=2, ensure_ascii=False),
        "\n".join(json.dumps(one, indent=1) for one in OBJECTS),
        "\ufeff" + "\n".join(json.dumps(one) for one in OBJECTS),
    ],
    ids=["lines", "stamped lines", "windows lines", "list", "indented list", "one after another", "byte order mark"],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize("compress", [bytes, gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)])
def test_every_shape_of_json_gives_its_objects(text, chunk, compress, tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_CHUNK", chunk)
    path = tmp_path / "log"
    path.write_bytes(compress(text.encode()))
    assert told(path) == [(i, json.loads(json.dumps(one))) for i, one in enumerate(OBJECTS, 1)]


@pytest.mark.parametrize(
    ("line", "found"),
    [(b'{"a": "\xff\xfe"}', {"a": "\ufffd\ufffd"}), (b'{"a": "\\ud800x"}', {"a": "\ufffdx"}),
     (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}), (b'{"a": Infinity}', {"a": float("inf")}),
     (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890})],
)  # fmt: skip
def test_text_that_is_no_unicode_is_replaced(line, found):
    assert decode_object(line) == found


def test_a_number_of_any_length_is_json(tmp_path):
    digits = "9" * 5_000
    assert decode(f'{{"a": {digits}}}'.encode()) == {"a": float("inf")}
    (tmp_path / "a.json").write_text(f'[{{"a": 1}}, {{"a": {digits}}}]')
    assert [row.value for row in json_rows(tmp_path / "a.json")] == [{"a": 1}, {"a": float("inf")}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [(b'{"a": 1', "not JSON, or cut off"), (b"[1]", "not a JSON object"), (b"12", "not a JSON object"),
     (b'{"a":' + b"[" * 100_000, "JSON is nested too deeply"),
     (b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}x", "not JSON, or cut off"), (b"\x00\x01", "not JSON, or cut off")],
)  # fmt: skip
def test_a_bad_line_says_why(line, reason):
    with pytest.raises(BadRow, match=reason):
        decode_object(line)


def test_bad_and_blank_lines_keep_the_numbers_of_the_others(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b'{"a":1}\n\n  \nnonsense\n{"a":2}')
    assert told(path) == [(1, {"a": 1}), (4, "not JSON, or cut off"), (5, {"a": 2})]


def test_progress_counts_the_bytes_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_CHUNK", 10_000)
    text = b"".join(json.dumps({"a": f"{i * i}"}).encode() + b"\n" for i in range(20_000))
    for compress in (bytes, gzip.compress):
        (tmp_path / "log").write_bytes(compress(text))
        steps = []
        assert len(list(json_rows(tmp_path / "log", steps.append))) == 20_000
        assert sum(steps) == (tmp_path / "log").stat().st_size
        assert max(steps) < 100_000


def test_a_row_may_be_larger_than_a_chunk_but_not_endless(tmp_path, monkeypatch):
    path = tmp_path / "log"
    path.write_text(json.dumps({"a": "x" * 5_000_000}) + "\n" + json.dumps({"a": 1}))
    assert [row.size for row in json_rows(path)] == [5_000_009, 8]
    monkeypatch.setattr(rows, "LONGEST_ROW", 1 << 21)
    with pytest.raises(UnreadableLog):
        told(path)


@pytest.mark.parametrize("text", ['[{"a":1},{"b":', '[{"a":1}', '[{"a":1} nonsense]', '{\n"a":1\n}\n{\n"b"'])
def test_a_broken_list_is_an_error(text, tmp_path):
    path = tmp_path / "log"
    path.write_text(text)
    with pytest.raises(UnreadableLog, match="damaged"):
        told(path)


@pytest.mark.parametrize("depth", [150, 500, 2_000, 20_000])
@pytest.mark.parametrize("wrap", ["line", "list"])
@pytest.mark.parametrize("inner", ["[", '{"a":', '["]\\"}", '])
def test_what_is_too_deep_is_left_out_and_the_rest_of_its_row_is_read(wrap, inner, depth, tmp_path):
    deep = inner * depth + "1" + ("}" if ":" in inner else "]") * depth
    objects = ['{"a": 1}', f'{{"b": {deep}, "c": "\\ud800"}}', '{"d": 2}']
    path = tmp_path / "log"
    path.write_text("\n".join(objects) if wrap == "line" else f"[{', '.join(objects)}]")
    first, second, third = told(path)
    assert (first, third) == ((1, {"a": 1}), (3, {"d": 2}))
    assert second[1]["c"] == "\ufffd"
    assert isinstance(second[1]["b"], list | dict)
    levels, value = 0, second[1]["b"]
    while isinstance(value, list | dict):
        levels, value = levels + 1, [*(value.values() if isinstance(value, dict) else value)][-1]
    assert (levels, value) == (150, 1) if depth == 150 else levels >= 199


@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_an_object_too_deep_in_a_list_ends_where_it_ends(chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_CHUNK", chunk)
    deep = '{"b": ' + '["]\\"}", ' * 2_000 + "1" + "]" * 2_000 + "}"
    path = tmp_path / "log"
    path.write_text(f'[{{"a": 1}}, {deep}, {{"c": 2}}]')
    assert [number for number, _ in told(path)] == [1, 2, 3]
    path.write_text(f'[{{"a": 1}}, {deep[:-1]}')
    with pytest.raises(UnreadableLog, match="cut off"):
        told(path)


@given(st.integers(0, 10_000), st.sampled_from([gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)]))
def test_a_compressed_file_that_is_cut_off_is_an_error(tmp_path_factory, cut, compress):
    whole = compress("\n".join(json.dumps({"a": i * 7919 % 10007}) for i in range(999)).encode())
    path = tmp_path_factory.mktemp("cut") / "log"
    path.write_bytes(whole[: 4 + cut % (len(whole) - 4)])
    with pytest.raises(UnreadableLog):
        told(path)
