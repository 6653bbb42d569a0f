"""How often strangers share: the denominator of every bit."""

import numpy as np
import numpy.typing as npt

from stillwatch.links.compiled import count_inside, sum_rows
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
    inside = _shown_by(incidence, reference)
    shown = np.where(reference, incidence.shown_count, 0)
    kept = reference
    if trimmed_share > 0.0:
        sharing = np.zeros(len(reference), np.int64)
        sum_rows(incidence.account_start, incidence.account_values, inside - 1, reference, sharing)
        kept = _kept(sharing.astype(np.float64), shown, trimmed_share)
    counted = (inside - 1) * (_shown_by(incidence, kept) if trimmed_share > 0.0 else inside)
    at_most_as_common = np.cumsum(counted)[np.searchsorted(incidence.widths, incidence.widths, side="right") - 1]
    return np.asarray((at_most_as_common + 0.5) / max(1.0, float(shown.sum()) * float(shown[kept].sum())))


def sharing_again(partners: Ints, more: Ints, reference_count: int, trimmed_share: float) -> float:
    """Estimate how often strangers who share one value of a trait share another.

    People of one trade share many things once they share one: further values are no independent evidence. The estimate
    is the mean over accounts of the share of their partners with whom they share more than one value, begun at one half
    of one account.

    Parameters
    ----------
    partners, more
        For each account, with how many it shares a value, and with how many of these another.
    reference_count
        Of how many accounts these are all that have partners.
    trimmed_share
        As for `sharing_rates`.
    """
    shares = np.sort(more[partners > 0] / partners[partners > 0])
    allowed = shares[: max(0, len(shares) - round(trimmed_share * reference_count))]
    return float((allowed.sum() + 0.5) / (len(allowed) + 1.0))


def _shown_by(incidence: Incidence, accounts: npt.NDArray[np.bool_]) -> Ints:
    """Return for each value how many of the accounts show it."""
    if accounts.all():
        return incidence.widths
    counts = np.zeros(len(incidence.values), np.int64)
    count_inside(incidence.value_start, incidence.value_accounts, accounts, counts)
    return counts


def _kept(sharing: Floats, shown: npt.NDArray[np.int64], trimmed_share: float) -> npt.NDArray[np.bool_]:
    showing = np.flatnonzero(shown)
    if not len(showing):
        return shown > 0
    most, ratio = max(1, round(len(showing) * (1 - trimmed_share))), sharing[showing] / shown[showing]
    level = np.partition(ratio, most - 1)[most - 1]
    below = ratio < level
    kept = np.zeros(len(shown), bool)
    kept[showing[below]] = True
    kept[showing[ratio == level][: most - int(below.sum())]] = True
    return kept
