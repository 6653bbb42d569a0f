from stillwatch.engine.compiled import KERNELS
from stillwatch.marks.warm import warm


def test_every_kernel_of_a_scan_is_ready():
    warm()
    ready = {kernel.__name__ for kernel in KERNELS if kernel.signatures}
    assert {"mark_prompts", "digest_systems", "_find_paths", "_digest_all", "_digest_sets", "_join_runs"} <= ready


def test_whether_it_compiled_is_what_numba_counted():
    assert warm() is any(kernel.stats.cache_misses for kernel in KERNELS)
