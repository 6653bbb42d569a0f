import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stillwatch.errors import BadSettings, InputsChanged, RecordUnreadable
from stillwatch.record import packages, read_record, recorded_mapping, scan_record
from stillwatch.scanning import Order
from stillwatch.settings import Context, Settings, read_settings

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def order(scanned):
    return Order((str(scanned.logs),), read_settings(scanned.settings), releases=scanned.scan.summary.releases)


def test_a_record_is_read_back(scanned, order):
    record = read_record(scanned.findings)
    assert record.path == scanned.findings / "scan.json"
    assert (record.sources, record.settings, record.releases) == (order.sources, order.settings, order.releases)
    assert record.summary == scanned.scan.summary
    assert record.packages == packages()
    record.check()


def test_a_record_knows_neither_the_clock_nor_the_machine(scanned, order):
    there = replace(order, settings=replace(order.settings, memory_bytes=10**9, temporary_folder=Path("/elsewhere")))
    assert scan_record(there, scanned.scan.summary, now=NOW) == scan_record(order, scanned.scan.summary)
    assert scan_record(replace(order, sources=order.sources * 2), scanned.scan.summary) == scan_record(
        order, scanned.scan.summary
    )


def test_the_clock_is_recorded_where_the_result_hangs_on_it(scanned, order):
    summary = replace(scanned.scan.summary, set_aside=(("`asked_at` is in the future", 3),))
    assert scan_record(order, summary, now=NOW)["now"] == "2026-11-23T00:00:00+00:00"


def test_memory_is_recorded_where_the_result_hangs_on_it(scanned, order, tmp_path):
    told = scan_record(order, scanned.scan.summary, memory_bytes=10**9)
    (tmp_path / "scan.json").write_text(json.dumps(told), encoding="utf-8")
    assert read_record(tmp_path).settings == replace(order.settings, memory_bytes=10**9)
    assert "memory_bytes" not in scan_record(order, scanned.scan.summary)["settings"]


def test_the_text_of_a_mapping_is_recorded(scanned, order, tmp_path):
    (tmp_path / "m.toml").write_text("[columns]\n# ü", encoding="utf-8")
    told = scan_record(replace(order, mapping=tmp_path / "m.toml"), scanned.scan.summary, now=NOW)
    (tmp_path / "scan.json").write_text(json.dumps(told), encoding="utf-8")
    record = read_record(tmp_path / "scan.json")
    with recorded_mapping(record) as path:
        assert path.read_text(encoding="utf-8") == "[columns]\n# ü"
    assert not path.exists()
    with recorded_mapping(replace(record, mapping=None)) as path:
        assert path is None


def test_every_change_is_told(scanned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    for name in "abc":
        Path(f"logs/{name}.jsonl").write_text(name)
    Path("ranges.csv").write_text("prefix,kind\n")
    Path("key").write_bytes(bytes(16))
    first = scanned.scan.summary.inputs[0]
    digest = "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"  # of "c"
    inputs = tuple(replace(first, path=f"logs/{name}.jsonl", sha256=digest) for name in "acx")
    settings = Settings(key_file=Path("key"), context=Context(address_ranges=Path("ranges.csv")))
    told = scan_record(Order(("logs",), settings), replace(scanned.scan.summary, inputs=inputs))
    Path("scan.json").write_text(json.dumps(told))
    Path("ranges.csv").write_text("prefix,kind\n192.0.2.0/24,vpn\n")
    Path("key").write_bytes(bytes(15) + b"1")
    record = read_record(Path("scan.json"))
    assert list(record.changes()) == [
        "`logs/x.jsonl` is gone",
        "`logs/b.jsonl` is new",
        "`logs/a.jsonl` has other bytes",
        "the file that `key_file` names has other bytes",
        "the file that `context.address_ranges` names has other bytes",
    ]
    assert record.unread(["logs"]) == ["logs/a.jsonl", "logs/b.jsonl"]
    nothing = replace(record, summary=replace(record.summary, inputs=()))
    assert nothing.unread(["logs"]) == []
    with pytest.raises(InputsChanged):
        record.check()


def test_of_a_scan_with_a_state_only_the_state_is_told(scanned):
    record = replace(read_record(scanned.findings), state="kept", sources=("no-such-logs",))
    assert list(record.changes()) == ["the scan read the days that the state in `kept` held then"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 1}', '{"form": 2}', '{"form": 1, "settings": {}}', None])
def test_what_is_no_record_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "scan.json").write_text(text)
    with pytest.raises(RecordUnreadable):
        read_record(tmp_path / "scan.json")


def test_a_record_with_settings_of_another_version_says_which(scanned, tmp_path):
    table = json.loads((scanned.findings / "scan.json").read_text())
    table["settings"]["linking"]["gone"] = 1
    (tmp_path / "scan.json").write_text(json.dumps(table))
    with pytest.raises(BadSettings, match=r"linking\.gone"):
        read_record(tmp_path)
