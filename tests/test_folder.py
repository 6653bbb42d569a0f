import errno
import re
from pathlib import Path

import pytest

from stillwatch import folder
from stillwatch.errors import CannotWrite, FolderOccupied
from stillwatch.folder import MARK, WRITTEN, Content, written_whole


def write(into: Path, **files: str) -> None:
    with written_whole(into) as fresh:
        for name, text in {"scan": "{}", **files}.items():
            (fresh / f"{name}.{'html' if name == 'report' else 'json'}").write_text(text)


def held(within: Path) -> dict[str, str]:
    """All files under a folder, hidden ones too, and their text; folders have none."""
    paths = sorted(within.rglob("*"))
    return {path.relative_to(within).as_posix(): path.read_text() if path.is_file() else "" for path in paths}


@pytest.mark.parametrize("into", ["findings", "a/b/findings"])
def test_what_was_written_appears(into, tmp_path):
    write(tmp_path / into, report="one")
    assert held(tmp_path / into) == {"scan.json": "{}", "report.html": "one"}
    assert {path.name for path in (tmp_path / into).parent.iterdir()} == {"findings"}


def test_nothing_appears_before_all_is_written(tmp_path):
    with written_whole(tmp_path / "findings") as fresh:
        (fresh / MARK).write_text("{}")
        assert not (tmp_path / "findings").exists()
    assert held(tmp_path / "findings") == {MARK: "{}"}


def test_a_new_folder_may_be_read_by_others_as_any_other(tmp_path):
    write(tmp_path / "findings")
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "findings").stat().st_mode == (tmp_path / "plain").stat().st_mode


def break_off(into: Path, error: type[BaseException]) -> None:
    with written_whole(into) as fresh:
        (fresh / MARK).write_text("half")
        raise error("while writing")


BREAKS = [(OSError, CannotWrite), (KeyboardInterrupt, KeyboardInterrupt)]


@pytest.mark.parametrize(("error", "told"), BREAKS)
@pytest.mark.parametrize("into", ["findings", "a/b/findings"])
def test_interrupted_writing_leaves_nothing(error, told, into, tmp_path):
    with pytest.raises(told, match="while writing"):
        break_off(tmp_path / into, error)
    assert held(tmp_path) == {}


@pytest.mark.parametrize(("error", "told"), BREAKS)
def test_interrupted_writing_keeps_earlier_findings(error, told, tmp_path):
    write(tmp_path / "findings", report="one")
    before = held(tmp_path)
    with pytest.raises(told, match="while writing"):
        break_off(tmp_path / "findings", error)
    assert held(tmp_path) == before


def test_a_full_disk_is_told_in_the_systems_words(tmp_path):
    def fill():
        with written_whole(tmp_path / "findings"):
            raise OSError(errno.ENOSPC, "Error writing bytes to file")

    with pytest.raises(CannotWrite) as caught:
        fill()
    assert (caught.value.where, caught.value.found) == (str(tmp_path / "findings"), "No space left on device")


def test_a_folder_that_may_not_be_written_is_told(tmp_path, monkeypatch):
    def refused(*_given, **_named):
        raise PermissionError(errno.EACCES, "no", "findings")

    monkeypatch.setattr(folder.tempfile, "mkdtemp", refused)
    with pytest.raises(CannotWrite, match="Permission denied"):
        write(tmp_path / "findings")


def test_a_swap_that_fails_keeps_earlier_findings(tmp_path, monkeypatch):
    write(tmp_path / "findings", report="one")
    before, rename = held(tmp_path), Path.rename

    def fails_for_fresh(self, target):
        if self.name == "fresh":
            raise PermissionError("no")
        return rename(self, target)

    monkeypatch.setattr(folder.Path, "rename", fails_for_fresh)
    with pytest.raises(CannotWrite, match="no"):
        write(tmp_path / "findings", report="two")
    assert held(tmp_path) == before


def test_earlier_findings_are_replaced_whole(tmp_path):
    write(tmp_path / "findings", report="one", findings="old")
    write(tmp_path / "findings", report="two")
    assert held(tmp_path) == {"findings": "", "findings/scan.json": "{}", "findings/report.html": "two"}


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "findings").mkdir()
    write(tmp_path / "findings")
    assert held(tmp_path / "findings") == {MARK: "{}"}


def test_a_link_stays_a_link(tmp_path):
    write(tmp_path / "disk", report="one")
    (tmp_path / "findings").symlink_to(tmp_path / "disk")
    write(tmp_path / "findings", report="two")
    assert (tmp_path / "findings").is_symlink()
    assert held(tmp_path / "disk")["report.html"] == "two"


FOREIGN = [
    ({"thesis.tex": "x"}, "files, and no `scan.json`"),
    ({"report.html": "x"}, "files, and no `scan.json`"),
    ({MARK: "{}", "notes.md": "x", "appeal.pdf": "x", "report.html": "x"}, "`appeal.pdf`, `notes.md`"),
    ({MARK: "{}", ".hidden": "x"}, "`.hidden`"),
]


@pytest.mark.parametrize(("files", "found"), FOREIGN)
def test_foreign_files_are_refused_and_kept(files, found, tmp_path):
    (tmp_path / "findings").mkdir()
    for name, text in files.items():
        (tmp_path / "findings" / name).write_text(text)
    with pytest.raises(FolderOccupied) as caught:
        write(tmp_path / "findings")
    assert caught.value.found == found
    assert held(tmp_path / "findings") == files


def test_what_came_meanwhile_is_refused_and_kept(tmp_path):
    write(tmp_path / "findings", report="one")

    def disturbed() -> None:
        with written_whole(tmp_path / "findings") as fresh:
            (fresh / MARK).write_text("{}")
            (tmp_path / "findings" / "state").mkdir()

    with pytest.raises(FolderOccupied):
        disturbed()
    assert held(tmp_path / "findings") == {MARK: "{}", "report.html": "one", "state": ""}


PHOTOS = Content("photos of an earlier journey", "album.txt", frozenset({"album.txt", "one.jpg", "raw"}))


def put(into: Path, *names: str, content: Content = PHOTOS) -> None:
    with written_whole(into, content) as fresh:
        for name in names:
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_text(name)


def test_each_content_is_known_by_its_own_mark_and_names(tmp_path):
    put(tmp_path / "trip", "album.txt", "one.jpg", "raw/two.raw")
    put(tmp_path / "trip", "album.txt")
    assert held(tmp_path) == {"trip": "", "trip/album.txt": "album.txt"}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["one.jpg"], "files, and no `album.txt`"),
        (["scan.json"], "files, and no `album.txt`"),
        (["album.txt", "diary.txt"], "`diary.txt`"),
    ],
)
def test_what_one_content_may_not_hold_is_refused(names, found, tmp_path):
    (tmp_path / "trip").mkdir()
    for name in names:
        (tmp_path / "trip" / name).write_text(name)
    before = held(tmp_path)
    with pytest.raises(FolderOccupied) as caught:
        put(tmp_path / "trip", "album.txt")
    assert (caught.value.found, held(tmp_path)) == (found, before)
    assert caught.value.needed == "a folder that is new, empty, or holds photos of an earlier journey"


def test_findings_do_not_take_the_place_of_another_content(tmp_path):
    put(tmp_path / "trip", "album.txt")
    with pytest.raises(FolderOccupied):
        write(tmp_path / "trip")
    assert held(tmp_path / "trip") == {"album.txt": "album.txt"}


@pytest.mark.parametrize("moved", ["fresh", "findings"])
def test_an_interruption_of_the_swap_keeps_earlier_findings(moved, tmp_path, monkeypatch):
    write(tmp_path / "findings", report="one")
    before, rename = held(tmp_path), Path.rename

    def interrupted(self, target):
        if self.name == "fresh" and moved == "fresh":
            raise KeyboardInterrupt("now")
        done = rename(self, target)
        if self.name == moved:
            raise KeyboardInterrupt("now")
        return done

    monkeypatch.setattr(folder.Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt, match="now"):
        write(tmp_path / "findings", report="two")
    assert held(tmp_path) == before


def test_a_file_is_refused_and_kept(tmp_path):
    (tmp_path / "findings").write_text("mine")
    with pytest.raises(FolderOccupied) as caught:
        write(tmp_path / "findings")
    assert caught.value.found == "a file"
    assert held(tmp_path) == {"findings": "mine"}


def test_the_names_are_those_that_a_scan_writes():
    source = (Path(folder.__file__).parent / "findings" / "write.py").read_text(encoding="utf-8")
    assert set(re.findall(r'folder / "([^"]+)"', source)) | {MARK} == WRITTEN


def test_what_a_killed_run_had_moved_aside_is_put_back_by_the_next(tmp_path):
    """A kill between the two renames leaves no folder, and what stood there beside what was to come."""
    into = tmp_path / "found[1]"
    write(into, report="one")
    aside = tmp_path / f".{into.name}-killed"
    aside.mkdir()
    into.rename(aside / "former")
    with pytest.raises(KeyboardInterrupt):
        break_off(into, KeyboardInterrupt)
    assert held(into) == {"scan.json": "{}", "report.html": "one"}
    write(into, report="two")
    assert held(into)["report.html"] == "two"


def test_what_was_moved_aside_gives_way_to_what_came(tmp_path):
    into, aside = tmp_path / "found", tmp_path / ".found-killed"
    write(into, report="one")
    (aside / "former").mkdir(parents=True)
    write(into, report="two")
    assert held(into)["report.html"] == "two"
    assert (aside / "former").is_dir()
