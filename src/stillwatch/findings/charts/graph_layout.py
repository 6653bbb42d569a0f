"""Where the accounts of a campaign stand on the page, and which of their ties are drawn."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stillwatch.findings.statement import Tie

Places = npt.NDArray[np.float64]

ROUNDS = 150
TIES_PER_ACCOUNT = 1.6


def thin_ties(ties: Sequence[Tie], accounts: Sequence[str]) -> list[Tie]:
    """Keep the strongest ties that hold the accounts together, then the strongest of the rest.

    Returns
    -------
    list[Tie]
        A forest of greatest weight and, beside it, as many as make 1.6 ties an account; strongest first.
    """
    place = {account: index for index, account in enumerate(accounts)}
    within = [tie for tie in ties if tie.account_a in place and tie.account_b in place]
    within.sort(key=lambda tie: (-tie.bits, tie.account_a, tie.account_b))
    root = list(range(len(accounts)))

    def find(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    holding: list[Tie] = []
    others: list[Tie] = []
    for tie in within:
        a, b = find(place[tie.account_a]), find(place[tie.account_b])
        (others if a == b else holding).append(tie)
        root[a] = b
    kept = holding + others[: max(round(TIES_PER_ACCOUNT * len(accounts)) - len(holding), 0)]
    return sorted(kept, key=lambda tie: (-tie.bits, tie.account_a, tie.account_b))


def place_accounts(accounts: Sequence[str], ties: Sequence[Tie]) -> Places:
    """Place accounts so that tied ones stand near and the others apart, without chance.

    Parameters
    ----------
    accounts
        At most some hundreds; the first begin in the middle.
    ties
        Ties between these accounts.

    Returns
    -------
    numpy.ndarray
        One row for each account, x and y in -1 to 1, rounded to 4 decimals.

    Notes
    -----
    Time grows with the square of the accounts. Each round is rounded, so that the last bits of a machine's sine or
    square root do not grow into another picture.

    References
    ----------
    Fruchterman and Reingold (1991), Graph Drawing by Force-directed Placement; begun from a sunflower (Vogel 1979).
    """
    size = len(accounts)
    turn = np.arange(size) * np.pi * (3 - 5**0.5)
    at = np.sqrt((np.arange(size) + 0.5) / max(size, 1))[:, None] * np.stack((np.cos(turn), np.sin(turn)), axis=1)
    if ties:
        index = {account: i for i, account in enumerate(accounts)}
        ends = np.array([(index[tie.account_a], index[tie.account_b]) for tie in ties])
        strongest = max(tie.bits for tie in ties) or 1.0
        pull = 0.4 + 0.6 * np.array([max(tie.bits, 0.0) for tie in ties]) / strongest
        at = _settle(np.round(at, 6), ends, pull)
    return _fill_frame(at)


def _settle(at: Places, ends: npt.NDArray[np.int64], pull: Places) -> Places:
    ideal = 1.1 / len(at) ** 0.5
    for round_number in range(ROUNDS):
        step = _pushed(at, ideal) - 0.35 * at
        along = at[ends[:, 1]] - at[ends[:, 0]]
        drawn = along * (pull * np.sqrt(along[:, 0] ** 2 + along[:, 1] ** 2) / ideal)[:, None]
        np.add.at(step, ends[:, 0], drawn)
        np.subtract.at(step, ends[:, 1], drawn)
        length = np.maximum(np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2), 1e-9)
        heat = 0.12 * (1 - round_number / ROUNDS) + 0.002
        at = np.round(at + step * (np.minimum(length, heat) / length)[:, None], 6)
    return at


def _pushed(at: Places, ideal: float) -> Places:
    x, y = np.subtract.outer(at[:, 0], at[:, 0]), np.subtract.outer(at[:, 1], at[:, 1])
    push = ideal**2 / np.maximum(x * x + y * y, 1e-8)
    pushed: Places = np.stack((np.einsum("ij,ij->i", x, push), np.einsum("ij,ij->i", y, push)), axis=1)
    return pushed


def _fill_frame(at: Places) -> Places:
    if len(at) < 2:
        return np.zeros((len(at), 2))
    low, high = at.min(axis=0), at.max(axis=0)
    filled: Places = np.round(2 * (at - low) / np.maximum(high - low, 1e-6) - 1, 4)
    return filled
