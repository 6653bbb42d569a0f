"""Says through which accounts many unrelated people ask, as the home folders in what is asked tell."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.findings.habits import Habit

MANY_PEOPLE = "many people"
_FEWEST_PEOPLE = 3  # one person has a machine at work and one at home
_FEWEST_SHOWING = 3  # exchanges that show anybody's home folder, from which an account can be judged
_SHOWING = "SELECT account_id, owner_digests FROM marked WHERE len(owner_digests) > 0"
_OWNERS = f"""
    SELECT account_id, people, n, most FROM (SELECT account_id, count(*) AS n FROM ({_SHOWING}) GROUP BY account_id)
    JOIN (
        SELECT account_id, count(*) AS people, max(n)::BIGINT AS most FROM (
            SELECT account_id, owner, count(*) AS n FROM (
                SELECT account_id, unnest(owner_digests) AS owner FROM ({_SHOWING}))
            GROUP BY account_id, owner)
        GROUP BY account_id)
    USING (account_id)"""


def find_people(engine: Engine, accounts: pa.Array) -> tuple[Habit, ...]:
    """Return the habit of asking for many people, from the view `marked`; none where no prompt shows anybody's home.

    An account asks for many people where it shows the home folders of three or more, and no one's in more than half of
    the exchanges that show any: logs that a person pastes show others' homes now and then. Accounts are compared with
    honest ones that show any home folder three times, so that writing code is not taken for it. Firms whose people
    share one account are few, and all alike: so it speaks only of accounts that also share what an operator provides.
    """
    rows = engine.sql(_OWNERS)
    people, showing, most = (np.zeros(len(accounts), np.int64) for _ in range(3))
    places = pc.index_in(rows["account_id"], value_set=accounts).to_numpy(zero_copy_only=False)
    for column, name in ((people, "people"), (showing, "n"), (most, "most")):
        column[places.astype(np.int64)] = rows[name].cast(pa.int64()).to_numpy()
    judged = showing >= _FEWEST_SHOWING
    habit = Habit(
        MANY_PEOPLE, "session", judged, judged & (people >= _FEWEST_PEOPLE) & (2 * most <= showing),
        f"show the home folders of {_FEWEST_PEOPLE} people or more, no one's in more than half of the exchanges that "
        "show any",
        ("a team behind one key", "coding products and resellers that serve many people"),
        "rewriting the home folders in what is forwarded, or forwarding no code", "len(owner_digests) > 0",
        of_provided=True,
    )  # fmt: skip
    return (habit,) if judged.any() else ()
