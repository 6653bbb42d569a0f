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


@pytest.mark.parametrize(
    ("kept", "name"), [(len(KERNELS), "loading kernels"), (len(KERNELS) - 1, "compiling kernels, once")]
)
def test_compiling_is_told_before_it_begins(monkeypatch, kept, name):
    told = Told()
    monkeypatch.setattr(kernels, "kept_count", lambda: kept)
    monkeypatch.setattr(kernels, "warm", told.stages.copy)
    monkeypatch.setattr(kernels, "warm_links", lambda: None)
    assert prepare_kernels(told) == [(name, None, "")]
