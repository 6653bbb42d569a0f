"""Weighs how surprising it is, in bits, that two accounts share what they share."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.links.candidates import candidate_pairs
from stillwatch.links.closeness import closeness_bits
from stillwatch.links.compiled import sum_families, weigh_shared
from stillwatch.links.dealing import Dealing
from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids, Joined, join_incidences
from stillwatch.links.learned import Chances, learn_chances
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.threads import in_parts, slices
from stillwatch.tables import LINKS

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]
Pairs = tuple[Ids, Ids]
Table = tuple[Floats, Counts, Counts]

_PART_PAIRS = 1 << 13  # weighed in milliseconds: any number of threads shares them evenly, and their bits stay in cache


@dataclass(frozen=True)
class Strengths:
    """Pairs of accounts with the bits of all they share: 25 bytes for each.

    `total` sums the strongest trait of each family, `second` all but the strongest family.
    """

    a: Ids
    b: Ids
    total: Floats
    second: Floats
    families_count: npt.NDArray[np.int8]

    def only(self, kept: Mask) -> "Strengths":
        """Return the pairs that a mask keeps."""
        return Strengths(*(getattr(self, one.name)[kept] for one in fields(self)))


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
        return Weighed(*(getattr(self, one.name)[kept] for one in fields(self)))


@dataclass(frozen=True)
class Weighing:
    """All that pairs are weighed by: what accounts show, and how often strangers share.

    Within a family of traits the strongest counts, between families bits are summed.

    Notes
    -----
    Time grows with the pairs times the values that an account shows.

    References
    ----------
    Fellegi and Sunter (1969), A Theory for Record Linkage. Their weights, with the chance of strangers taken over all
    values at most as common as those shared, and for as many values as each account shows.
    """

    shown: Shown
    joined: Joined
    chances: Chances
    settings: Linking

    def strengths(self, pairs: Pairs, dealing: Dealing | None = None) -> Strengths:
        """Return the pairs with all their bits; with a dealing, those of what they show when it is dealt."""
        close, columns = self._closeness(pairs, dealing), len(self.shown.names)
        sums = _room_for_sums(len(pairs[0]))

        def weigh(part: slice) -> None:
            shape = part.stop - part.start, columns
            table = np.zeros(shape), np.empty(shape, np.int32), np.empty(shape, np.int32)
            self._fill((pairs[0][part], pairs[1][part]), dealing, close[:, part], table)
            self._sum(table[0], tuple(column[part] for column in sums))

        in_parts(weigh, slices(len(pairs[0]), _PART_PAIRS))
        total, second, families_count = sums
        return Strengths(*pairs, total, second, families_count)

    def by_trait(self, pairs: Pairs) -> Weighed:
        """Return the pairs with the bits of each trait: 25 bytes for each, and 16 for each trait."""
        close, shape = self._closeness(pairs, None), (len(pairs[0]), len(self.shown.names))
        table = np.zeros(shape), np.zeros(shape, np.int32), np.full(shape, -1, np.int32)
        sums = _room_for_sums(len(pairs[0]))

        def weigh(part: slice) -> None:
            own = table[0][part], table[1][part], table[2][part]
            self._fill((pairs[0][part], pairs[1][part]), None, close[:, part], own)
            self._sum(own[0], tuple(column[part] for column in sums))

        in_parts(weigh, slices(len(pairs[0]), _PART_PAIRS))
        a, b, (total, second, families_count) = *(one.astype(np.int64) for one in pairs), sums
        return Weighed(a, b, *table, total, second, families_count.astype(np.int64))

    def _closeness(self, pairs: Pairs, dealing: Dealing | None) -> Floats:
        """Return one row of bits for each profile."""
        close = np.zeros((len(self.shown.likenesses), len(pairs[0])))
        for row, like in zip(close, self.shown.likenesses, strict=True):
            if like.of_pairs:
                a, b = pairs if dealing is None else (dealing.sources[like.family][one] for one in pairs)
                row[:] = closeness_bits(like, a.astype(np.int64), b.astype(np.int64), self.chances.reference)
        return close

    def _fill(self, pairs: Pairs, dealing: Dealing | None, close: Floats, table: Table) -> None:
        """Fill bits, counts and rarest shared values, which come as nothing shared."""
        joined, chances = self.joined, self.chances
        table[0][:, len(self.shown.incidences) :] = close.T
        given = (
            joined.starts, joined.values, joined.first_value, joined.columns, joined.shown, chances.rates,
            chances.again_bits, *table,
        )  # fmt: skip
        if dealing is None:
            weigh_shared(*pairs, 0, len(joined.names), *given)
            return
        for family, name in enumerate(joined.names):
            weigh_shared(*(dealing.sources[name][one] for one in pairs), family, family + 1, *given)

    def _sum(self, bits: Floats, sums: tuple[npt.NDArray[Any], ...]) -> None:
        families = self.shown.families
        names = sorted(set(families))
        most = [
            self.settings.copied_wording_bits if one == "wording" else self.settings.strongest_trait_bits
            for one in families
        ]
        numbers = np.array([names.index(one) for one in families], np.int64)
        columns = np.argsort(numbers, kind="stable")
        sharing_bits = -float(np.log2(self.settings.sharing_probability))
        sum_families(bits, columns, numbers[columns], np.array(most), sharing_bits, *sums)


def weigh_links(shown: Shown, reference: Mask, settings: Linking, *, trimmed_share: float = 0.0) -> Weighed:
    """Weigh every candidate pair of accounts, trait by trait.

    Parameters
    ----------
    reference
        Which accounts are believed honest: what strangers share is learned from them.
    trimmed_share
        See `sharing_rates`.
    """
    joined = join_incidences(shown.incidences, len(shown.accounts))
    chances = learn_chances(shown, joined, reference, settings, trimmed_share=trimmed_share)
    pairs = candidate_pairs(joined, shown.organisations, settings)
    return Weighing(shown, joined, chances, settings).by_trait(pairs)


def _room_for_sums(length: int) -> tuple[Floats, Floats, npt.NDArray[np.int8]]:
    return np.zeros(length), np.zeros(length), np.zeros(length, np.int8)


def weakest_link(dealt: Strengths, rows_count: int, settings: Linking, stray_share: float) -> float:
    """Return the bits that so few pairs of strangers reach that links above them are not chance.

    Parameters
    ----------
    dealt
        All links of some strangers, of what is dealt anew family by family.
    rows_count
        How many strangers these are. A link has two ends, so that each has twice the share.
    stray_share
        How many links for each of the strangers may exceed the level, which is never under `weakest_link_bits`.
    """
    totals = np.sort(dealt.total[dealt.families_count >= 2])[::-1]
    allowed = int(2 * stray_share * rows_count)
    return max(settings.weakest_link_bits, float(totals[allowed]) if allowed < len(totals) else 0.0)


def links_table(weighed: Weighed, shown: Shown) -> pa.Table:
    """Return the table `links`: one row for each trait that adds to a pair."""
    pair, column = np.nonzero(weighed.bits > 0)
    return pa.table(
        {
            "account_a": shown.accounts.take(pa.array(weighed.a[pair])),
            "account_b": shown.accounts.take(pa.array(weighed.b[pair])),
            "trait": pa.array(shown.names, pa.string()).take(pa.array(column)),
            "family": pa.array(shown.families, pa.string()).take(pa.array(column)),
            "weight_bits": weighed.bits[pair, column],
            "shared_count": weighed.counts[pair, column],
            "shared_value": _shared_values(weighed.rarest[pair, column], column, shown),
        },
        schema=LINKS.schema,
    )


def _shared_values(rarest: Counts, column: Ints, shown: Shown) -> pa.Array:
    """Return the text of the rarest value that is shared of a trait; null where it has none."""
    order = np.argsort(column, kind="stable")
    ends = np.searchsorted(column[order], np.arange(1, len(shown.incidences) + 1))
    parts = np.split(rarest[order], ends)
    texts = [one.values.take(pa.array(part)) for one, part in zip(shown.incidences, parts[:-1], strict=True)]
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return pa.concat_arrays([*texts, pa.nulls(len(parts[-1]), pa.string())]).take(pa.array(places))
