"""Counts the rows that repeat an id, and those whose id several accounts have, while logs are read once."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.columns import ACCOUNT_ID, EXCHANGE_ID

_Ints = npt.NDArray[np.int64]


class Repeats:
    """Counts over batches of `exchanges`.

    Notes
    -----
    Holds two hashes of each row, 16 bytes, and sorts them at the end.
    """

    def __init__(self) -> None:
        self._ids: list[_Ints] = []
        self._owned: list[_Ints] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in the rows of a batch."""
        ids, accounts = (batch.column(one.name).to_pylist() for one in (EXCHANGE_ID, ACCOUNT_ID))
        self._ids.append(np.fromiter(map(hash, ids), np.int64, len(ids)))
        self._owned.append(np.fromiter(map(hash, zip(ids, accounts, strict=True)), np.int64, len(ids)))

    def counts(self) -> tuple[int, int]:
        """Return how many rows repeat an id, and how many have one that several accounts have."""
        nothing = np.zeros(0, np.int64)
        ids, owned = np.concatenate([nothing, *self._ids]), np.concatenate([nothing, *self._owned])
        each, rows = np.unique(ids, return_counts=True)
        if len(each) == len(ids):
            return 0, 0
        _, first = np.unique(owned, return_index=True)
        held, accounts = np.unique(ids[first], return_counts=True)
        return len(ids) - len(each), int(rows[np.isin(each, held[accounts > 1])].sum())
