"""Weighs how surprising it is, in bits, that two accounts share what they share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.chance import sharing_again, sharing_rates
from stillwatch.links.closeness import closeness_bits
from stillwatch.links.compiled import count_shared, weigh_pairs
from stillwatch.links.incidence import Incidence, Ints
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.tables import LINKS

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]

_PART_PAIRS = 1 << 16  # weighed in a few milliseconds: any number of threads shares them evenly


@dataclass(frozen=True)
class Weighed:
    """Pairs of accounts with the bits of each trait (columns as `Shown.names`), strangers' organisations apart.

    `rarest` numbers the rarest shared value of each trait; -1 for profiles and where nothing is shared. `total` sums
    the strongest trait of each family, `second` all but the strongest family.
    """

    a: Ints
    b: Ints
    bits: Floats
    counts: Counts
    rarest: Counts
    total: Floats
    second: Floats
    families_count: Ints

    def only(self, kept: Mask) -> "Weighed":
        """Return the pairs that a mask keeps."""
        return Weighed(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))


def weigh_links(
    shown: Shown,
    reference: Mask,
    settings: Linking,
    *,
    trimmed_share: float = 0.0,
    pairs: tuple[Ints, Ints] | None = None,
) -> Weighed:
    """Weigh every candidate pair of accounts.

    Within a family of traits the strongest counts, between families bits are summed. Accounts that are declared to
    belong to one organisation share what they share by right: their pairs are left out.

    Parameters
    ----------
    reference
        Which accounts are believed honest: what strangers share is learned from them.
    trimmed_share
        See `sharing_rates`.
    pairs
        Candidate pairs, when they are known already.

    Notes
    -----
    Time grows with the candidate pairs times the values that an account shows; see `candidate_pairs` for their bound.

    References
    ----------
    Fellegi and Sunter (1969), A Theory for Record Linkage. Their weights, with the chance of strangers taken over all
    values at most as common as those shared, and for as many values as each account shows.
    """
    a, b = pairs if pairs is not None else candidate_pairs(shown.incidences, settings)
    apart = (shown.organisations[a] < 0) | (shown.organisations[a] != shown.organisations[b])
    a, b = a[apart], b[apart]
    shape = (len(a), len(shown.names))
    bits, counts = np.zeros(shape, order="F"), np.zeros(shape, np.int32, order="F")
    rarest = np.full(shape, -1, np.int32, order="F")
    for column, one in enumerate(shown.incidences):
        _count(one, a, b, counts[:, column], rarest[:, column])
        again = sharing_again(a, b, counts[:, column], reference, trimmed_share)
        sharing = np.flatnonzero(counts[:, column])
        rates = sharing_rates(one, reference, trimmed_share)
        bits[sharing, column] = _surprise(one, rates, again, a[sharing], b[sharing])
    for column, like in enumerate(shown.likenesses, len(shown.incidences)):
        if like.of_pairs:
            bits[:, column] = closeness_bits(like, a, b, reference)
    most = [
        settings.copied_wording_bits if one == "wording" else settings.strongest_trait_bits for one in shown.families
    ]
    bits += np.log2(settings.sharing_probability)
    np.clip(bits, 0.0, most, out=bits)
    return Weighed(a, b, bits, counts, rarest, *_summed(bits, shown.families))


def weakest_link(dealt: Weighed, strangers_count: int, settings: Linking) -> float:
    """Return the bits that so few pairs of strangers reach that links above them are not chance.

    Parameters
    ----------
    dealt
        The links of what strangers show, dealt anew family by family: the level is the one that at most
        `stray_links_share` links for each of the strangers exceed, though never under `weakest_link_bits`.
    """
    totals = np.sort(dealt.total[dealt.families_count >= 2])[::-1]
    allowed = int(settings.stray_links_share * strangers_count)
    return max(settings.weakest_link_bits, float(totals[allowed]) if allowed < len(totals) else 0.0)


def links_table(weighed: Weighed, shown: Shown) -> pa.Table:
    """Return the table `links`: one row for each trait that adds to a pair."""
    pair, column = np.nonzero(weighed.bits > 0)
    names, families = np.array(shown.names, object), np.array(shown.families, object)
    values = [
        None if at >= len(shown.incidences) else shown.incidences[at].values[int(weighed.rarest[row, at])].as_py()
        for row, at in zip(pair.tolist(), column.tolist(), strict=True)
    ]
    return pa.table(
        {
            "account_a": shown.accounts.take(pa.array(weighed.a[pair])),
            "account_b": shown.accounts.take(pa.array(weighed.b[pair])),
            "trait": names[column],
            "family": families[column],
            "weight_bits": weighed.bits[pair, column],
            "shared_count": weighed.counts[pair, column],
            "shared_value": values,
        },
        schema=LINKS.schema,
    )


def _count(one: Incidence, a: Ints, b: Ints, counts: Counts, rarest: Counts) -> None:
    _in_parts(
        lambda at: count_shared(a[at], b[at], one.account_start, one.account_values, counts[at], rarest[at]), len(a)
    )


def _surprise(one: Incidence, rates: Floats, again: float, a: Ints, b: Ints) -> Floats:
    bits, shown = np.zeros(len(a)), one.shown_count.astype(np.float64)
    _in_parts(
        lambda at: weigh_pairs(
            a[at], b[at], one.account_start, one.account_values, shown, rates, -np.log2(again), bits[at]
        ),
        len(a),
    )
    return bits


def _in_parts(work: Callable[[slice], None], length: int) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(work, [slice(start, start + _PART_PAIRS) for start in range(0, length, _PART_PAIRS)]))


def _summed(bits: Floats, families: tuple[str, ...]) -> tuple[Floats, Floats, Ints]:
    total, strongest, count = np.zeros(len(bits)), np.zeros(len(bits)), np.zeros(len(bits), np.int64)
    for family in sorted(set(families)):
        best = bits[:, [at for at, one in enumerate(families) if one == family]].max(axis=1)
        total += best
        strongest = np.maximum(strongest, best)
        count += best > 0
    return total, total - strongest, count
