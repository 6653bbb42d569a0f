import pytest

from stillwatch.engine.compiled import KERNELS
from stillwatch.links import compiled, crowd, listing
from stillwatch.links.settings import Linking
from stillwatch.links.warm import warm_links
from stillwatch.links.weigh import weigh_links


@pytest.fixture
def ours():
    warm_links()
    return [one for one in KERNELS if one.py_func.__module__ in {compiled.__name__, listing.__name__, crowd.__name__}]


def test_every_kernel_of_the_links_is_ready_afterwards(ours):
    assert len(ours) > 10
    assert all(kernel.signatures for kernel in ours)


def test_work_asks_for_no_other_kernel(ours, shown_of):
    before = {kernel: len(kernel.signatures) for kernel in ours}
    shown = shown_of({("card", "money"): [{0, 1}, {0, 1}, {0}], ("address", "network"): [{0}, {0}, {1}]})
    weigh_links(shown, shown.organisations < 0, Linking(lone_pairs=0), trimmed_share=0.1)
    assert {kernel: len(kernel.signatures) for kernel in ours} == before
