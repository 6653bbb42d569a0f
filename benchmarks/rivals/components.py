"""Connected components: accounts that share a value are one group, and so is whoever shares one with any of them.

Over payment card and address this is what rules do today; with TLS client and user agent it is how Glasswally (Rust,
MIT) clusters accounts: a transitive union without any discount for values that everybody shows. (Glasswally itself
unions card, /24 and JA3; the exact address used here merges fewer honest accounts.)
"""

from collections.abc import Sequence

import polars as pl
from scipy.sparse import bmat
from scipy.sparse.csgraph import connected_components

from rivals.values import MONEY_AND_PLACE, Groups, account_values, large_groups


def shared_value_groups(exchanges: pl.DataFrame, columns: Sequence[str] = MONEY_AND_PLACE) -> Groups:
    """Return the components of five accounts or more."""
    accounts, shown = account_values(exchanges, columns)
    _, labels = connected_components(bmat([[None, shown], [shown.T, None]], format="csr"), directed=False)
    return large_groups(dict(zip(accounts, labels[: len(accounts)].tolist(), strict=True)))
