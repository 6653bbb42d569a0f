import pytest

from stillwatch import kernels
from stillwatch.kernels import prepare_kernels
from stillwatch.marks.compiled import KERNELS


class Told:
    def __init__(self):
        self.stages = []

    def stage(self, name, total, unit):
        self.stages.append((name, total, unit))

    def advance(self, amount):
        pass

    def done(self):
        pass


@pytest.mark.parametrize(
    ("kept", "name"), [(len(KERNELS), "loading kernels"), (len(KERNELS) - 1, "compiling kernels, once"), (None,) * 2]
)
def test_compiling_is_told_before_it_begins(tmp_path, monkeypatch, kept, name):
    for number in range(kept or 0):
        (tmp_path / f"{number}.nbi").touch()
    told = Told()
    monkeypatch.setattr(kernels, "cache_folder", lambda: None if kept is None else tmp_path)
    monkeypatch.setattr(kernels, "warm", told.stages.copy)
    monkeypatch.setattr(kernels, "warm_links", lambda: None)
    assert prepare_kernels(told) == [(name or "compiling kernels, once", None, "")]
