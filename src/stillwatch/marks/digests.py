"""Keyed digests of text: SipHash-1-3, as 64-bit integers.

Whoever lacks the operator's key cannot tell which text a digest stands for, not even by trying likely texts.

References
----------
Aumasson and Bernstein (2012), SipHash: a fast short-input PRF. One round for each block instead of two, as in Rust's
standard library.
"""
# mypy: disable-error-code="no-untyped-def"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.compiled import kernel, piece
from stillwatch.engine.intrinsics import WIDE, fold64, load8, lowest_bit
from stillwatch.errors import KeyMismatch
from stillwatch.marks.bytes_of import array_of, bytes_of, lists_of, valid_of

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Key(NamedTuple):
    """The operator's key of 16 bytes, as two little-endian integers."""

    first: np.uint64
    second: np.uint64


def key_of(key: bytes) -> Key:
    """Return a key in the form that kernels read.

    Raises
    ------
    KeyMismatch
        It has not 16 bytes.
    """
    if len(key) != 16:
        raise KeyMismatch(len(key))
    return Key(*np.frombuffer(key, "<u8"))


@piece
def _turn(value, bits):
    return (value << np.uint64(bits)) | (value >> np.uint64(64 - bits))


@piece
def _round(state):
    a, b, c, d = state
    a += b
    c += d
    b = _turn(b, 13) ^ a
    d = _turn(d, 16) ^ c
    a = _turn(a, 32)
    c += b
    a += d
    b = _turn(b, 17) ^ c
    d = _turn(d, 21) ^ a
    return a, b, _turn(c, 32), d


@piece
def open_digest(key):
    """Return the state of a digest before its first block."""
    return (
        key.first ^ np.uint64(0x736F6D6570736575),
        key.second ^ np.uint64(0x646F72616E646F6D),
        key.first ^ np.uint64(0x6C7967656E657261),
        key.second ^ np.uint64(0x7465646279746573),
    )


@piece
def absorb(state, block):
    """Return the state after a block of 8 bytes."""
    a, b, c, d = state
    a, b, c, d = _round((a, b, c, d ^ block))
    return a ^ block, b, c, d


@piece
def close_digest(state, rest, size):
    """Return the digest, given the bytes that fill no block and the size of all."""
    a, b, c, d = absorb(state, rest | (np.uint64(size & 255) << np.uint64(56)))
    state = _round(_round(_round((a, b, c ^ np.uint64(255), d))))
    return np.int64(state[0] ^ state[1] ^ state[2] ^ state[3])


@piece
def absorb_up_to(data, at, end, state):
    """Return where the last block before `end` begins, full or not, and the state after those before it."""
    while at + 8 < end:
        state = absorb(state, load8(data, at))
        at += 8
    return at, state


@piece
def finish_digest(data, at, end, size, state):
    """Return the digest of `size` bytes, of which those from `at` to `end`, 8 at most, are still to be absorbed."""
    if end - at == 8:
        state = absorb(state, load8(data, at))
        at += 8
    rest = np.uint64(0)
    for shift in range(end - at):
        rest |= np.uint64(data[at + shift]) << np.uint64(8 * shift)
    return close_digest(state, rest, size)


@piece
def digest_bytes(data, start, end, key):
    """Return the digest of `data[start:end]`."""
    at, state = absorb_up_to(data, start, end, open_digest(key))
    return finish_digest(data, at, end, end - start, state)


@piece
def digest_integers(values, start, end, key):
    """Return the digest of 64-bit integers, as that of their bytes."""
    state = open_digest(key)
    for at in range(start, end):
        state = absorb(state, np.uint64(values[at]))
    return close_digest(state, np.uint64(0), 8 * (end - start))


@piece
def fold_block(given, start, end, folded, state):
    """Write up to 64 bytes with ASCII case folded and each run of ASCII white space as one blank.

    Parameters
    ----------
    state
        Where to write, and 1 if a blank stands before it, else 0.

    Returns
    -------
    tuple
        The state after these bytes.
    """
    to, after_blank = state
    blanks = fold64(given.data, given.tail, start, folded, to)
    size = min(end - start, WIDE)
    kept = ~(blanks & ((blanks << np.uint64(1)) | after_blank)) & (_ALL >> np.uint64(WIDE - size))
    after_blank = (blanks >> np.uint64(size - 1)) & np.uint64(1)
    if kept == _ALL:
        return to + WIDE, after_blank
    while kept != 0:
        first = lowest_bit(kept)
        run = lowest_bit(~(kept >> np.uint64(first)))
        fold64(given.data, given.tail, start + first, folded, to)
        to += run
        kept = kept & (_ALL << np.uint64(first + run)) if first + run < WIDE else np.uint64(0)
    return to, after_blank


@piece
def fold_text(given, row, folded):
    """Write a text with ASCII case folded and each run of ASCII white space as one blank.

    White space at both ends is left out. `folded` needs `PADDING` bytes more than the text.

    Returns
    -------
    int
        Bytes written.
    """
    start, end = given.offsets[row], given.offsets[row + 1]
    state = (0, np.uint64(1))
    for at in range(start, end, WIDE):
        state = fold_block(given, at, end, folded, state)
    to, after_blank = state
    return max(to - np.int64(after_blank), 0)


@piece
def mask_numbers(low, size):
    """Write each run of ASCII digits as one `0`; return how many bytes are left."""
    to, in_number = 0, False
    for at in range(size):
        byte = low[at]
        is_digit = 48 <= byte <= 57
        if not (is_digit and in_number):
            low[to] = np.uint8(48) if is_digit else byte
            to += 1
        in_number = is_digit
    return to


@kernel
def _digest_all(given, key, digests):
    for row in range(digests.size):
        digests[row] = digest_bytes(given.data, given.offsets[row], given.offsets[row + 1], key)


@kernel
def _digest_sets(members, offsets, key, digests):
    for row in range(digests.size):
        start, end = offsets[row], offsets[row]
        for at in range(offsets[row], offsets[row + 1]):
            value = members[at]
            to = end
            while to > start and members[to - 1] > value:
                to -= 1
            if to > start and members[to - 1] == value:
                continue
            for moved in range(end, to, -1):
                members[moved] = members[moved - 1]
            members[to] = value
            end += 1
        digests[row] = digest_integers(members, start, end, key)


def _digest_members(lists: pa.Array, key: Key) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the offsets of lists of strings from 0, and the digest of each string; nulls have none."""
    counts = np.asarray(lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False), np.int64)
    offsets = np.zeros(len(lists) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    given = bytes_of(lists.flatten())
    digests = np.empty(offsets[-1], np.int64)
    _digest_all(given, key, digests)
    return offsets, digests


def digest_each(lists: pa.Array, key: Key) -> pa.Array:
    """Return the digest of each string in lists of strings, in their order; a null list stays null."""
    offsets, digests = _digest_members(lists, key)
    return lists_of(digests, np.diff(offsets), valid_of(lists))


def digest_sets(lists: pa.Array, key: Key) -> pa.Array:
    """Return one digest for each list of strings, whatever their order and repetition; null for none."""
    offsets, members = _digest_members(lists, key)
    digests = np.empty(len(lists), np.int64)
    _digest_sets(members, offsets, key, digests)
    return array_of(digests, np.diff(offsets) > 0)
