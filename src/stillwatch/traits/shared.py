"""What several accounts show, found at once over all exchanges: the values that one account alone shows are counted.

Most values of a prompt, a conversation or a template are one account's. They link nobody, so only their number matters.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.tables import SHOWN_TRAITS
from stillwatch.traits.base import SUMMED, Trait
from stillwatch.traits.find import keep_profiles
from stillwatch.traits.registry import all_traits
from stillwatch.traits.views import is_of_contacts, is_said_last, view_for

COUNTS = "shown_counts"
_NAMES = ", ".join(SHOWN_TRAITS.names)


class Named(NamedTuple):
    """A value of a trait that is looked for whoever shows it."""

    trait: str
    value: str


def find_shared_traits(engine: Engine, wanted: Sequence[Named]) -> None:
    """Keep the tables `traits`, `shown_counts` and `profiles` of what `show_exchanges` has made known.

    `traits` has a row for each value that an account shows, in as many exchanges as the trait asks for; of the traits
    of exchanges, only for values that several accounts hold, and for those that are wanted. `shown_counts` (trait,
    account_id, shown) says how many values of each trait an account shows in all, those of it alone included.
    """
    named = {"trait": [one.trait for one in wanted], "value": [one.value for one in wanted]}
    engine.name("wanted_values", pa.table({name: pa.array(given, pa.string()) for name, given in named.items()}))
    of_contacts = [trait for trait in all_traits() if is_of_contacts(trait.value)]
    of_exchanges = [trait for trait in all_traits() if trait not in of_contacts]
    for trait in of_exchanges:
        engine.keep(_values(trait), _values_query(trait))
    _hold_often(engine, [trait for trait in of_exchanges if _is_of_few(trait)])
    rows = [*map(_contacts_query, of_contacts), *map(_shared_query, of_exchanges)]
    engine.keep_all("shared_traits", [f"SELECT {_NAMES} FROM ({one})" for one in rows])
    engine.keep(COUNTS, _counts_query(of_exchanges))
    asked = {one.trait for one in wanted}
    more = [f"SELECT {_NAMES} FROM ({_wanted_query(trait)})" for trait in of_exchanges if trait.name in asked]
    engine.keep("wanted_traits", " UNION ALL ".join([f"SELECT {_NAMES} FROM shared_traits WHERE false", *more]))
    engine.show("traits", "FROM shared_traits UNION ALL FROM wanted_traits")
    keep_profiles(engine)


def _called(trait: Trait) -> str:
    return trait.name.replace(" ", "_").replace("-", "_").lower()


def _values(trait: Trait) -> str:
    return f"values_of_{_called(trait)}"


def _often(trait: Trait) -> str:
    return f"often_{_called(trait)}"


def _is_of_few(trait: Trait) -> bool:
    """Return whether few groups of an account and a value are shown, or hold most exchanges: they are counted first."""
    return (trait.least_exchanges > 1 or is_said_last(trait.value)) and not trait.many


def _each(trait: Trait) -> str:
    """Return the SQL of each value shown, in its own kind: numbers are grouped at half the cost of their text.

    What an exchange holds twice, it shows twice here: nearly all of it is left out before it costs anything.
    """
    value = f"unnest({trait.value})" if trait.many else f"({trait.value})"
    return f"(SELECT account_id, exchange_id, asked, {value} AS value FROM {view_for(trait.value)})"


def _once(trait: Trait, each: str) -> str:
    """Return the SQL of values that an exchange shows once, given that of them all."""
    return f"(SELECT DISTINCT account_id, exchange_id, asked, value FROM {each})" if trait.many else each


def _values_query(trait: Trait) -> str:
    """Return the SQL of one row for each shared value, and one for each account that shows values alone."""
    each = _each(trait) if trait.least_exchanges == 1 else _once(trait, _each(trait))
    return f"""
        SELECT CASE WHEN lowest <> highest THEN value END AS value, CASE WHEN lowest = highest THEN lowest END AS who,
               count(*) AS shown
        FROM (SELECT value, min(hash(account_id)) AS lowest, max(hash(account_id)) AS highest, count(*) AS n
              FROM {each} WHERE value IS NOT NULL GROUP BY value)
        WHERE n >= {trait.least_exchanges} GROUP BY 1, 2"""


def _contacts_query(trait: Trait) -> str:
    return f"""
        SELECT account_id, '{trait.name}' AS trait, value, {SUMMED}
        FROM (SELECT *, CAST(({trait.value}) AS VARCHAR) AS value FROM contacts)
        WHERE value IS NOT NULL GROUP BY account_id, value
        HAVING sum(exchanges_count) >= {trait.least_exchanges}"""


def _shared_query(trait: Trait) -> str:
    return _shown_often(trait) if _is_of_few(trait) else _shown(trait, _each_shared(trait))


def _each_shared(trait: Trait) -> str:
    return f"{_each(trait)} SEMI JOIN (SELECT value FROM {_values(trait)}) USING (value)"


def _wanted_query(trait: Trait) -> str:
    alone = f"{_each(trait)} ANTI JOIN (SELECT value FROM {_values(trait)}) USING (value)"
    return _shown(
        trait,
        f"""(SELECT account_id, exchange_id, asked, CAST(value AS VARCHAR) AS value FROM {alone})
            SEMI JOIN (SELECT value FROM wanted_values WHERE trait = '{trait.name}') USING (value)""",
    )


def _shown(trait: Trait, each: str) -> str:
    return f"""
        SELECT account_id, '{trait.name}' AS trait, CAST(value AS VARCHAR) AS value, count(*) AS exchanges_count,
               min(asked) AS first_seen_at, max(asked) AS last_seen_at,
               arg_min(exchange_id, (asked, exchange_id)) AS example_exchange_id
        FROM {_once(trait, each)} GROUP BY account_id, value HAVING count(*) >= {trait.least_exchanges}"""


def _hold_often(engine: Engine, traits: Sequence[Trait]) -> None:
    """Hold what is shown of traits of which most groups are too small, and `first_shown`: the exchanges it began with.

    Until a group is known to be large enough it is numbers alone, which take a third of the memory; the exchanges that
    are its examples are then read once for all of these traits. They are held with their values: were families joined
    with what is shown, every prompt of a value could meet every account that shows it.
    """
    for trait in traits:
        engine.hold(
            _often(trait),
            f"""SELECT hash(account_id) AS who, value, count(*) AS exchanges_count, min(asked) AS first_seen_at,
                       max(asked) AS last_seen_at
                FROM {_each_shared(trait)} GROUP BY who, value HAVING count(*) >= {trait.least_exchanges}""",
        )
    firsts = " UNION ALL ".join(f"SELECT who, first_seen_at FROM {_often(trait)}" for trait in traits)
    exchanges = f"""(SELECT * FROM marked SEMI JOIN ({firsts}) AS o
                     ON o.who = hash(account_id) AND o.first_seen_at = asked) AS e"""
    values = ", ".join(f"({trait.value}) AS {_called(trait)}" for trait in traits)
    engine.hold(
        "first_shown",
        f"""SELECT account_id, hash(account_id) AS who, exchange_id, asked, {values}
            FROM {view_for(values, exchanges)}""",
    )


def _shown_often(trait: Trait) -> str:
    return f"""
        SELECT account_id, '{trait.name}' AS trait, CAST(value AS VARCHAR) AS value, exchanges_count, first_seen_at,
               last_seen_at, min(exchange_id) AS example_exchange_id
        FROM {_often(trait)} AS o
        JOIN first_shown AS f ON f.who = o.who AND f.asked = first_seen_at AND {_called(trait)} = value
        GROUP BY account_id, value, exchanges_count, first_seen_at, last_seen_at"""


def _counts_query(of_exchanges: Sequence[Trait]) -> str:
    alone = " UNION ALL ".join(
        f"SELECT '{trait.name}' AS trait, who, shown FROM {_values(trait)} WHERE who IS NOT NULL"
        for trait in of_exchanges
    )
    return f"""
        SELECT trait, account_id, sum(shown)::BIGINT AS shown FROM (
            SELECT trait, account_id, shown FROM ({alone})
            JOIN (SELECT DISTINCT account_id FROM contacts) ON who = hash(account_id)
            UNION ALL
            SELECT trait, account_id, count(*) AS shown FROM shared_traits GROUP BY trait, account_id)
        GROUP BY trait, account_id"""
