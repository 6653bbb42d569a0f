"""Finds what accounts show: the tables `traits` and `profiles`, which add up over days."""

from collections.abc import Sequence

from stillwatch.engine.base import Engine
from stillwatch.tables import EXCHANGES, MARKS, PROFILES, TRAITS
from stillwatch.traits.registry import all_traits, listed_traits

# Ordered by every column: of two rows that differ anywhere, the same one is left out whichever is read first.
_ONCE = f"""
    SELECT {", ".join(MARKS.names)} FROM marks ANTI JOIN repeated USING (exchange_id)
    UNION ALL
    SELECT {", ".join(MARKS.names)} FROM (
        SELECT *, row_number() OVER (PARTITION BY exchange_id ORDER BY {", ".join(MARKS.names[1:])}) AS place
        FROM marks SEMI JOIN repeated USING (exchange_id)) WHERE place = 1"""


def show_exchanges(engine: Engine) -> int:
    """Make the view `exchange`: each exchange once, with its marks and what the operator's lists say of it.

    The tables `marks`, `families`, `releases` (model, released), `address_ranges` (ip, address_range) and
    `disposable_domains` (domain) must be known to the engine. Times in the view are UTC without zone. A model that is
    released more than once counts as released the first time.

    Returns
    -------
    int
        Rows that repeated the id of another exchange, and are left out.
    """
    engine.keep("repeated", "SELECT exchange_id FROM marks GROUP BY exchange_id HAVING count(*) > 1")
    repeated = engine.sql(
        "SELECT count(*) - count(DISTINCT exchange_id) AS n FROM marks SEMI JOIN repeated USING (exchange_id)"
    )["n"][0].as_py()
    engine.keep(
        "exchange",
        f"""
        SELECT m.*, make_timestamp(epoch_us(m.asked_at)) AS asked,
               make_timestamp(epoch_us(m.account_created_at)) AS created, f.wording_family, r.released, a.address_range,
               CASE WHEN d.domain IS NOT NULL THEN 'disposable' END AS domain_kind
        FROM ({_ONCE if repeated else "SELECT * FROM marks"}) AS m
        LEFT JOIN families AS f USING (prompt_digest)
        LEFT JOIN (SELECT model, min(released) AS released FROM releases GROUP BY model) AS r USING (model)
        LEFT JOIN address_ranges AS a USING (ip)
        LEFT JOIN disposable_domains AS d ON d.domain = lower(m.email_domain)""",
    )
    return int(repeated)


def find_traits(engine: Engine) -> None:
    """Keep the tables `traits` and `profiles` of the view `exchange`."""
    engine.keep_all("traits", [_declared(TRAITS.names, trait.query()) for trait in all_traits()])
    engine.keep_all("profiles", [_declared(PROFILES.names, profiles_query())])


def _declared(names: Sequence[str], query: str) -> str:
    return f"SELECT {', '.join(names)} FROM ({query})"


def profiles_query() -> str:
    """Return the SQL that gives the rows of the table `profiles` from the view `exchange`."""
    hours = ", ".join(f"count(*) FILTER (hour(asked) = {hour})" for hour in range(24))
    intents = ", ".join(f"count(*) FILTER (intent = '{intent}')" for intent in intent_names())
    words = ", ".join(f"sum(wording_vector[{i}]::BIGINT)::BIGINT" for i in range(1, 33))
    meanings = ", ".join(f"sum(meaning_vector[{i}]::BIGINT)::BIGINT" for i in range(1, 65))
    return f"""
        SELECT account_id, asked::DATE AS day, count(*) AS exchanges_count,
               CASE WHEN count(history_digests) + count(turn) > 0
                    THEN count(*) FILTER (coalesce(len(history_digests), 0) = 0 AND coalesce(turn, 0) = 0)
               END AS standalone_count,
               [{hours}] AS hours, [{intents}] AS intent_counts, [{words}] AS wording_sum, [{meanings}] AS meaning_sum,
               sum(input_tokens)::BIGINT AS input_tokens, sum(output_tokens)::BIGINT AS output_tokens,
               sum(reasoning_tokens)::BIGINT AS reasoning_tokens,
               min(asked) AS first_seen_at, max(asked) AS last_seen_at
        FROM exchange GROUP BY account_id, day"""


def intent_names() -> tuple[str, ...]:
    """Return the intents that the marks know, in the order of the column `intent_scores`."""
    from stillwatch.marks.intents import INTENTS  # noqa: PLC0415 - the model is heavy; only this stage needs it here

    return INTENTS


_MARKED_AS = {
    "system_text": "system_digest",
    "prompt_text": "prompt_digest",
    "tools_offered": "tools_digest",
    "reasoning_signatures": "signature_digests",
}
_LISTS = frozenset({"history_digests", "reasoning_signatures"})


def shown_columns(engine: Engine) -> frozenset[str]:
    """Return the columns of `exchanges` that traits read and that hold any value in the view `exchange`."""
    read = sorted({column for one in listed_traits() for column in one.reads} & set(EXCHANGES.names))
    counts = ", ".join(
        f"count(*) FILTER (len({_MARKED_AS.get(name, name)}) > 0) AS {name}" if name in _LISTS
        else f"count({_MARKED_AS.get(name, name)}) AS {name}"
        for name in read
    )  # fmt: skip
    row = engine.sql(f"SELECT {counts} FROM exchange").to_pylist()[0]
    return frozenset(name for name in read if row[name])


def blind_traits(shown: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return each trait that cannot see, with the columns it lacks, given the columns that hold any value."""
    return tuple(
        (one.name, ", ".join(column for column in one.reads if column not in shown))
        for one in listed_traits()
        if not shown.issuperset(one.reads)
    )
