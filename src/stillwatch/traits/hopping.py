"""Finds who passes conversations on: what one account began another carries on, and a third takes part."""

from stillwatch.engine.base import Engine

_HOPPED = """
    SELECT value, account_id, origin FROM (
        SELECT value, account_id, first_seen_at > min(first_seen_at) OVER (PARTITION BY value) AS hopped,
               first_value(account_id) OVER (PARTITION BY value ORDER BY first_seen_at, account_id) AS origin
        FROM (SELECT value, account_id, min(first_seen_at) AS first_seen_at FROM traits
              WHERE trait IN ('conversation prefix', 'reasoning signature') GROUP BY value, account_id))
    WHERE hopped"""
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
