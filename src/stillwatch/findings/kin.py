"""Finds who fills the templates of a group without being of it: they tell nothing of how rare such templates are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine

Ints = npt.NDArray[np.int64]
# templates of which most who fill them are of one group: no two groups have one in common
_OWN = """
    SELECT opening_digest, number FROM (
        SELECT opening_digest, number, count(*) AS n, sum(count(*)) OVER (PARTITION BY opening_digest) AS fillers
        FROM (SELECT account_id, opening_digest, coalesce(number, -1) AS number
              FROM harvest_fillers LEFT JOIN held_members USING (account_id))
        GROUP BY opening_digest, number)
    WHERE 2 * n > fillers AND number >= 0"""
_KIN = f"""
    SELECT DISTINCT o.number, f.account_id FROM harvest_fillers AS f JOIN ({_OWN}) AS o USING (opening_digest)
    LEFT JOIN held_members AS h USING (account_id) WHERE h.number IS NULL ORDER BY ALL"""


def find_kin(engine: Engine, accounts: pa.Array, groups: Sequence[Ints]) -> list[Ints]:
    """Return for each group the accounts in none that fill a harvest template most of whose fillers are of it.

    How rarely the honest fill such templates is asked of those who came to theirs by themselves. A campaign that is
    spread thin leaves some of its accounts ungathered, and what they fill is the campaign's; and who took over the
    prompt of an honest group is no second group that found one. Of a template that many others fill, as one that is
    passed around in public, most are in no group: they count.

    Parameters
    ----------
    accounts
        Every account id, sorted; groups number accounts by their place in it, and have none in common.
    """
    if not groups:
        return []
    of = np.repeat(np.arange(len(groups)), [len(one) for one in groups])
    members = pa.table({"account_id": accounts.take(pa.array(np.concatenate(groups))), "number": of})
    engine.name("held_members", members)
    found = engine.sql(_KIN)
    places = pc.index_in(found["account_id"], value_set=accounts).to_numpy().astype(np.int64)
    number = found["number"].to_numpy()
    return [places[number == one] for one in range(len(groups))]
