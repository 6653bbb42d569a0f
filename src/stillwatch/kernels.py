"""Makes compiled kernels ready before they are needed, and says so when that takes a while."""

from stillwatch.engine.compiled import KERNELS, kept_count
from stillwatch.links.warm import warm_links
from stillwatch.marks.warm import warm
from stillwatch.progress import Progress
from stillwatch.traits.vector_sums import warm_sums


def prepare_kernels(progress: Progress) -> bool:
    """Compile the kernels of the marks, the traits and the links, or load them from where the last run kept them.

    Returns
    -------
    bool
        Whether any had to be compiled, which takes half a minute and more; `progress` is told before.
    """
    first = kept_count() < len(KERNELS)
    progress.stage("compiling kernels, once" if first else "loading kernels", None, "")
    warm_links()
    warm_sums()
    return warm()
