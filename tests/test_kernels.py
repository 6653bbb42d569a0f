import pytest

from stillwatch import kernels
from stillwatch.engine.compiled import KERNELS
from stillwatch.kernels import prepare_kernels


class Told:
    def __init__(self):
        self.stages = []

    def stage(self, name, total, unit):
        self.stages.append((name, total, unit))

    def advance(self, amount):
        pass

    def done(self):
        pass


@pytest.mark.parametrize(("lacking", "name"), [(0, "loading kernels"), (1, "compiling kernels, once")])
def test_compiling_is_told_before_it_begins(monkeypatch, lacking, name):
    told = Told()
    # Counted when asked: other tests declare kernels of their own while they are read.
    monkeypatch.setattr(kernels, "kept_count", lambda: len(KERNELS) - lacking)
    monkeypatch.setattr(kernels, "warm", told.stages.copy)
    monkeypatch.setattr(kernels, "warm_links", lambda: None)
    assert prepare_kernels(told) == [(name, None, "")]
