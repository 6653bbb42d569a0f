from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from stillwatch.engine import open_engine
from stillwatch.links.phases import PHASES, read_phases
from stillwatch.tables import PROFILES

FIRST = date(2026, 3, 1)


def profiles(rows):
    """The table of rows (account, day, {hour: exchanges})."""
    given = {name: [None] * len(rows) for name in PROFILES.names}
    given["account_id"] = [account for account, _, _ in rows]
    given["day"] = [FIRST + timedelta(days=day) for _, day, _ in rows]
    given["hours"] = [[asked.get(hour, 0) for hour in range(24)] for _, _, asked in rows]
    return pa.table(given, schema=PROFILES.schema)


def phases_of(engine, rows):
    accounts = sorted({account for account, _, _ in rows})
    engine.name("profiles", profiles(rows))
    return dict(zip(accounts, read_phases(engine, "hours", pa.array(accounts)), strict=True))


def evenly(account, days, each=1):
    return [(account, day, dict.fromkeys(range(24), each)) for day in range(days)]


def test_an_account_that_asks_as_the_public_does_is_spread_evenly(engine):
    public = phases_of(engine, [*evenly("public", 16, 10), *evenly("a", 16)])
    assert public["a"].tolist() == [6] * PHASES
    assert public["public"].tolist() == [60] * PHASES


def test_accounts_that_work_in_the_same_hours_of_the_same_days_share_their_phases(engine):
    together = [("a", 9, {3: 5}), ("b", 9, {4: 2, 5: 1}), ("c", 2, {3: 5})]
    found = phases_of(engine, [*evenly("public", 16, 100), *together])
    assert (found["a"] > 0).tolist() == (found["b"] > 0).tolist()
    assert not ((found["a"] > 0) & (found["c"] > 0)).any()


def test_a_busy_hour_is_a_phase_of_its_own(engine):
    found = phases_of(engine, [*evenly("public", 4), ("rush", 1, {12: 1_000})])
    assert found["rush"].max() == 1_000
    assert found["public"][found["rush"] > 0].tolist() == [1]


def test_days_without_any_exchange_are_passed_over(engine):
    near = phases_of(engine, [("a", 0, {3: 1}), ("b", 1, {4: 1})])
    far = phases_of(engine, [("a", 0, {3: 1}), ("b", 40, {4: 1})])
    assert all(np.array_equal(near[one], far[one]) for one in near)


ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 5), st.dictionaries(st.integers(0, 23), st.integers(1, 50))),
    min_size=1, max_size=12, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(ROWS)
def test_nothing_is_lost_and_time_goes_on(rows):
    with open_engine() as engine:
        found = phases_of(engine, rows)
        single = phases_of(engine, [(f"{day:02}{hour:02}", day, {hour: count}) for _, day, asked in rows
                                    for hour, count in asked.items()] or rows)  # fmt: skip
    for account, counts in found.items():
        assert counts.sum() == sum(sum(asked.values()) for one, _, asked in rows if one == account)
    order = [int(np.argmax(counts)) for _, counts in sorted(single.items()) if counts.any()]
    assert order == sorted(order)
