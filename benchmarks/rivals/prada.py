"""PRADA by account: how normal the distances of prompts to the nearest earlier one of the same account are.

Juuti, Szyller, Marchal and Asokan (2019), PRADA: Protecting against DNN Model Stealing Attacks. Theirs are images and
classes; here a prompt is a hashed bag of words of unit length, there are no classes, and an account is judged
from 30 prompts on instead of 100. As there, distances over three standard deviations from the mean are left out, and a
low Shapiro-Wilk statistic is an alarm; a high one may be tried too, as prompts need not behave like images. Of an
account's prompts the first 1,000 count: cost grows with their square.
"""

import warnings
from collections.abc import Collection
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import shapiro

from rivals.values import Groups

FEWEST_PROMPTS, MOST_PROMPTS, WIDTH = 30, 1_000, 512
_LATER = np.triu(np.ones((MOST_PROMPTS, MOST_PROMPTS), bool))


def words_hashed(prompts: list[str]) -> npt.NDArray[np.float32]:
    """Return a row of hashed word counts for each prompt, of unit length."""
    bags = np.zeros((len(prompts), WIDTH), np.float32)
    for bag, prompt in zip(bags, prompts, strict=True):
        for word in prompt.lower().split()[:200]:
            bag[crc32(word.encode()) % WIDTH] += 1
    return bags / np.maximum(np.linalg.norm(bags, axis=1, keepdims=True), 1e-9)


def nearest_earlier(bags: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return for each prompt but the first its distance to the nearest earlier one (0-1.42)."""
    alike = bags @ bags.T
    alike[_LATER[: len(bags), : len(bags)]] = -1
    return np.sqrt(np.maximum(0, 2 - 2 * alike[1:].max(axis=1)).astype(np.float64))


def normality(distances: npt.NDArray[np.float64]) -> float:
    """Return the Shapiro-Wilk statistic (0-1); 0 where all distances are the same, which is as far from normal."""
    spread = distances.std()
    distances = distances[np.abs(distances - distances.mean()) <= 3 * spread]
    if np.ptp(distances) < 1e-6:
        return 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(shapiro(distances).statistic)


def account_normality(exchanges: pl.DataFrame) -> dict[str, float]:
    """Return the statistic of each account with enough prompts."""
    asked = exchanges.select("account_id", "asked_at", "prompt_text").drop_nulls().sort("asked_at")
    prompts = asked.group_by("account_id").agg(pl.col("prompt_text").head(MOST_PROMPTS)).sort("account_id")
    return {
        account: normality(nearest_earlier(words_hashed(texts)))
        for account, texts in prompts.iter_rows()
        if len(texts) >= FEWEST_PROMPTS
    }


def prada_accounts(
    exchanges: pl.DataFrame, honest: Collection[str], honest_share: float = 0.01
) -> tuple[Groups, Groups]:
    """Return the accounts least normal, and those most normal, each as one group.

    Each threshold is the one that flags as many as it can with at most this share of the honest.
    """
    told = account_normality(exchanges)
    return _beyond(told, honest, honest_share), _beyond({one: -told[one] for one in told}, honest, honest_share)


def _beyond(told: dict[str, float], honest: Collection[str], honest_share: float) -> Groups:
    allowed = int(honest_share * len(honest))
    theirs = sorted(told[account] for account in honest if account in told)
    limit = theirs[allowed] if allowed < len(theirs) else np.inf
    return {account: 0 for account, statistic in told.items() if statistic < limit}
