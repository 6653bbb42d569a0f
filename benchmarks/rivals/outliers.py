"""Accounts unlike the rest: isolation forest, ECOD, and plain volume. They flag accounts and tell no campaigns.

All three are told how many accounts are guilty, and flag as many; what they flag is given as one group.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.ensemble import IsolationForest

from rivals.features import account_features
from rivals.values import Groups

Scores = npt.NDArray[np.float64]


def isolation_scores(features: npt.NDArray[np.float64]) -> Scores:
    """Score how soon random cuts isolate an account.

    Liu, Ting and Zhou (2008), Isolation Forest; scikit-learn's.
    """
    return -IsolationForest(n_estimators=200, random_state=1).fit(features).score_samples(features)


def ecod_scores(features: npt.NDArray[np.float64]) -> Scores:
    """Score how far an account lies in the tails, feature by feature.

    Li, Zhao, Hu, Botta, Ionescu and Chen (2022), ECOD: Unsupervised Outlier Detection Using Empirical Cumulative
    Distribution Functions: the greatest of three sums of -log tail probability: left tails, right tails, and the tail
    to which each feature is skewed.
    """
    ordered = np.sort(features, axis=0)
    left, right = np.empty_like(features), np.empty_like(features)
    for column in range(features.shape[1]):
        among = ordered[:, column]
        left[:, column] = np.searchsorted(among, features[:, column], "right") / len(among)
        right[:, column] = 1 - np.searchsorted(among, features[:, column], "left") / len(among)
    left, right = -np.log(left), -np.log(right)
    skew = ((features - features.mean(axis=0)) ** 3).mean(axis=0)
    return np.max([left.sum(axis=1), right.sum(axis=1), np.where(skew < 0, left, right).sum(axis=1)], axis=0)


def strangest(accounts: list[str], scores: Scores, count: int) -> Groups:
    """Return the accounts with the greatest scores, as one group."""
    return {accounts[row]: 0 for row in np.argsort(-scores, kind="stable")[:count].tolist()}


def isolated_accounts(exchanges: pl.DataFrame, count: int) -> Groups:
    """Return the accounts that a forest isolates soonest."""
    accounts, features = account_features(exchanges)
    return strangest(accounts, isolation_scores(features), count)


def ecod_accounts(exchanges: pl.DataFrame, count: int) -> Groups:
    """Return the accounts farthest in the tails."""
    accounts, features = account_features(exchanges)
    return strangest(accounts, ecod_scores(features), count)


def largest_accounts(exchanges: pl.DataFrame, count: int) -> Groups:
    """Return the accounts that asked most."""
    asked = exchanges.group_by("account_id").len().sort("account_id")
    return strangest(asked["account_id"].to_list(), asked["len"].to_numpy().astype(np.float64), count)
