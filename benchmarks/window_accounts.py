"""Wording of accounts, on word vectors: change against an account's own past, closeness to a campaign, swings together.

Honest accounts ask from one honest pool each, from a stretch of it that is their own. Thresholds come from half of the
honest accounts that do not change, at 1 %; everything else is judged by them.
"""

import material
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.marks.described import describe_prompts
from stillwatch.marks.meanings import MEANING_DIMENSIONS

HONEST = ("benign/arena_hard", "benign/autoj_scenarios", "benign/banking77", "benign/clinc150", "benign/dialogsum",
          "benign/hh_rlhf_harmless", "benign/lima", "benign/msmarco_queries", "benign/taskmaster4")  # fmt: skip
ATTACK = ("attack/alpaca_en", "attack/gsm8k", "attack/gpteacher_codegen", "attack/llm_judge_prompts")
MOST, STRETCH, PAST, TODAY = 6000, 400, 400, 50
ACCOUNTS, GROUP, LEVEL = 600, 5, 0.01
Floats = npt.NDArray[np.float64]


class Pools:
    """Pools of described prompts, and accounts that ask from them."""

    def __init__(self) -> None:
        self.draw = np.random.default_rng(material.SEED)
        self.rows = {name: _described(name) for name in (*HONEST, *ATTACK)}
        scatter = np.mean([np.cov(self.rows[name].T) for name in HONEST], axis=0)
        scatter += np.eye(len(scatter)) * 0.01 * np.trace(scatter) / len(scatter)
        self.whitening = np.linalg.cholesky(np.linalg.inv(scatter))

    def stretch(self, name: str) -> Floats:
        """Return the prompts that are one account's own."""
        rows = self.rows[name]
        size = min(STRETCH, len(rows) // 2)
        at = int(self.draw.integers(0, len(rows) - size + 1))
        return rows[at : at + size]

    def mean(self, rows: Floats, count: int) -> Floats:
        """Return the mean of some prompts, in units of how prompts scatter within pools."""
        chosen = rows[self.draw.integers(0, len(rows), count)]
        return np.asarray(chosen.mean(axis=0) @ self.whitening)

    def change(self, share: float = 0.0, other: Floats | None = None) -> Floats:
        """Return how an account's day differs from its past, when a share of its prompts come from elsewhere."""
        own = self.stretch(str(self.draw.choice(HONEST)))
        moved = round(TODAY * share)
        today = self.mean(own, TODAY - moved) * (TODAY - moved) / TODAY if moved < TODAY else 0.0
        if other is not None and moved:
            today = today + self.mean(other, moved) * moved / TODAY
        return np.asarray(today - self.mean(own, PAST))

    def product(self) -> Floats:
        """Return a stretch of an honest pool: what a product asks."""
        return self.stretch(str(self.draw.choice(HONEST)))


def _described(name: str) -> Floats:
    # in the order of the file, in which some pools go by topic
    return describe_prompts(pa.array(material.texts_of(name, 10**6)[:MOST]))[:, :MEANING_DIMENSIONS].astype(float)


def beyond(values: Floats, threshold: float) -> str:
    """Return the share of values beyond a threshold."""
    return f"{np.mean(values > threshold):.3f}"


def print_change(pools: Pools) -> None:
    """Print how often a day is seen to differ from the account's own past."""
    stable = np.array([np.linalg.norm(pools.change()) for _ in range(2 * ACCOUNTS)])
    threshold = float(np.quantile(stable[:ACCOUNTS], 1 - LEVEL))
    print(f"| change against its own past | stable, honest | {beyond(stable[ACCOUNTS:], threshold)} |")
    for share in (0.25, 0.5, 1.0):
        honest = np.array([np.linalg.norm(pools.change(share, pools.product())) for _ in range(ACCOUNTS)])
        theirs = np.array(
            [np.linalg.norm(pools.change(share, pools.rows[str(pools.draw.choice(ATTACK))])) for _ in range(ACCOUNTS)]
        )
        print(f"| | honest, {share:.0%} of the day is a new product | {beyond(honest, threshold)} |")
        print(f"| | harvest is {share:.0%} of the day | {beyond(theirs, threshold)} |")


def print_closeness(pools: Pools) -> None:
    """Print how often an account's day is close to the wording of a confirmed campaign of another account."""
    found: dict[float, list[Floats]] = {0.0: [], 0.25: [], 0.5: [], 1.0: []}
    errors = []
    for name in ATTACK:
        half = len(pools.rows[name]) // 2
        campaign = pools.mean(pools.rows[name][:half], 2000)
        honest = -np.array([_gap(pools, campaign, pools.product(), 0.0, pools.product()) for _ in range(2 * ACCOUNTS)])
        threshold = float(np.quantile(honest[:ACCOUNTS], 1 - LEVEL))
        errors.append(np.mean(honest[ACCOUNTS:] > threshold))
        for share, values in found.items():
            rest = pools.rows[name][half:]
            gaps = -np.array([_gap(pools, campaign, pools.product(), share, rest) for _ in range(ACCOUNTS // 4)])
            values.append(gaps > threshold)
    print(f"| closeness to a confirmed campaign | honest | {np.mean(errors):.3f} |")
    for share in (0.25, 0.5, 1.0):
        print(f"| | harvest from its pool is {share:.0%} of the day | {np.mean(found[share]):.3f} |")


def _gap(pools: Pools, campaign: Floats, own: Floats, share: float, other: Floats) -> float:
    moved = round(TODAY * share)
    parts = [own[pools.draw.integers(0, len(own), TODAY - moved)], other[pools.draw.integers(0, len(other), moved)]]
    return float(np.linalg.norm(np.concatenate(parts).mean(axis=0) @ pools.whitening - campaign))


def _together(changes: list[Floats]) -> float:
    return float(np.linalg.norm(np.mean(changes, axis=0)))


def print_swings(pools: Pools) -> None:
    """Print how often several accounts are seen to swing together."""
    count = ACCOUNTS // 2
    alone = np.array([_together([_ordinary(pools) for _ in range(GROUP)]) for _ in range(2 * count)])
    threshold = float(np.quantile(alone[:count], 1 - LEVEL))
    print(
        f"| {GROUP} accounts swing together | honest, one in ten adds a product | {beyond(alone[count:], threshold)} |"
    )
    for share in (0.25, 0.5, 1.0):
        honest = np.array([_swing(pools, share, pools.product()) for _ in range(count)])
        theirs = np.array([_swing(pools, share, pools.rows[str(pools.draw.choice(ATTACK))]) for _ in range(count)])
        print(f"| | honest, all take up one new product for {share:.0%} of the day | {beyond(honest, threshold)} |")
        print(f"| | harvest from one pool is {share:.0%} of the day | {beyond(theirs, threshold)} |")


def _ordinary(pools: Pools) -> Floats:
    return pools.change(0.5, pools.product()) if pools.draw.random() < 0.1 else pools.change()


def _swing(pools: Pools, share: float, other: Floats) -> float:
    return _together([pools.change(share, other) for _ in range(GROUP)])


def print_pooled(pools: Pools) -> None:
    """Print how often honest accounts of a pool are unlike the honest traffic of all other pools."""
    flagged = []
    for name in HONEST:
        others = [pools.rows[other] for other in HONEST if other != name]
        centre = np.mean([rows.mean(axis=0) for rows in others], axis=0) @ pools.whitening
        pooled = [rows[pools.draw.integers(0, len(rows), MOST)] for rows in others]
        mixed = np.concatenate(pooled)
        held = [np.linalg.norm(pools.mean(mixed, TODAY) - centre) for _ in range(ACCOUNTS)]
        threshold = np.quantile(held, 1 - LEVEL)
        days = [np.linalg.norm(pools.mean(pools.stretch(name), TODAY) - centre) for _ in range(ACCOUNTS // len(HONEST))]
        flagged += [day > threshold for day in days]
    print(f"| unlike the honest traffic of all others | honest | {np.mean(flagged):.3f} |")


def print_accounts() -> None:
    """Print the share of accounts, or groups of them, beyond a threshold that 1 % of honest ones pass."""
    pools = Pools()
    print(f"| test | days of {TODAY} prompts, after {PAST} of the past | beyond the threshold |\n|---|---|---|")
    print_change(pools)
    print_closeness(pools)
    print_swings(pools)
    print_pooled(pools)
