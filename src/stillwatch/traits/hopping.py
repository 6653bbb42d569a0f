"""Finds who passes conversations on: what one account began another carries on, and a third takes part."""

from stillwatch.engine.base import Engine

# Each prefix of a conversation stands in two of its exchanges, and in more where they are repeated. What many exchanges
# go on from is the fixed beginning of a program, as a few examples are that it gives the model each time.
_MOST_GOING_ON = 8
_HOPPED = f"""
    SELECT value, account_id, origin FROM (
        SELECT trait, value, account_id, sum(n) OVER (PARTITION BY trait, value) AS going_on,
               first_seen_at > min(first_seen_at) OVER (PARTITION BY value) AS hopped,
               first_value(account_id) OVER (PARTITION BY value ORDER BY first_seen_at, account_id) AS origin
        FROM (SELECT trait, value, account_id, min(first_seen_at) AS first_seen_at, sum(exchanges_count) AS n
              FROM traits WHERE trait IN ('conversation prefix', 'reasoning signature')
              GROUP BY trait, value, account_id))
    WHERE hopped AND (trait = 'reasoning signature' OR going_on <= {_MOST_GOING_ON})"""
# A customer who moves goes on in one account with what another began: no third one takes part.
_WANDERERS = """
    SELECT account_id FROM (
        SELECT account_id, origin AS other, 1 AS hops FROM hopped
        UNION ALL SELECT origin AS account_id, account_id AS other, 0 AS hops FROM hopped)
    GROUP BY account_id HAVING count(DISTINCT other) >= 2 AND sum(hops) >= 2"""


def find_wanderers(engine: Engine) -> None:
    """Keep `hopped` (value, account_id, origin) and `wanderers` (account_id) of the table `traits`.

    The first has the conversations that an account carries on and `origin` began, the second the accounts that pass
    conversations on among at least three.
    """
    engine.keep("hopped", _HOPPED)
    engine.keep("wanderers", _WANDERERS)
