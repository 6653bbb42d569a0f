"""Reads what some accounts do and few strangers do: fill templates that harvest, harvest, pass conversations on."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.traits.hopping import find_wanderers
from stillwatch.traits.templates import find_suspects

_WHO = {
    "suspects": "FROM suspects WHERE fills",
    "harvesting": "FROM suspects",
    "passing": "FROM wanderers UNION FROM crossing",
}


def read_acts(engine: Engine, accounts: pa.Array) -> dict[str, npt.NDArray[np.bool_]]:
    """Return which of the accounts do what, one mask for each act, by the names that `gather_campaigns` gives them.

    The tables `suspects`, `hopped`, `wanderers` and `crossing` are then known to the engine, which must know
    `harvest_fillers`, `traits`, `shown_counts` and `profiles`.
    """
    find_suspects(engine)
    find_wanderers(engine)
    named = {act: engine.sql(query)["account_id"].combine_chunks() for act, query in _WHO.items()}
    return {act: pc.is_in(accounts, value_set=who).to_numpy(zero_copy_only=False) for act, who in named.items()}
