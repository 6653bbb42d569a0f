"""The inner loop that writes texts, compiled: it walks the arrays of a grammar with a stack of its own."""
# mypy: disable-error-code="no-untyped-def"

import numpy as np

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import load8, store8
from stillwatch.worlds.text.flat import DIGITS, LITERAL, NUMBER, PADDING, REPEAT

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_PICK, _TIMES, _QUOTED = np.uint64(7), np.uint64(11), np.uint64(13)
_HALF = np.uint64(32)
_ONE, _TEN = np.uint64(1), np.uint64(10)
_ZERO, _NINE, _LETTERS = np.uint64(48), np.uint64(57), np.uint64(39)
_LONGEST_NUMBER = 24


@piece
def mixed(seed, salt):
    """Derive a seed from a seed, as `seeds.mix` does."""
    x = (seed ^ (salt * _GOLDEN + _FIRST)) + _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


@piece
def below(seed, count):
    """Return a number below `count`, at most 2^31, by the upper half of a seed (Lemire, 2019, unrejected)."""
    return np.int64(((seed >> _HALF) * np.uint64(count)) >> _HALF)


@piece
def repeats(seed, low, high):
    """Return how often a slot repeats: the fourth power makes most repeats short and a few long."""
    draw = np.float64(mixed(seed, _TIMES) >> np.uint64(11)) * 2.0**-53
    return low + np.int64((high - low + 1) * (draw * draw * draw * draw))


@piece
def write_number(out, at, number):
    """Write a number in decimal; return where it ends."""
    end = at + 1
    left = number // _TEN
    while left > 0:
        left //= _TEN
        end += 1
    left = number
    for place in range(end - 1, at - 1, -1):
        out[place] = np.uint8(_ZERO + left % _TEN)
        left //= _TEN
    return end


@piece
def write_digits(out, at, seed, count):
    """Write the first `count` of a seed's 16 hexadecimal digits; return where they end."""
    for place in range(count):
        digit = _ZERO + ((seed >> np.uint64(60 - 4 * place)) & np.uint64(15))
        out[at + place] = np.uint8(digit if digit <= _NINE else digit + _LETTERS)
    return at + count


@piece
def copy_padded(out, at, source, first, size):
    """Copy bytes sixteen at a time; what is written beyond them is written over."""
    for place in range(0, size, 16):
        store8(out, at + place, load8(source, first + place))
        store8(out, at + place + 8, load8(source, first + place + 8))


@piece
def choose_quote(source, seeds, topic_starts, source_starts):
    """Return the number of a prompt of a source: the first seed chooses the topic, the second the prompt."""
    topic = source_starts[source] + below(seeds[0], source_starts[source + 1] - source_starts[source])
    return topic_starts[topic] + below(mixed(seeds[1], _QUOTED), topic_starts[topic + 1] - topic_starts[topic])


@piece
def write_leaf(flat, part, seeds, out, at):
    """Write a number, digits or a quote; return where it ends, or -1 where `out` has no room for it.

    `seeds` are the part's own, and that of the alternative it stands in.
    """
    room = len(out) - PADDING
    if part[0] >= NUMBER:
        if at + _LONGEST_NUMBER > room:
            return -1
        if part[0] == DIGITS:
            return write_digits(out, at, seeds[0], part[4])
        return write_number(out, at, np.uint64(part[3] + below(seeds[0], part[4] - part[3] + 1)))
    quoted = choose_quote(part[2], seeds, flat.topic_starts, flat.source_starts)
    size = flat.text_starts[quoted + 1] - flat.text_starts[quoted]
    if at + size > room:
        return -1
    copy_padded(out, at, flat.texts, flat.text_starts[quoted], size)
    return at + size


@kernel
def expand(symbols, scopes, flat, stack, out, ends, begun):  # noqa: C901, PLR0912, PLR0913, PLR0917 - one loop, one stack
    """Write the texts of rows from `begun` on; return the row that `out` had no more room for, and where it begins.

    Of `stack`, the rows that wait: an alternative (next part, its end, its seed, -1), or a slot that repeats (its
    symbol, how many are written, its seed, how many are left).
    """
    at = begun[1]
    for row in range(begun[0], len(symbols)):
        begin, depth, symbol, seed = at, 0, np.int64(symbols[row]), scopes[0, row]
        while symbol >= 0:
            first = flat.pick_starts[symbol]
            pick = flat.picks[first + below(mixed(seed, _PICK), flat.pick_starts[symbol + 1] - first)]
            place, stop, symbol = flat.part_starts[pick], flat.part_starts[pick + 1], np.int64(-1)
            while symbol < 0:
                if place == stop:
                    if depth == 0:
                        break
                    depth -= 1
                    if stack[depth, 3] < 0:
                        place, stop, seed = stack[depth, 0], stack[depth, 1], np.uint64(stack[depth, 2])
                    elif stack[depth, 3] > 0:
                        stack[depth, 1] += 1
                        stack[depth, 3] -= 1
                        symbol = stack[depth, 0]
                        seed = mixed(np.uint64(stack[depth, 2]), np.uint64(stack[depth, 1]))
                        depth += 1
                    continue
                part = flat.parts[place]
                if part[0] == LITERAL:
                    if at + part[3] + PADDING > len(out):
                        return row, begin
                    copy_padded(out, at, flat.literals, part[2], part[3])
                    at += part[3]
                    place += 1
                    continue
                drawn = mixed(seed if part[1] < 0 else scopes[part[1], row], flat.salts[place])
                place += 1
                if part[0] > LITERAL:
                    at = write_leaf(flat, part, (drawn, seed), out, at)
                    if at < 0:
                        return row, begin
                    continue
                if place < stop:
                    stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = place, stop, np.int64(seed), -1
                    depth += 1
                if part[0] == REPEAT:
                    stack[depth, 0], stack[depth, 1], stack[depth, 2] = part[2], 0, np.int64(drawn)
                    stack[depth, 3] = repeats(drawn, part[3], part[4])
                    depth += 1
                    place = stop
                    continue
                symbol, seed = part[2], drawn
        ends[row + 1] = at
    return len(symbols), at
