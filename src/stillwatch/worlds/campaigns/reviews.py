"""An operator's reviews, and what a campaign learns from the accounts that they close.

The operator closes by rules of thumb: many accounts on one card, address, mail domain or client, or one template again
and again. The campaign is not told the rule. It compares the closed accounts with those that are left, and stops
sharing what the closed ones shared; where they are no different in that, it puts its prompts in other words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.accounts import Account
from stillwatch.worlds.campaigns.campaign import Hiding, Wording
from stillwatch.worlds.campaigns.hiding import Pools

_FEWEST_ON_ONE = 3.0
_CLEAR_DIFFERENCE = 0.2
_LESS_ALIKE: dict[Wording, Wording] = {"verbatim": "paraphrased", "paraphrased": "none", "none": "none"}

Closed = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Phase:
    """From when on a campaign hides and words so; `changed` is the knob that it turned, None in the beginning."""

    since_us: int
    hiding: Hiding
    wording: Wording
    changed: str | None


def review(
    rng: np.random.Generator, active: Sequence[Account], pools: Pools, wording: Wording, closed_share: float
) -> Closed:
    """Return which active accounts the operator closes, by the rule that points at the most accounts on one value.

    Pools with fewer than three accounts on a value stay unseen, and so do prompts that are not word by word alike.
    """
    shows = _shows(active, pools)
    crowded = {
        name: some.sum() / len(getattr(pools, name)) for name, some in shows.items() if len(getattr(pools, name))
    }
    if wording == "verbatim":
        crowded["wording"] = len(active) / 10
    name = max(crowded, key=lambda name: crowded[name], default=None)
    if name is None or crowded[name] < _FEWEST_ON_ONE:
        return np.zeros(len(active), bool)
    pointed_at = shows.get(name, np.ones(len(active), bool))
    return np.asarray(pointed_at & (rng.random(len(active)) < closed_share))


def learn(phase: Phase, active: Sequence[Account], closed: Closed, pools: Pools, at: int) -> Phase | None:
    """Return what the campaign does from now on, or None when nothing was closed or nothing is left to change."""
    if not closed.any():
        return None
    differences = {
        name: some[closed].mean() - (some[~closed].mean() if (~closed).any() else 0.0)
        for name, some in _shows(active, pools).items()
        if getattr(phase.hiding, name) is not None
    }
    name = max(differences, key=lambda name: differences[name], default=None)
    if name is not None and differences[name] > _CLEAR_DIFFERENCE:
        return Phase(at, phase.hiding.without(name), phase.wording, name)
    if phase.wording != "none":
        return Phase(at, phase.hiding, _LESS_ALIKE[phase.wording], "wording")
    return None


def _shows(active: Sequence[Account], pools: Pools) -> dict[str, Closed]:
    taken = [pools.taken(account) for account in active]
    return {name: np.array([one[name] for one in taken], bool) for name in taken[0]}
