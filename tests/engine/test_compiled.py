from pathlib import Path

import numba
import pytest

from stillwatch.engine import compiled

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME"])
def test_the_cache_goes_where_the_environment_says(name, tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv(name, str(tmp_path))
    folder = compiled.cache_folder(HERE)
    assert folder.is_dir()
    assert folder.is_relative_to(tmp_path)


def test_the_cache_is_the_users_by_default(tmp_path, monkeypatch):
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert compiled.cache_folder(HERE).parent == tmp_path / ".cache" / "stillwatch"


def test_no_cache_for_who_has_no_home(monkeypatch):
    def home():
        raise RuntimeError("could not determine the home directory")

    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", home)
    assert compiled.cache_folder(HERE) is None


def test_no_cache_where_none_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.cache_folder(HERE) is None
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(compiled, "_folder", lambda _sources: None)
    assert compiled.kernel(lambda x: x + 1)(1) == 2
    compiled.KERNELS.pop()


def test_a_change_of_source_changes_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    (tmp_path / "loops.py").write_text("one")
    before = compiled.cache_folder(tmp_path)
    (tmp_path / "loops.py").write_text("another")
    assert compiled.cache_folder(tmp_path) != before


def test_numba_keeps_its_own_settings():
    before = numba.config.CACHE_DIR
    compiled.kernel(abs_of)
    compiled.KERNELS.pop()
    assert before == numba.config.CACHE_DIR


def abs_of(x):
    return abs(x)


def test_a_piece_may_be_called_or_inlined():
    one, other = compiled.piece(lambda x: x + 1), compiled.aside(lambda x: x + 1)
    whole = compiled.kernel(lambda x: one(x) * 10 + other(x))
    compiled.KERNELS.pop()
    assert whole(1) == 22


def test_what_is_kept_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "_folder", lambda _sources: tmp_path)
    before = compiled.kept_count()
    assert compiled.kernel(negated)(1) == -1
    compiled_ones = compiled.kept_count()
    compiled.KERNELS.pop()
    assert (before, compiled_ones) == (0, 1)


def negated(x):
    return -x
