"""Train the intent model on the phrasings and, where they are present, on real prompts; write `marks/intents.npz`."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from grammar import Prompt, write_prompts
from material import UNSURE, real_prompts
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from stillwatch.marks import intents
from stillwatch.marks.described import describe_prompts
from stillwatch.marks.intents import HARVEST, INTENTS, Weights
from stillwatch.marks.meanings import LENGTH, MEANING_DIMENSIONS
from stillwatch.marks.words import ROWS, feature_rows, hash_words

SEED = 20261123
STORED = Path(intents.__file__).with_name("intents.npz")
HARVESTS = np.array([intent in HARVEST for intent in INTENTS])
STRENGTH = 0.3  # inverse of the penalty; of four tried, by families left out and false calls on the sources that judge
NEARNESS = 3.0  # what a meaning vector of full length counts for, where a word counts for 1
RESERVE = 1.4  # log odds that a harvest intent must win by; chosen by the false calls on the sources that judge
TEMPERATURE = 1.5  # with which the odds on wordings left out are likeliest
GARBLED = 20_000


def features(texts: Sequence[str]) -> csr_matrix:
    """Return which rows each text switches on, with the kernel's own hashing, and its meaning vector."""
    given = pa.array(texts, pa.large_string())
    starts, hashes = hash_words(given)
    rows = [feature_rows(hashes[start:end]) for start, end in pairwise(starts)]
    meanings = describe_prompts(given)[:, :MEANING_DIMENSIONS].astype(np.float32) * (NEARNESS / LENGTH)
    return hstack([matrix_of(rows), csr_matrix(meanings)], format="csr")


def matrix_of(rows: Sequence[npt.NDArray[np.int64]]) -> csr_matrix:
    """Return rows that are switched on as a matrix of zeros and ones."""
    ends = np.cumsum([0, *map(len, rows)])
    return csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(rows), ends), (len(rows), ROWS))


def garbled(given: csr_matrix, chosen: npt.NDArray[np.int64]) -> csr_matrix:
    """Return prompts with a quarter to three quarters of their rows drawn at random, as unknown words would be."""
    random, rows = np.random.default_rng(SEED), []
    words = given[chosen, :ROWS].tocsr()
    for start, end in pairwise(words.indptr):
        kept = words.indices[start:end]
        strange = random.random(len(kept)) < random.choice([0.25, 0.5, 0.75])
        rows.append(np.unique(np.where(strange, random.integers(0, ROWS, len(kept)), kept)))
    return hstack([matrix_of(rows), given[chosen, ROWS:]], format="csr")


def fit(given: csr_matrix, wanted: npt.NDArray[np.int64], shares: npt.NDArray[np.float64]) -> LogisticRegression:
    """Return a model in which a prompt weighs as `shares` says of its intent."""
    weights = shares[wanted] / shares[wanted].mean()
    return LogisticRegression(C=STRENGTH, max_iter=60, tol=1e-3).fit(given, wanted, sample_weight=weights)


def equal_shares(wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the weight of a prompt of each intent under which the intents weigh alike."""
    return np.asarray(1 / np.bincount(wanted, minlength=len(INTENTS)).clip(1))


def guessed(prompts: Sequence[Prompt], given: csr_matrix) -> npt.NDArray[np.int64]:
    """Return the intent of each prompt; of those that are unsure, the likeliest by words alone outside `HARVEST`."""
    wanted = np.array([INTENTS.index(prompt.intent) if prompt.intent != UNSURE else -1 for prompt in prompts])
    sure, words = wanted >= 0, given[:, :ROWS]
    if not sure.all():
        odds = fit(words[sure], wanted[sure], equal_shares(wanted[sure])).decision_function(words[~sure])
        wanted[~sure] = np.where(HARVESTS, -np.inf, odds).argmax(axis=1)
    return wanted


def is_real(prompts: Sequence[Prompt]) -> npt.NDArray[np.bool_]:
    """Return which prompts others wrote."""
    return np.array([prompt.family.startswith(("attack/", "benign/", "real ")) for prompt in prompts])


def learn(prompts: Sequence[Prompt], given: csr_matrix, wanted: npt.NDArray[np.int64]) -> Weights:
    """Return the weights that prompts and garbled copies of the real ones give."""
    shares, real = equal_shares(wanted), np.flatnonzero(is_real(prompts))
    if len(real):
        chosen = np.random.default_rng(SEED).choice(real, GARBLED)
        given, wanted = vstack([given, garbled(given, chosen)], format="csr"), np.concatenate([wanted, wanted[chosen]])
    return in_bytes(fit(given, wanted, shares))


def in_bytes(model: LogisticRegression) -> Weights:
    """Return the model in whole numbers, tempered, with the reserve against intents that build a training set."""
    words, meanings = model.coef_.T[:ROWS], model.coef_.T[ROWS:] * (NEARNESS / LENGTH)
    largest, widest = float(np.abs(words).max()), float(np.abs(meanings).max())
    return Weights(
        _whole(words, largest),
        (model.intercept_ - RESERVE * HARVESTS) / TEMPERATURE,
        largest / 127 / TEMPERATURE,
        _whole(meanings, widest),
        widest / 127 / TEMPERATURE,
    )


def _whole(numbers: npt.NDArray[np.float64], largest: float) -> npt.NDArray[np.int8]:
    return np.rint(numbers / largest * 127).astype(np.int8)


def odds_of(weights: Weights, given: csr_matrix) -> npt.NDArray[np.float64]:
    """Return the log odds of each intent, as the kernel computes them."""
    words = np.asarray(given[:, :ROWS] @ weights.weights.astype(np.float64)) * weights.scale
    meanings = np.asarray(given[:, ROWS:] @ weights.meanings.astype(np.float64)) * (LENGTH / NEARNESS)
    return words + meanings * weights.meaning_scale + weights.bias


def all_prompts(without: Collection[str] = ()) -> list[Prompt]:
    """Return everything that the model learns from, but for some real sources."""
    real = real_prompts(without)
    pasted = [prompt.text for prompt in real if prompt.intent in ("other", "coding", UNSURE)]
    return write_prompts(SEED, tuple(text for text in pasted if len(text) < 2000)) + real


def main() -> None:
    prompts = all_prompts()
    given = features([prompt.text for prompt in prompts])
    weights = learn(prompts, given, guessed(prompts, given))
    np.savez_compressed(STORED, **asdict(weights))
    real = is_real(prompts)
    print(f"learned from {(~real).sum()} written and {real.sum()} real prompts; {STORED.stat().st_size} bytes")


if __name__ == "__main__":
    main()
