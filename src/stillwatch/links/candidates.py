"""Which pairs of accounts are compared at all: those that share a value, without an explosion."""

from collections.abc import Sequence

import numpy as np

from stillwatch.links.compiled import list_pairs, sketch_accounts
from stillwatch.links.incidence import Incidence, Ints
from stillwatch.links.settings import Linking

_ORDERS = 4  # independent sketches by which the accounts of a wide value are put in order


def candidate_pairs(incidences: Sequence[Incidence], settings: Linking) -> tuple[Ints, Ints]:
    """Return the pairs to compare, each once, with the smaller account first.

    Every pair within a value of at most `widest_value` accounts is compared. The accounts of a wider value are put in
    the order of a sketch of all that they show, and each is compared with its `nearest_accounts` there, in four orders:
    accounts that share much besides the value stand together. So pairs grow with incidences, not with their square.

    References
    ----------
    Hernandez and Stolfo (1995), The Merge/Purge Problem for Large Databases: sorted neighbourhoods.
    """
    count = len(incidences[0].shown_count) if incidences else 0
    keys = [_narrow(one, settings.widest_value, count) for one in incidences]
    orders = [_order(incidences, seed, count) for seed in range(_ORDERS)]
    keys += [_wide(one, orders, settings, count) for one in incidences]
    unique = _distinct(keys)
    return unique // max(1, count), unique % max(1, count)


def _distinct(keys: Sequence[Ints]) -> Ints:
    """Return each key once, ascending; numpy's `unique` takes ten times as long."""
    ordered = np.concatenate((np.empty(0, np.int64), *keys))
    ordered.sort()
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def _narrow(incidence: Incidence, widest: int, count: int) -> Ints:
    widths = incidence.widths[incidence.widths <= widest]
    keys = np.empty(int((widths * (widths - 1) // 2).sum()), np.int64)
    list_pairs(incidence.value_start, incidence.value_accounts, widest, count, keys)
    return _distinct([keys])


def _order(incidences: Sequence[Incidence], seed: int, count: int) -> Ints:
    sketch = np.full(count, np.iinfo(np.uint64).max, np.uint64)
    for place, one in enumerate(incidences):
        sketch_accounts(one.account_start, one.account_values, (seed << 8 | place) * 0x632BE59BD9B4E019 % 2**63, sketch)
    order = np.empty(count, np.int64)
    order[np.lexsort((np.arange(count), sketch))] = np.arange(count)
    return order


def _wide(incidence: Incidence, orders: Sequence[Ints], settings: Linking, count: int) -> Ints:
    keys = []
    for value in np.flatnonzero(incidence.widths > settings.widest_value):
        accounts = incidence.value_accounts[incidence.value_start[value] : incidence.value_start[value + 1]]
        for order in orders:
            row = accounts[np.argsort(order[accounts])]
            for step in range(1, settings.nearest_accounts + 1):
                low, high = np.minimum(row[:-step], row[step:]), np.maximum(row[:-step], row[step:])
                keys.append(low * count + high)
    return _distinct(keys)
