"""The inner loops that weigh pairs, and count what is learned of strangers, compiled."""
# mypy: disable-error-code="no-untyped-def"

import math

import numpy as np

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import fetch
from stillwatch.links.listing import forget

_AHEAD = 8  # pairs between asking for what one needs and reading it, which memory takes about as long to give


@kernel
def count_inside(starts, accounts, inside, counts):
    """Fill, for each value, how many of its accounts are inside."""
    for value in range(counts.size):
        count = 0
        for at in range(starts[value], starts[value + 1]):
            count += inside[accounts[at]]
        counts[value] = count


@kernel
def sum_rows(starts, values, worth, inside, sums):
    """Fill, for each account inside, the sum of what its values are worth."""
    for account in range(sums.size):
        if inside[account]:
            for at in range(starts[account], starts[account + 1]):
                sums[account] += worth[values[at]]


@piece
def _shares_again(one, other, starts, values, first, last):  # noqa: PLR0913, PLR0917
    """Say whether two accounts share two values from `first` to before `last`."""
    i, j, shared = starts[one, 0], starts[other, 0], 0
    while i < starts[one, -1] and j < starts[other, -1]:
        left, right = values[i], values[j]
        if left >= last or right >= last:
            break
        if left == right and left >= first:
            shared += 1
            if shared == 2:
                return True
        i += left <= right
        j += right <= left
    return False


@kernel
def count_again(  # noqa: PLR0913, PLR0917
    rows, starts, values, value_start, accounts, first_value, first_wide, reference, organisations, state, touched,
    partners, more
):  # fmt: skip
    """Fill, for each trait and row, with how many of the reference the account shares a value, and with how many more.

    Partners are those with whom it shares a value before `first_wide`.
    """
    for row in range(rows.size):
        account = rows[row]
        own = organisations[account]
        for trait in range(first_value.size - 1):
            met = 0
            for at in range(starts[account, 0], starts[account, -1]):
                value = values[at]
                if value < first_value[trait] or value >= first_wide[trait]:
                    continue
                for place in range(value_start[value], value_start[value + 1]):
                    partner = accounts[place]
                    apart = own < 0 or own != organisations[partner]
                    if state[partner] == 0 and partner != account and reference[partner] and apart:
                        touched[met] = partner
                        met += 1
                        state[partner] = 1
            partners[trait, row] = met
            forget(state, touched, met)
            for at in range(met):
                if at + _AHEAD < met:
                    fetch(starts, np.int64(touched[at + _AHEAD]) * starts.shape[1])
                more[trait, row] += _shares_again(
                    account, touched[at], starts, values, first_value[trait], first_value[trait + 1]
                )


@piece
def _ask_ahead(pair, b, begin, starts, values, shown):  # noqa: PLR0913, PLR0917
    """Ask for what `weigh_shared` will read of the second accounts ahead; pairs come by their first accounts."""
    if pair + 2 * _AHEAD < b.size:
        far, near = np.int64(b[pair + 2 * _AHEAD]), b[pair + _AHEAD]
        fetch(starts, far * starts.shape[1])
        fetch(shown, far * shown.shape[1])
        fetch(values, starts[near, begin])


@kernel
def weigh_shared(  # noqa: PLR0913, PLR0917
    a, b, begin, end, starts, values, first_value, columns, shown, rates, again_bits, bits, counts, rarest
):
    """Fill, for each pair and trait of the families `begin` to `end`, bits, shared values and the rarest of them.

    Shared values are met from the rarest on. That strangers share one value at most as common as the s-th has
    probability 1 - exp(-expected); each further one beyond the number expected costs `again_bits`. The most surprising
    s counts, less the choice among them. What nothing is shared of stays as it is.
    """
    for pair in range(a.size):
        _ask_ahead(pair, b, begin, starts, values, shown)
        one, other = a[pair], b[pair]
        i, j = starts[one, begin], starts[other, begin]
        i_end, j_end = starts[one, end], starts[other, end]
        trait, column, shared, best = -1, 0, 0, 0.0
        while i < i_end and j < j_end:
            value, right = values[i], values[j]
            i += value <= right
            j += right <= value
            if value != right:
                continue
            if trait < 0 or value >= first_value[trait + 1]:
                if shared > 1:
                    bits[pair, column] = best - math.log2(shared)
                trait += 1
                while value >= first_value[trait + 1]:
                    trait += 1
                column, shared, best = columns[trait], 0, 0.0
                rarest[pair, column] = value - first_value[trait]
            expected = rates[value] * (np.int64(shown[one, trait]) * shown[other, trait])  # the same either way round
            best = max(best, -math.log2(-math.expm1(-expected)) + max(0.0, shared - expected) * again_bits[trait])
            shared += 1
            bits[pair, column], counts[pair, column] = best, shared
        if shared > 1:
            bits[pair, column] = best - math.log2(shared)


@kernel
def sum_families(bits, columns, families, most, sharing_bits, total, second, count):  # noqa: PLR0913, PLR0917
    """Charge each trait's bits and bound them, then sum the strongest of each family; `columns` has families together.

    `second` is what all but the strongest family give, `count` how many families give anything.
    """
    for pair in range(bits.shape[0]):
        summed, strongest, speaking, best = 0.0, 0.0, 0, 0.0
        for at in range(columns.size):
            column = columns[at]
            charged = min(max(bits[pair, column] - sharing_bits, 0.0), most[column])
            bits[pair, column] = charged
            best = max(best, charged)
            if at + 1 == columns.size or families[at + 1] != families[at]:
                summed += best
                strongest = max(strongest, best)
                speaking += best > 0.0
                best = 0.0
        total[pair], second[pair], count[pair] = summed, summed - strongest, speaking
