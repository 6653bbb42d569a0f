"""The inner loops of the join, compiled."""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def surprise_bits(shared: int, expected: float) -> float:
    """Return -log2 of the Poisson probability of at least `shared` when `expected` are expected.

    The tail is summed from its first term upwards, so that it keeps its precision where it is tiny.
    """
    if shared <= expected:
        return 0.0
    ratio, total, k = 1.0, 1.0, shared
    while ratio > 1e-12 * total:
        k += 1
        ratio *= expected / k
        total += ratio
    first = -expected + shared * math.log(expected) - math.lgamma(shared + 1.0)
    return -(first + math.log(total)) / math.log(2.0)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def weigh_pairs(a, b, starts, values, shown, rates, share, most, bits, counts, rarest):  # type: ignore[no-untyped-def]
    """Fill `bits`, `counts` and `rarest` for each pair of accounts, for one trait.

    Shared values are met from the rarest on; the most surprising number of them counts, less the choice among them.
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
                shared += 1
                if shared == 1:
                    rarest[pair] = values[i]
                best = max(best, surprise_bits(shared, rates[values[i]] * chances))
                i += 1
                j += 1
        counts[pair] = shared
        if shared:
            bits[pair] = min(most, max(0.0, best - math.log2(shared) + math.log2(share)))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def list_pairs(starts, accounts, widest, count, out):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sketch_accounts(starts, values, seed, sketch):  # type: ignore[no-untyped-def]
    """Lower `sketch[a]` to the smallest hash of the values that account `a` shows."""
    for account in range(len(starts) - 1):
        for at in range(starts[account], starts[account + 1]):
            x = np.uint64(values[at]) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
            x = (x ^ (x >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            x ^= x >> np.uint64(32)
            if x < sketch[account]:
                sketch[account] = x
