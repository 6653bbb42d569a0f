"""Compiling this stage's kernels ahead of the work, or loading them from where the last run kept them."""

import numpy as np
import pyarrow as pa

from stillwatch.links.crowd import count_closer
from stillwatch.links.incidence import index_shown
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import weigh_links


def warm_links() -> None:
    """Weigh and compare two accounts, which makes every kernel of this stage ready."""
    shared = index_shown(
        "address", "network", np.ones(2, np.int64), (np.arange(2), np.zeros(2, np.int64)), pa.array(["a"])
    )
    shown = Shown(pa.array(["a", "b"]), (shared,), (), np.full(2, -1, np.int64))
    weigh_links(shown, np.ones(2, bool), Linking(widest_value=1))
    weigh_links(shown, np.ones(2, bool), Linking())
    pair = np.zeros(1, np.int64), np.ones(1, np.int64)
    count_closer(np.zeros((2, 1)), np.ones(2), bool(pair), *pair, np.zeros(1, np.int64))
