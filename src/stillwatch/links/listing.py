"""The inner loops that index what accounts show and list pairs of them, compiled."""
# mypy: disable-error-code="no-untyped-def"

import numpy as np

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import fetch

PAIRED = np.uint8(255)  # the state of a partner with whom a pair is written down
_AHEAD = 16  # values between asking for what one needs and reading it, which memory takes about as long to give


@kernel
def scatter_rows(keys, numbers, filled, out):
    """Write each number behind those of its key, in the order given; `filled` says where each key goes on."""
    for at in range(keys.size):
        out[filled[keys[at]]] = numbers[at]
        filled[keys[at]] += 1


@kernel
def append_rows(begin, end, starts, values, offset, filled, out):  # noqa: PLR0913, PLR0917
    """Append the values of accounts `begin` to `end`, moved by `offset`, to their rows in `out`."""
    for account in range(begin, end):
        for at in range(starts[account], starts[account + 1]):
            out[filled[account]] = values[at] + offset
            filled[account] += 1


@kernel
def bound_rows(rows, sources, starts, values, value_start, traits, first_value, first_met, first_wide, bounds):  # noqa: PLR0913, PLR0917
    """Fill, for each row, how many partners its met values can bring at most (see `list_rows`)."""
    for row in range(rows.size):
        bound = 0
        for family in range(traits.size - 1):
            source = sources[family, rows[row]] if sources.shape[1] else rows[row]
            if source < 0:
                continue
            trait = traits[family]
            for at in range(starts[source, family], starts[source, family + 1]):
                value = values[at]
                while value >= first_value[trait + 1]:
                    trait += 1
                if first_met[trait] <= value < first_wide[trait]:
                    bound += value_start[value + 1] - value_start[value] - 1
        bounds[row] = min(bound, starts.shape[0])


@kernel
def list_values(begin, end, value_start, accounts, organisations, out):  # noqa: PLR0913, PLR0917
    """Write the key `a << 32 | b` of each pair of accounts of each value from `begin` to `end`; return how many."""
    written = 0
    for value in range(begin, end):
        for at in range(value_start[value], value_start[value + 1]):
            own = organisations[accounts[at]]
            for other in range(at + 1, value_start[value + 1]):
                if own < 0 or own != organisations[accounts[other]]:
                    out[written] = np.int64(accounts[at]) << 32 | accounts[other]
                    written += 1
    return written


@piece
def forget(state, touched, met):
    """Set the state of the partners met to 0 again."""
    for at in range(met):
        state[touched[at]] = 0


@piece
def _ask_ahead(at, values, value_start, accounts):
    """Ask for what `list_rows` will read of the values ahead: where their accounts end, then the last of these."""
    if at + 2 * _AHEAD < values.size:
        fetch(value_start, values[at + 2 * _AHEAD] + 1)
        fetch(accounts, value_start[values[at + _AHEAD] + 1] - 1)


@kernel
def list_rows(  # noqa: C901, PLR0913, PLR0917
    begin, end, starts, values, value_start, accounts, traits, first_value, first_met, first_wide, organisations,
    state, touched, out
):  # fmt: skip
    """Write the key of each pair that accounts `begin` to `end` make with later ones.

    Return how many, and the account to go on with: the one whose keys no longer had room, or `end`.

    The traits of family f are `traits[f]` to `traits[f + 1]`. Of a trait's values those from `first_met` to before
    `first_wide` are met; a pair must share such of two families. `state` must come zeroed and is left so.
    """
    written = 0
    for account in range(begin, end):
        met, own, before = 0, organisations[account], written
        for family in range(traits.size - 1):
            trait, code, last = traits[family], np.uint8(family + 1), family + 2 == traits.size
            for at in range(starts[account, family], starts[account, family + 1]):
                _ask_ahead(at, values, value_start, accounts)
                value = values[at]
                while value >= first_value[trait + 1]:
                    trait += 1
                if value < first_met[trait] or value >= first_wide[trait]:
                    continue
                place = value_start[value + 1] - 1
                while accounts[place] > account:
                    partner = accounts[place]
                    place -= 1
                    known = state[partner]
                    if known == 0 and last:
                        continue  # no family is left that could be its second
                    if known == 0:
                        state[partner] = code
                        touched[met] = partner
                        met += 1
                    elif known != code and known != PAIRED:  # noqa: PLR1714 - a set would be made for each partner
                        state[partner] = PAIRED
                        if own < 0 or own != organisations[partner]:
                            if written < out.size:
                                out[written] = account << 32 | partner
                            written += 1
        forget(state, touched, met)
        if written > out.size:
            return before, account
    return written, end


@kernel
def list_dealt_rows(  # noqa: C901, PLR0913, PLR0917
    rows, sources, orders, starts, values, value_start, accounts, traits, first_value, first_met, first_wide,
    organisations, state, touched, out
):  # fmt: skip
    """Write the key of each pair that some accounts make with all others when each family is dealt anew.

    Account `a` shows of family f what `sources[f, a]` showed, and `orders` says to whom an account's went; -1 for
    nobody. Values before `first_met` make a pair by themselves, others as in `list_rows`.
    """
    written = 0
    for row in range(rows.size):
        account = np.int64(rows[row])
        met, own = 0, organisations[account]
        for family in range(traits.size - 1):
            source, trait = sources[family, account], traits[family]
            if source < 0:
                continue
            for at in range(starts[source, family], starts[source, family + 1]):
                value = values[at]
                while value >= first_value[trait + 1]:
                    trait += 1
                if value >= first_wide[trait]:
                    continue
                rare, code = value < first_met[trait], np.uint8(family + 1)
                for place in range(value_start[value], value_start[value + 1]):
                    partner = orders[family, accounts[place]]
                    if partner < 0 or partner == account:
                        continue
                    known = state[partner]
                    if known == 0:
                        touched[met] = partner
                        met += 1
                    second = known != 0 and known != code  # noqa: PLR1714 - a set would be made for each partner
                    if known != PAIRED and (rare or second):
                        state[partner] = PAIRED
                        if own < 0 or own != organisations[partner]:
                            out[written] = account << 32 | partner
                            written += 1
                    elif known == 0:
                        state[partner] = code
        forget(state, touched, met)
    return written


@kernel
def find_lightest(starts, values, traits, first_value, first_wide, places, lightness, lightest):  # noqa: PLR0913, PLR0917
    """Fill, for each family and account, the place of the lightest wide value; -1 where none is shown.

    Wide are a trait's values from `first_wide` on; their lightness stands from its `places` on.
    """
    for account in range(starts.shape[0]):
        for family in range(traits.size - 1):
            trait, found = traits[family], -1
            for at in range(starts[account, family], starts[account, family + 1]):
                value = values[at]
                while value >= first_value[trait + 1]:
                    trait += 1
                if value >= first_wide[trait]:
                    place = places[trait] + value - first_wide[trait]
                    if found < 0 or lightness[place] < lightness[found]:
                        found = place
            lightest[family, account] = found


@kernel
def key_lightest(lightest, lightness, keys, thirds):
    """Fill, for each account, a key of its two lightest values of different families, and apart the third.

    A third may lack, which leaves the number of values in its place; a key of -1 stands where a second lacks. Of all
    three one key would be as large as the cube of the number of values, which 64 bits do not hold.
    """
    count = lightness.size
    for account in range(keys.size):
        first, second, third = -1, -1, -1
        for family in range(lightest.shape[0]):
            place = lightest[family, account]
            if place < 0:
                continue
            if first < 0 or lightness[place] < lightness[first]:
                first, second, third = place, first, second
            elif second < 0 or lightness[place] < lightness[second]:
                second, third = place, second
            elif third < 0 or lightness[place] < lightness[third]:
                third = place
        keys[account] = first * count + second if second >= 0 else -1
        thirds[account] = third if third >= 0 else count
