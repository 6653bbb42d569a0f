"""How often strangers share: the denominator of every bit."""

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Incidence

Floats = npt.NDArray[np.float64]


def sharing_rates(incidence: Incidence, reference: npt.NDArray[np.bool_], trimmed_share: float) -> Floats:
    """Estimate, for each value, how often two strangers share a value at most as common.

    Two accounts that draw `k` and `l` values independently from what the reference shows share on average
    `k * l * rate` values at most as common as this one. The estimate counts the pairs of reference accounts that do share
    such a value, and adds two, so that it is never zero; the pair under judgement is hence never its own evidence.

    Parameters
    ----------
    reference
        For each account, whether it is believed honest.
    trimmed_share
        Share of the reference, those who share the most for what they show, that is left out of the count. Traffic in
        which many accounts are one operator's would otherwise pass for what strangers do.

    Returns
    -------
    Floats
        One rate for each value, rising with how common the value is.

    References
    ----------
    Fellegi and Sunter (1969), A Theory for Record Linkage; the u-probability, estimated on presumed non-matches.
    """
    owners = np.repeat(np.arange(len(reference)), np.diff(incidence.account_start))
    inside = reference[owners]
    width_inside = np.bincount(incidence.account_values[inside], minlength=len(incidence.values))
    others = np.where(inside, width_inside[incidence.account_values] - 1, 0)
    shown = np.where(reference, incidence.shown_count, 0)
    kept = _kept(np.bincount(owners, weights=others, minlength=len(reference)), shown, trimmed_share)
    counted = np.bincount(
        incidence.account_values[kept[owners]], weights=others[kept[owners]], minlength=len(incidence.values)
    )
    at_most_as_common = np.cumsum(counted)[np.searchsorted(incidence.widths, incidence.widths, side="right") - 1]
    return np.asarray((at_most_as_common + 2.0) / max(1.0, float(shown.sum()) * float(shown[kept].sum())))


def _kept(sharing: Floats, shown: npt.NDArray[np.int64], trimmed_share: float) -> npt.NDArray[np.bool_]:
    showing = np.flatnonzero(shown)
    if not len(showing):
        return shown > 0
    order = showing[np.lexsort((showing, sharing[showing] / shown[showing]))]
    kept = np.zeros(len(shown), bool)
    kept[order[: max(1, round(len(order) * (1 - trimmed_share)))]] = True
    return kept
