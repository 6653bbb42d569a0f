"""Finds what accounts show: the tables `traits` and `profiles`, which add up over days."""

from collections.abc import Collection, Sequence

from stillwatch.columns import MEANING_VECTOR, WORDING_VECTOR
from stillwatch.engine.base import Engine
from stillwatch.tables import EXCHANGES, PROFILES, TRAITS
from stillwatch.traits.base import Trait
from stillwatch.traits.registry import all_traits, listed_traits
from stillwatch.traits.vector_sums import ADDED, VECTOR_SUMS, places_of, sum_vectors
from stillwatch.traits.views import is_of_contacts, view_for

_VECTORS = f"""
    SELECT account_id, asked::DATE AS day, hour(asked) AS hour, {WORDING_VECTOR.name}, {MEANING_VECTOR.name}
    FROM marked"""

_KNOWN = "(history_digests IS NOT NULL OR turn IS NOT NULL)"  # whether an exchange continues a conversation


def find_traits(engine: Engine) -> None:
    """Keep the tables `day_traits` and `profiles` of the exchanges that `show_exchanges` has made known."""
    engine.keep_all("day_traits", [_declared(TRAITS.names, _query(trait)) for trait in all_traits()])
    keep_profiles(engine)


def keep_profiles(engine: Engine) -> None:
    """Keep the table `profiles` of the view `marked`."""
    engine.map_rows(sum_vectors, _VECTORS, VECTOR_SUMS)
    engine.keep_all("profiles", [_declared(PROFILES.names, profiles_query())])


def _query(trait: Trait) -> str:
    return trait.query_of_contacts() if is_of_contacts(trait.value) else trait.query(view_for(trait.value))


def _declared(names: Sequence[str], query: str) -> str:
    return f"SELECT {', '.join(names)} FROM ({query})"


def profiles_query() -> str:
    """Return the SQL that gives the rows of the table `profiles` from `marked` and `vector_sums`."""
    intents = ", ".join(f"count(*) FILTER (intent = '{intent}')" for intent in intent_names())
    # whole numbers below 2^53, so that their sum is exact, and takes two thirds of the memory of one of 128 bits
    sums = ", ".join(
        f"[{', '.join(f'sum({one}::DOUBLE)::BIGINT' for one in places_of(column))}] AS {column.name}"
        for column in ADDED
    )
    return f"""
        SELECT p.*, {", ".join(column.name for column in ADDED)} FROM (
            SELECT account_id, asked::DATE AS day, count(*) AS exchanges_count,
                   CASE WHEN count(history_digests) + count(turn) > 0
                        THEN count(*) FILTER ({_KNOWN} AND coalesce(len(history_digests), 0) = 0
                                              AND coalesce(turn, 0) = 0)
                   END AS standalone_count,
                   [{intents}] AS intent_counts,
                   sum(input_tokens)::BIGINT AS input_tokens, sum(output_tokens)::BIGINT AS output_tokens,
                   sum(reasoning_tokens)::BIGINT AS reasoning_tokens,
                   min(asked) AS first_seen_at, max(asked) AS last_seen_at
            FROM marked GROUP BY account_id, asked::DATE) AS p
        JOIN (SELECT account_id, day, {sums} FROM vector_sums GROUP BY account_id, day) AS v
        USING (account_id, day)"""


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
    """Return the columns of `exchanges` that traits read and that hold any value in the view `marked`."""
    read = sorted({column for one in listed_traits() for column in one.reads} & set(EXCHANGES.names))
    # Each is looked for until it is found, so that only columns that are null throughout are read to their ends.
    found = ", ".join(f"(SELECT count(*) FROM (SELECT 1 FROM marked WHERE {_holds(name)} LIMIT 1)) AS {name}"
                      for name in read)  # fmt: skip
    row = engine.sql(f"SELECT {found}").to_pylist()[0]
    return frozenset(name for name in read if row[name])


def _holds(name: str) -> str:
    marked = _MARKED_AS.get(name, name)
    return f"len({marked}) > 0" if name in _LISTS else f"{marked} IS NOT NULL"


def blind_traits(shown: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return each trait that cannot see, with the columns it lacks, given the columns that hold any value."""
    return tuple(
        (one.name, ", ".join(column for column in one.reads if column not in shown))
        for one in listed_traits()
        if not shown.issuperset(one.reads)
    )


def sees_too_little(blind: Collection[str], fewest_families: int) -> bool:
    """Return whether a scan with these blind traits can find nothing, as findings rest on so many families at least."""
    return len({one.family for one in listed_traits() if one.name not in blind}) < fewest_families
