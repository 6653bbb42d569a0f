"""How often strangers share: the denominator of every bit."""

import numpy as np
import numpy.typing as npt

from stillwatch.links.incidence import Incidence, Ints

Floats = npt.NDArray[np.float64]


def sharing_rates(incidence: Incidence, reference: npt.NDArray[np.bool_], trimmed_share: float) -> Floats:
    """Estimate, for each value, how often two strangers share a value at most as common.

    Two accounts that draw `k` and `l` values independently from what the reference shows share on average
    `k * l * rate` values at most as common as this one. The estimate counts the pairs of reference accounts that do
    share such a value, and adds half a pair (Jeffreys), so that it is never zero.

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
    others = np.where(inside, width_inside[incidence.account_values] - 1.0, 0.0)
    shown = np.where(reference, incidence.shown_count, 0)
    sharing = np.asarray(np.bincount(owners, weights=others, minlength=len(reference)), np.float64)
    kept = _kept(sharing, shown, trimmed_share)
    counted = np.bincount(
        incidence.account_values[kept[owners]], weights=others[kept[owners]], minlength=len(incidence.values)
    )
    at_most_as_common = np.cumsum(counted)[np.searchsorted(incidence.widths, incidence.widths, side="right") - 1]
    return np.asarray((at_most_as_common + 0.5) / max(1.0, float(shown.sum()) * float(shown[kept].sum())))


def sharing_again(
    a: Ints, b: Ints, counts: npt.NDArray[np.int32], reference: npt.NDArray[np.bool_], trimmed_share: float
) -> float:
    """Estimate how often strangers who share one value of a trait share another.

    People of one trade share many things once they share one: further values are no independent evidence. The estimate
    is the mean over reference accounts of the share of their partners with whom they share more than one value, begun
    at one half of one account.

    Parameters
    ----------
    a, b, counts
        Pairs of accounts and how many values they share.
    trimmed_share
        As for `sharing_rates`.
    """
    inside = (counts > 0) & reference[a] & reference[b]
    ends, more = np.concatenate((a[inside], b[inside])), np.tile(counts[inside] > 1, 2)
    partners = np.bincount(ends, minlength=len(reference))
    shares = np.bincount(ends, weights=more, minlength=len(reference))[partners > 0] / partners[partners > 0]
    allowed = np.sort(shares)[: max(0, len(shares) - round(trimmed_share * float(reference.sum())))]
    return float((allowed.sum() + 0.5) / (len(allowed) + 1.0))


def _kept(sharing: Floats, shown: npt.NDArray[np.int64], trimmed_share: float) -> npt.NDArray[np.bool_]:
    showing = np.flatnonzero(shown)
    if not len(showing):
        return shown > 0
    order = showing[np.lexsort((showing, sharing[showing] / shown[showing]))]
    kept = np.zeros(len(shown), bool)
    kept[order[: max(1, round(len(order) * (1 - trimmed_share)))]] = True
    return kept
