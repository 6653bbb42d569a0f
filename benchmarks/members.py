"""Whose exchanges those of a world are, and which accounts are of one campaign: for benchmarks that know the truth."""

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.world import World


def members_of(world: World) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int64]]:
    """Return the campaign of each account, nothing of honest ones, and the place of the account of each exchange."""
    accounts, rows = np.unique(np.asarray(world.exchanges["account_id"].to_pylist()), return_inverse=True)
    truth = dict(zip(*(world.truth_accounts[name].to_pylist() for name in ("account_id", "campaign")), strict=True))
    return np.array([truth[name] or "" for name in accounts]), rows
