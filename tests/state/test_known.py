from dataclasses import replace

import pyarrow as pa
import pytest

from stillwatch.findings.describe import Indicator
from stillwatch.state.known import name_state
from stillwatch.state.opening import open_state
from stillwatch.traits.shared import COUNTS


@pytest.fixture
def open_once(once, engine):
    """Make the days of a state known, with indicators, and return the engine."""
    none = pa.table({"model": pa.array([], pa.string()), "released": pa.array([], pa.timestamp("us"))})
    engine.name("releases", none)
    with open_state(once.folder / "once", None) as state:

        def opened(*indicators):
            name_state(engine, state, (), indicators)
            return engine

        yield opened


def test_who_shows_a_value_more_rarely_than_its_trait_asks_does_not_show_it(open_once):
    rare = (
        open_once()
        .sql(
            """SELECT value, max(n) AS n FROM (SELECT value, account_id, sum(exchanges_count) AS n FROM day_traits
               WHERE trait = 'opening template' GROUP BY value, account_id)
           GROUP BY value HAVING count(*) = 1 AND n BETWEEN 1 AND 3 ORDER BY n, value"""
        )
        .to_pylist()
    )
    assert {1, 3} <= {one["n"] for one in rare}
    engine = open_once(*(Indicator("an actor", "opening template", one["value"], "by hand") for one in rare))
    told = engine.sql("SELECT value, exchanges_count AS n FROM traits WHERE trait = 'opening template'").to_pylist()
    assert {one["value"] for one in rare if one["n"] == 3} <= {one["value"] for one in told}
    assert min(one["n"] for one in told) == 3


def test_values_that_indicators_name_are_known_though_one_account_shows_them(open_once):
    alone = (
        open_once()
        .sql(
            """SELECT value FROM day_traits ANTI JOIN traits USING (trait, value)
           WHERE trait = 'conversation id' ORDER BY value LIMIT 1"""
        )["value"][0]
        .as_py()
    )
    wanted = Indicator("an actor", "conversation id", alone, "by hand")
    engine = open_once(wanted, replace(wanted, value="nobody's"))
    assert engine.sql(f"FROM traits WHERE value = '{alone}'").num_rows == 1
    counted = engine.sql(
        f"""SELECT (SELECT sum(shown) FROM {COUNTS} WHERE trait = 'conversation id') AS counted,
                   (SELECT count(DISTINCT (account_id, value)) FROM day_traits
                    WHERE trait = 'conversation id') AS shown"""
    ).to_pylist()[0]
    assert counted["counted"] == counted["shown"] > 0
