from dataclasses import replace

import pyarrow as pa

from stillwatch.findings.describe import Indicator
from stillwatch.state.known import name_state
from stillwatch.state.opening import open_state
from stillwatch.traits.shared import COUNTS


def test_values_that_indicators_name_are_known_though_one_account_shows_them(once, engine):
    engine.name(
        "releases", pa.table({"model": pa.array([], pa.string()), "released": pa.array([], pa.timestamp("us"))})
    )
    with open_state(once.folder / "once", None) as state:
        name_state(engine, state, (), ())
        alone = engine.sql(
            """SELECT value FROM day_traits ANTI JOIN traits USING (trait, value)
               WHERE trait = 'conversation id' ORDER BY value LIMIT 1"""
        )["value"][0].as_py()
        wanted = Indicator("an actor", "conversation id", alone, "by hand")
        name_state(engine, state, (), (wanted, replace(wanted, value="nobody's")))
        assert engine.sql(f"FROM traits WHERE value = '{alone}'").num_rows == 1
        counted = engine.sql(
            f"""SELECT (SELECT sum(shown) FROM {COUNTS} WHERE trait = 'conversation id') AS counted,
                       (SELECT count(DISTINCT (account_id, value)) FROM day_traits
                        WHERE trait = 'conversation id') AS shown"""
        ).to_pylist()[0]
        assert counted["counted"] == counted["shown"] > 0
