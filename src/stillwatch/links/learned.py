"""What strangers share, learned trait by trait from the accounts believed honest."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.links.chance import sharing_again, sharing_rates
from stillwatch.links.compiled import count_again
from stillwatch.links.dealing import sampled
from stillwatch.links.incidence import Ints
from stillwatch.links.joined import Ids, Joined
from stillwatch.links.kinds import kinds_of_values
from stillwatch.links.rows import Scratch
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown
from stillwatch.links.threads import in_parts, slices

_PART_ROWS = 256
_SAMPLED = 4_000  # their mean says to a hundredth how often strangers share again

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Chances:
    """How often strangers share.

    Attributes
    ----------
    reference
        The accounts from which it is learned.
    rates
        For each joined value, as `sharing_rates` gives them.
    again_bits
        For each joined trait, the bits that a further shared value adds.
    counted_again
        What these come of: for each joined trait, partners and further values of some of the reference.
    """

    reference: Mask
    rates: Floats
    again_bits: Floats
    counted_again: tuple[Ints, Ints]


def learn_chances(
    shown: Shown, joined: Joined, reference: Mask, settings: Linking, *, trimmed_share: float = 0.0
) -> Chances:
    """Return how often strangers share, by trait; how often again is counted on at most 4,000 of them."""
    rows = sampled(reference, _SAMPLED)
    return _learned(shown, joined, reference, _counted_again(joined, shown.organisations, reference, rows, settings),
                    trimmed_share)  # fmt: skip


def trim_chances(shown: Shown, joined: Joined, chances: Chances, trimmed_share: float) -> Chances:
    """Return the chances as they are without those of the reference who share the most; see `sharing_rates`."""
    return _learned(shown, joined, chances.reference, chances.counted_again, trimmed_share)


def _learned(
    shown: Shown, joined: Joined, reference: Mask, counted: tuple[Ints, Ints], trimmed_share: float
) -> Chances:
    columns = joined.columns.tolist()
    rates = in_parts(lambda column: sharing_rates(shown.incidences[column], reference, trimmed_share), columns)
    again = [sharing_again(*counts, counted[0].shape[1], trimmed_share) for counts in zip(*counted, strict=True)]
    again_bits = -np.log2(np.array(again, np.float64).reshape(len(columns)))
    return Chances(reference, np.concatenate((np.empty(0), *rates)), again_bits, counted)


def _counted_again(
    joined: Joined, organisations: Ints, reference: Mask, rows: Ids, settings: Linking
) -> tuple[Ints, Ints]:
    shape = len(joined.columns), len(rows)
    partners, more = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    first_wide, scratch = kinds_of_values(joined, settings).first_wide, Scratch(joined.count)

    def counted(part: slice) -> None:
        counts = (
            np.zeros((shape[0], part.stop - part.start), np.int64),
            np.zeros((shape[0], part.stop - part.start), np.int64),
        )
        count_again(
            rows[part], joined.starts, joined.values, joined.value_start, joined.value_accounts,
            joined.first_value, first_wide, reference, organisations, *scratch.rows(), *counts,
        )  # fmt: skip
        partners[:, part], more[:, part] = counts

    in_parts(counted, slices(len(rows), _PART_ROWS))
    return partners, more
