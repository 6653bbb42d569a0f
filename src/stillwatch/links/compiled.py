"""The inner loops of the join, compiled."""
# mypy: disable-error-code="no-untyped-def"

import math

import numpy as np

from stillwatch.engine.compiled import kernel


@kernel
def count_shared(a, b, starts, values, counts, rarest):  # noqa: PLR0913, PLR0917
    """Fill, for each pair of accounts, how many values both show, and the rarest of them (-1 where none)."""
    for pair in range(len(a)):
        i, j = starts[a[pair]], starts[b[pair]]
        i_end, j_end = starts[a[pair] + 1], starts[b[pair] + 1]
        shared = 0
        while i < i_end and j < j_end:
            if values[i] < values[j]:
                i += 1
            elif values[j] < values[i]:
                j += 1
            else:
                if shared == 0:
                    rarest[pair] = values[i]
                shared += 1
                i += 1
                j += 1
        counts[pair] = shared


@kernel
def weigh_pairs(a, b, starts, values, shown, rates, again_bits, bits):  # noqa: PLR0913, PLR0917
    """Fill `bits` for each pair of accounts, for one trait.

    Shared values are met from the rarest on. That strangers share one value at most as common as the s-th has
    probability 1 - exp(-expected); each further one beyond the number expected costs `again_bits`. The most surprising
    s counts, less the choice among them.
    """
    for pair in range(len(a)):
        i, j = starts[a[pair]], starts[b[pair]]
        i_end, j_end = starts[a[pair] + 1], starts[b[pair] + 1]
        chances = shown[a[pair]] * shown[b[pair]]
        shared, best = 0, 0.0
        while i < i_end and j < j_end:
            if values[i] < values[j]:
                i += 1
            elif values[j] < values[i]:
                j += 1
            else:
                expected = rates[values[i]] * chances
                first = -math.log2(-math.expm1(-expected))
                best = max(best, first + max(0.0, shared - expected) * again_bits)
                shared += 1
                i += 1
                j += 1
        if shared:
            bits[pair] = best - math.log2(shared)


@kernel
def list_pairs(starts, accounts, widest, count, out):
    """Write the key `a * count + b` of each pair within each value of at most `widest` accounts; return how many."""
    written = 0
    for value in range(len(starts) - 1):
        if starts[value + 1] - starts[value] > widest:
            continue
        for i in range(starts[value], starts[value + 1]):
            for j in range(i + 1, starts[value + 1]):
                out[written] = accounts[i] * count + accounts[j]
                written += 1
    return written


@kernel
def sketch_accounts(starts, values, seed, sketch):
    """Lower `sketch[a]` to the smallest hash of the values that account `a` shows."""
    for account in range(len(starts) - 1):
        for at in range(starts[account], starts[account + 1]):
            x = np.uint64(values[at]) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
            x = (x ^ (x >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            x ^= x >> np.uint64(32)
            sketch[account] = min(sketch[account], x)
