from stillwatch.engine.compiled import KERNELS
from stillwatch.links import compiled
from stillwatch.links.warm import warm_links


def test_every_kernel_of_the_links_is_ready_afterwards():
    warm_links()
    ours = [kernel for kernel in KERNELS if kernel.py_func.__module__ == compiled.__name__]
    assert ours
    assert all(kernel.signatures for kernel in ours)
