import os

import pytest

from stillwatch.exchanges.files import find_files, kind_of
from stillwatch.log_errors import NoSuchLogs, UnreadableLog

NAMES = ("a.jsonl", "b.JSON.gz", "deep/c.parquet", "deep/d.jsonl.zst", "deep/e.arrow")


@pytest.fixture
def folder(tmp_path):
    for name in (*NAMES, "readme.txt", ".hidden.jsonl", "_SUCCESS", "_delta/f.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"{}")
    return tmp_path


def found(folder, *sources):
    logs, others = find_files([str(folder / source) for source in sources])
    return [[str(path.relative_to(folder)) for path in paths] for paths in (logs, others)]


def test_folders_give_what_looks_like_logs_and_tell_the_rest(folder):
    assert found(folder, "") == [sorted(NAMES), ["readme.txt"]]


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["a.jsonl"], ["a.jsonl"]),
        (["readme.txt"], ["readme.txt"]),
        (["*.jsonl"], ["a.jsonl"]),
        (["**/*.parquet", "a.jsonl"], ["a.jsonl", "deep/c.parquet"]),
        (["deep", "deep/c.parquet"], sorted(NAMES)[2:]),
        (["_delta/f.jsonl"], ["_delta/f.jsonl"]),
    ],
)
def test_files_globs_and_folders(folder, sources, names):
    assert found(folder, *sources)[0] == names
    assert found(folder, *reversed(sources))[0] == names


def test_a_file_with_two_names_is_read_once(folder):
    os.symlink(folder / "a.jsonl", folder / "z.jsonl")
    assert found(folder, "a.jsonl", "z.jsonl")[0] == ["a.jsonl"]
    assert found(folder, "z.jsonl", "a.jsonl")[0] == ["a.jsonl"]


def test_links_to_folders_are_followed_and_loops_end(folder, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    (away / "g.jsonl").write_bytes(b"{}")
    os.symlink(away, folder / "linked")
    os.symlink(folder, folder / "deep/back")
    os.symlink(folder / "nowhere", folder / "broken.jsonl")
    assert found(folder, "")[0] == sorted([*NAMES, "linked/g.jsonl"])


@pytest.mark.parametrize("call", ["scandir", "stat"])
def test_a_folder_that_may_not_be_read_is_told(call, folder, monkeypatch):
    real = getattr(os, call)

    def forbidden(path, *args, **kwargs):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, call, forbidden)
    with pytest.raises(UnreadableLog, match="Permission denied") as told:
        find_files([str(folder) if call == "scandir" else str(folder / "deep")])
    assert told.value.where == str(folder / "deep")


def test_a_name_that_no_record_can_hold_is_told(folder):
    name = os.fsencode(folder) + b"/caf\xe9"
    with open(name + b".txt", "wb"):
        assert found(folder, "")[1] == ["caf\\xe9.txt", "readme.txt"]
    with open(name + b".jsonl", "wb"), pytest.raises(UnreadableLog, match="not UTF-8") as told:
        find_files([str(folder)])
    assert str(told.value).isascii()
    with pytest.raises(NoSuchLogs, match=r"none\\xe9"):
        find_files([os.fsdecode(b"none\xe9")])


def test_all_paths_that_lead_nowhere_are_told(folder, stored):
    (folder / "empty").mkdir()
    with pytest.raises(NoSuchLogs) as told:
        find_files([str(folder / "a.jsonl"), str(folder / "none"), str(folder / "*.csv"), str(folder / "empty")])
    stored("no_such_logs.txt", str(told.value).replace(str(folder), "logs") + "\n")
    with pytest.raises(NoSuchLogs):
        find_files([])


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PAR1xxxx", "parquet"),
        (b"ARROW1\0\0", "arrow"),
        (b"\xff\xff\xff\xff\0\0\0\0", "arrow stream"),
        (b"{}", "json"),
        (b"", "json"),
        (b"\x1f\x8b", "json"),
    ],
)
def test_kinds(head, kind, tmp_path):
    (tmp_path / "x").write_bytes(head)
    assert kind_of(tmp_path / "x") == kind


@pytest.mark.parametrize(("name", "kind"), [("A.CSV", "csv"), ("a.tsv.gz", "csv"), ("a.csv.json", "json")])
def test_csv_is_told_by_its_name(name, kind, tmp_path):
    (tmp_path / name).write_bytes(b"id,said")
    assert kind_of(tmp_path / name) == kind
    (tmp_path / name).write_bytes(b"PAR1xxxx")
    assert kind_of(tmp_path / name) == "parquet"


def test_a_file_that_may_not_be_read(tmp_path):
    with pytest.raises(UnreadableLog):
        kind_of(tmp_path)
