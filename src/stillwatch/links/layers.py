"""Accounts in layers by how much they do: much of what accounts agree in comes with their scale."""

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Ints

MOST_LAYERS = 10
FEWEST_IN_LAYER = 1_000  # strangers: enough to tell one in a thousand
MANY = 2 * FEWEST_IN_LAYER  # strangers from which there are several layers


def layers_of(scale: npt.NDArray[np.float64] | Ints, strangers: npt.NDArray[np.bool_], fewest: int) -> Ints:
    """Return for each account the number of its layer, from the smallest on.

    Who calls day and night from a server shares its clients, its hours and its wordings with others that do, whoever
    runs them; so families of traits are not independent over all accounts. Among accounts of one scale they nearly are.

    Parameters
    ----------
    strangers
        The accounts that are spread evenly over the layers.
    fewest
        Strangers that each layer has at the least, as far as their scales differ; of fewer, all is one layer.
    """
    layers = max(1, min(MOST_LAYERS, int(strangers.sum()) // fewest))
    if layers == 1:
        return np.zeros(len(scale), np.int64)
    return np.searchsorted(np.quantile(scale[strangers], np.arange(1, layers) / layers), scale)
