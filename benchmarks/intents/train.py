"""Train the intent model on the phrasings and, where they are present, on real prompts; write `marks/intents.npz`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from grammar import Prompt, write_prompts
from material import UNSURE, real_prompts
from stillwatch.marks import intents
from stillwatch.marks.intents import HARVEST, INTENTS, Weights
from stillwatch.marks.words import ROWS, feature_rows, hash_words

SEED = 20261123
STORED = Path(intents.__file__).with_name("intents.npz")
HARVESTS = np.array([intent in HARVEST for intent in INTENTS])
STRENGTH = 0.3  # inverse of the penalty; chosen by leaving families out
RESERVE = 1.0  # log odds that an intent which builds a training set must win by; chosen on honest sources left out


def features(texts: Sequence[str]) -> csr_matrix:
    """Return which rows each text switches on, with the kernel's own hashing."""
    starts, hashes = hash_words(pa.array(texts, pa.large_string()))
    rows = [feature_rows(hashes[start:end]) for start, end in zip(starts, starts[1:], strict=False)]
    ends = np.cumsum([0, *map(len, rows)])
    return csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(rows), ends), (len(texts), ROWS))


def fit(given: csr_matrix, wanted: npt.NDArray[np.int64]) -> LogisticRegression:
    """Return a model in which each intent weighs by the square root of its prompts."""
    share = 1 / np.sqrt(np.bincount(wanted, minlength=len(INTENTS)).clip(1))
    model = LogisticRegression(C=STRENGTH, max_iter=60, tol=1e-3)
    return model.fit(given, wanted, sample_weight=share[wanted] / share[wanted].mean())


def guessed(prompts: Sequence[Prompt], given: csr_matrix) -> npt.NDArray[np.int64]:
    """Return the intent of each prompt; for those that are unsure, the likeliest one that builds no training set."""
    wanted = np.array([INTENTS.index(prompt.intent) if prompt.intent != UNSURE else -1 for prompt in prompts])
    if (wanted < 0).any():
        odds = fit(given[wanted >= 0], wanted[wanted >= 0]).decision_function(given[wanted < 0])
        wanted[wanted < 0] = np.where(HARVESTS, -np.inf, odds).argmax(axis=1)
    return wanted


def stored(model: LogisticRegression, temperature: float = 1.0) -> Weights:
    """Return the model in whole numbers, tempered, with the reserve against intents that build a training set."""
    largest = float(np.quantile(np.abs(model.coef_), 0.9999))
    weights = np.clip(np.rint(model.coef_.T / largest * 127), -127, 127).astype(np.int8)
    return Weights(weights, (model.intercept_ - RESERVE * HARVESTS) / temperature, largest / 127 / temperature)


def odds_of(weights: Weights, given: csr_matrix) -> npt.NDArray[np.float64]:
    """Return the log odds of each intent, as the kernel computes them."""
    return np.asarray(given @ weights.weights.astype(np.float64)) * weights.scale + weights.bias


def all_prompts() -> list[Prompt]:
    """Return everything that the model learns from."""
    real = real_prompts()
    pasted = tuple(prompt.text for prompt in real if prompt.intent in ("other", "coding", UNSURE) and prompt.family != "pages")
    return write_prompts(SEED, pasted) + real


def main() -> None:
    prompts = all_prompts()
    given = features([prompt.text for prompt in prompts])
    weights = stored(fit(given, guessed(prompts, given)))
    np.savez_compressed(STORED, weights=weights.weights, bias=weights.bias, scale=np.float64(weights.scale))
    print(f"learned from {len(prompts)} prompts; {STORED.name} has {STORED.stat().st_size} bytes")


if __name__ == "__main__":
    main()
