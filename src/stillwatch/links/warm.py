"""Compiling this stage's kernels ahead of the work, or loading them from where the last run kept them."""

import numpy as np
import pyarrow as pa

from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.crowd import count_closer, measure_amounts, measure_departures, measure_from_mean
from stillwatch.links.dealing import deal, dealt_pairs
from stillwatch.links.incidence import index_shown
from stillwatch.links.joined import join_incidences
from stillwatch.links.learned import learn_chances
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.weigh import Weighing


def warm_links() -> None:
    """List, deal, weigh and compare two accounts, which makes every kernel of this stage ready."""
    shared = index_shown(
        "address", "network", np.ones(2, np.int64), (np.arange(2), np.zeros(2, np.int64)), pa.array(["a"])
    )
    shown = Shown(pa.array(["a", "b"]), (shared,), (), np.full(2, -1, np.int64))
    joined, both, settings = join_incidences(shown.incidences, 2), np.ones(2, bool), Linking()
    one = np.array([True, False])  # of some accounts alone values are counted, of all they are known
    weighing = Weighing(shown, joined, learn_chances(shown, joined, one, settings, trimmed_share=0.1), settings)
    weighing.by_trait(candidate_pairs(joined, shown.organisations, settings))
    dealt_pairs(
        joined, deal(shown.families, both, np.zeros(len(both), np.int64), seed=1), shown.organisations, settings
    )
    pair = np.zeros(1, np.int64), np.ones(1, np.int64)
    vectors = np.zeros((2, 1)), np.ones(2), bool(pair)
    count_closer(*vectors, *pair, np.zeros(1, np.int64))
    measure_from_mean(*vectors, *np.ones((3, 1)), pair[1], np.empty(1))
    measure_departures(vectors[0], *np.ones((3, 1)), pair[1], np.empty(1))
    measure_amounts(*vectors[:2], *np.ones((3, 1)), pair[1], np.empty(1))
