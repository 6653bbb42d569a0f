"""When accounts ask over the whole of the logs: work and rest that one queue gives to all its accounts."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine

PHASES = 64
_HOURS = 24
Ints = npt.NDArray[np.int64]


def read_phases(engine: Engine, hours: str, accounts: pa.Array) -> Ints:
    """Return how often each account asked in each of 64 phases of the logs, one row for each account.

    A phase is a run of hours in which a 64th of all exchanges falls, so that where most is asked it is told most
    finely, and an account that asks as the public does is spread evenly. An hour with more than that is a phase of its
    own, and the phases that it would have filled stay empty.

    Parameters
    ----------
    engine
        Knows `profiles`; the table `phases` is named.
    hours
        Column of `profiles` with the exchanges of each of the 24 hours of a day.
    accounts
        The accounts of `profiles`, in the order of the rows wanted.
    """
    engine.name("phases", _phases(engine, hours))
    within = " + ".join(
        f"CASE WHEN first_hour <= {hour} AND {hour} <= last_hour THEN {hours}[{hour + 1}] ELSE 0 END"
        for hour in range(_HOURS)
    )
    rows = engine.sql(
        f"""SELECT account_id, phase, sum({within})::BIGINT AS n FROM profiles JOIN phases USING (day)
            GROUP BY account_id, phase"""
    )
    counts = np.zeros((len(accounts), PHASES), np.int64)
    owners = pc.index_in(rows["account_id"].combine_chunks(), value_set=accounts).to_numpy(zero_copy_only=False)
    np.add.at(counts, (owners, rows["phase"].to_numpy()), rows["n"].to_numpy())
    return counts


def _phases(engine: Engine, hours: str) -> pa.Table:
    """Return for each day the phases that it has a part in, and the first and last hour of each part."""
    sums = ", ".join(f"sum({hours}[{hour + 1}])::BIGINT" for hour in range(_HOURS))
    days = engine.sql(f"SELECT day, [{sums}] AS v FROM profiles GROUP BY day ORDER BY day")
    asked = days["v"].combine_chunks().flatten().to_numpy(zero_copy_only=False).astype(np.float64)
    middles = np.cumsum(asked) - asked / 2
    phase = np.minimum(PHASES * middles // max(asked.sum(), 1.0), PHASES - 1).astype(np.int64)
    hour, day = np.arange(len(phase)) % _HOURS, np.arange(len(phase)) // _HOURS
    begins = np.flatnonzero((hour == 0) | (np.diff(phase, prepend=-1) != 0))
    ends = np.append(begins[1:], len(phase)) - 1
    return pa.table({
        "day": days["day"].combine_chunks().take(pa.array(day[begins])),
        "phase": phase[begins],
        "first_hour": hour[begins],
        "last_hour": hour[ends],
    })  # fmt: skip
