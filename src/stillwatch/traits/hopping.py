"""Finds who passes conversations on, or asks for people who stand behind other accounts too."""

from stillwatch.engine.base import Engine
from stillwatch.traits.machine_owner import MachineOwner
from stillwatch.traits.shared import COUNTS

FEWEST_PEOPLE = 3  # one person has a machine at work and one at home
MOST_IN_COMMON = 0.5  # of the people behind an account; products among hundreds have a fifth in common, by their names

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
# Products have customers of their own, of whom some bear one name; one list of tasks is of the same machines whoever
# asks, and whom a relay serves come to one of its accounts today and to another tomorrow.
_CROSSING = f"""
    SELECT account_id FROM (
        SELECT account_id, count(*) OVER (PARTITION BY value) AS holders
        FROM (SELECT DISTINCT account_id, value FROM traits WHERE trait = '{MachineOwner.name}'))
    JOIN (SELECT account_id, shown FROM {COUNTS} WHERE trait = '{MachineOwner.name}') USING (account_id)
    GROUP BY account_id
    HAVING max(shown) >= {FEWEST_PEOPLE} AND count(*) FILTER (holders > 1) > {MOST_IN_COMMON} * max(shown)"""


def find_wanderers(engine: Engine) -> None:
    """Keep `hopped` (value, account_id, origin), `wanderers` and `crossing` (account_id) of the table `traits`.

    The first has the conversations that an account carries on and `origin` began, the second the accounts that pass
    conversations on among at least three, the third those that show the home folders of many people, most of whom other
    accounts show as well.
    """
    engine.keep("hopped", _HOPPED)
    engine.keep("wanderers", _WANDERERS)
    engine.keep("crossing", _CROSSING)
