"""Ours: pairs of accounts that share objects within a time window, by an inverted index and a compiled pass over it."""
# mypy: disable-error-code="no-untyped-def"

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stillwatch.engine.compiled import kernel

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lockstep:
    """Ordered pairs of accounts that shared an object within the window, one account's after another's.

    Attributes
    ----------
    accounts
        Account ids; pairs number them.
    first, second
        The pairs, each in both orders.
    messages
        Messages of the first that one of the second's is near.
    times
        Pairs of messages, one of each, that are near.
    near_messages
        For each account, its messages that any other account's is near.
    """

    accounts: pl.Series
    first: Ints
    second: Ints
    messages: Ints
    times: Ints
    near_messages: Ints


def in_lockstep(shares: pl.DataFrame, window_s: int, fewest_messages: int = 1) -> Lockstep:
    """Return who shared an object of whom within so many seconds, among accounts with so many messages.

    Notes
    -----
    Time grows with the pairs of shares within the window, memory with the pairs of accounts.

    References
    ----------
    Gustavson (1978), Two Fast Algorithms for Sparse Matrices: Multiplication and Permuted Transposition. One account
    after the other, its partners are added up in a dense row; here a row looks along each object's time line.
    """
    if fewest_messages > 1:
        shares = shares.filter(pl.len().over("account") >= fewest_messages)
    by_account = shares.sort("account", "message")
    along = by_account.select(pl.arg_sort_by("object", "second")).to_series()
    owner, text = (pl.col(name).rle_id().cast(pl.Int64) for name in ("account", "message"))
    # grows wherever the account or the message changes
    numbers = by_account.select(owner, message=owner + text)[along]
    account, message = (numbers[name].to_numpy() for name in numbers.columns)
    times = by_account[along].select(pl.col("object").rle_id().cast(pl.Int64), pl.col("second").cast(pl.Int64))
    ends = np.empty((2, len(along)), np.int64)
    most = find_windows(times["object"].to_numpy(), times["second"].to_numpy(), window_s, ends)
    order = np.empty(len(along), np.int64)
    order[along.to_numpy()] = np.arange(len(along))
    accounts = by_account["account"].unique(maintain_order=True)
    out, rows = np.empty((4, most), np.int64), np.zeros((5, len(accounts)), np.int64)
    rows[0] = -1
    found = add_partners(order, message, account, ends, rows, out)
    return Lockstep(accounts, *out[:, :found], rows[4])


@kernel
def find_windows(shared, second, window_s, ends):
    """Fill where the window of each share begins and ends, in the order of objects and times; return their widths."""
    total, start, end = 0, 0, 0
    for at in range(len(shared)):
        while shared[start] != shared[at] or second[start] < second[at] - window_s:
            start += 1
        end = max(end, at)
        while end < len(shared) and shared[end] == shared[at] and second[end] <= second[at] + window_s:
            end += 1
        ends[0, at], ends[1, at] = start, end
        total += end - start - 1
    return total


@kernel
def add_partners(order, message, account, ends, rows, out):  # noqa: PLR0913, PLR0917
    """Write each account's partners with their counts, one account after the other; return how many were written.

    `rows` is room for one number of each account: the last message that met it, messages, times, who was met, and,
    left as it comes out, messages near anybody's.
    """
    last, messages, times, met, near_messages = rows[0], rows[1], rows[2], rows[3], rows[4]
    written, partners, seen = 0, 0, -1
    for place in range(len(order)):
        at = order[place]
        own = account[at]
        for near in range(ends[0, at], ends[1, at]):
            other = account[near]
            if other == own or message[near] == message[at]:
                continue
            if times[other] == 0:
                met[partners] = other
                partners += 1
            if last[other] != message[at]:
                last[other] = message[at]
                messages[other] += 1
            times[other] += 1
            if seen != message[at]:
                seen = message[at]
                near_messages[own] += 1
        if place + 1 == len(order) or account[order[place + 1]] != own:
            for partner in range(partners):
                other = met[partner]
                out[0, written], out[1, written] = own, other
                out[2, written], out[3, written] = messages[other], times[other]
                messages[other], times[other], last[other] = 0, 0, -1
                written += 1
            partners = 0
    return written
