import random
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.state.fold import COUNTED, TOGETHER, Added, add_day, write_day_shows

TRAITS = ("address", "opening template", "payment card")  # of the second an account must show three
START = datetime(2026, 3, 1)
_SHOWN = ("trait", "value", "account_id", "exchanges_count", "first_seen_at", "last_seen_at", "example_exchange_id")


def rows_of(day, seed):
    """Traits of a day: few values, so that many are shared, on this day or only over several."""
    draw = random.Random(1000 * seed + day)
    found = {}
    for _ in range(60):
        at = START + timedelta(days=day, seconds=draw.randrange(80_000))
        trait, value, account = draw.choice(TRAITS), str(draw.randrange(40)), f"a{draw.randrange(12)}"
        found[trait, value, account] = {
            "account_id": account, "trait": trait, "value": value, "day": at.date(),
            "exchanges_count": draw.randrange(1, 3), "first_seen_at": at,
            "last_seen_at": at + timedelta(seconds=draw.randrange(99)),
            "example_exchange_id": f"e{draw.randrange(10**9)}",
        }  # fmt: skip
    return list(found.values())


@pytest.fixture
def folded(engine, tmp_path):
    """The fold of days one after the other, and the rows of all of them."""

    def fold(days):
        folders, before = [], None
        for number, rows in enumerate(days):
            folder, into = tmp_path / f"day-{number}", tmp_path / f"fold-{number}"
            folder.mkdir()
            into.mkdir()
            engine.name("traits_of_day", pa.Table.from_pylist(rows))
            write_day_shows(engine, "traits_of_day", folder)
            add_day(engine, Added(folder, list(folders), before), into)
            folders.append(folder)
            before = into
        engine.name("rows", pa.Table.from_pylist([row for rows in days for row in rows]))
        return before

    return fold


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_days_folded_one_by_one_are_what_grouping_all_rows_gives(engine, folded, seed):
    fold = folded([rows_of(day, seed) for day in range(5)])
    shown = engine.sql(
        """SELECT trait, account_id, count(*) AS shown FROM (
               SELECT trait, account_id, value FROM rows GROUP BY ALL
               HAVING sum(exchanges_count) >= CASE WHEN trait = 'opening template' THEN 3 ELSE 1 END)
           GROUP BY ALL ORDER BY ALL"""
    )
    counted = pq.read_table(fold / COUNTED).sort_by([("trait", "ascending"), ("account_id", "ascending")])
    assert counted.to_pylist() == shown.to_pylist()
    together = engine.sql(
        """SELECT trait, value, account_id, sum(exchanges_count)::BIGINT AS exchanges_count,
                  min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at,
                  arg_min(example_exchange_id, (first_seen_at, example_exchange_id)) AS example_exchange_id
           FROM rows SEMI JOIN (SELECT trait, value FROM rows GROUP BY ALL HAVING count(DISTINCT account_id) > 1)
           USING (trait, value) GROUP BY trait, value, account_id
           HAVING sum(exchanges_count) >= CASE WHEN trait = 'opening template' THEN 3 ELSE 1 END
           ORDER BY trait, value, account_id"""
    )
    order = [(name, "ascending") for name in ("trait", "value", "account_id")]
    assert pq.read_table(fold / TOGETHER, columns=list(_SHOWN)).sort_by(order).to_pylist() == together.to_pylist()


def test_a_value_that_nobody_shares_stays_in_its_day(engine, folded):
    rows = [row | {"account_id": "alone"} for row in rows_of(0, 1)]
    assert pq.read_table(folded([rows]) / TOGETHER).num_rows == 0
