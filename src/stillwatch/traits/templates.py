"""Finds the templates that harvest, and who fills them."""

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.marks.intents import HARVEST, INTENTS

FEWEST_PROMPTS = 5  # different prompts make an opening a template, and as many exchanges make filling it a habit
FEWEST_FILLED = 2  # exchanges from which an account is no longer one from whom is learned what strangers share
LEAST_ASKED_SHARE = 0.05  # of an account's exchanges that harvest: what the intent model's errors make of honest text
WANTS_HARVEST = " or ".join(f"intent = '{one}'" for one in sorted(HARVEST))  # of an exchange
HARVEST_COUNT = " + ".join(f"intent_counts[{INTENTS.index(one) + 1}]" for one in sorted(HARVEST))  # of a day's profile
LEAST_HARVEST_SHARE = 0.3  # of its exchanges; the intent model recognises a third of prompts phrased in ways new to it
# How many prompts differ at the least, and whether any do: each falls on one of 61 numbers, and has a bit of a mask.
# Exact counts of all openings cost three times as much; they are needed only of the few that are `UNSURE`.
LEAST_PROMPTS = """bit_count(bit_or(1::BIGINT << (prompt_digest % 31 + 30)::INTEGER)) AS least,
           min(prompt_digest) <> max(prompt_digest) AS several"""
SURE, UNSURE = f"least >= {FEWEST_PROMPTS}", f"least < {FEWEST_PROMPTS} AND several"


def find_harvest_templates(engine: Engine) -> None:
    """Keep `harvest_templates` (opening_digest) and `harvest_fillers` (account_id, opening_digest, n) of `marked`.

    The intent model errs on single prompts. Over all prompts of one template, whoever asks them, its errors average
    out: what a template wants is told by all that fill it. `n` counts the exchanges in which an account fills it.
    """
    engine.hold(
        "harvest_openings",
        f"""SELECT opening_digest, {LEAST_PROMPTS} FROM marked WHERE opening_digest IS NOT NULL GROUP BY opening_digest
            HAVING count(*) >= {FEWEST_PROMPTS}
               AND count(*) FILTER ({WANTS_HARVEST}) >= {LEAST_HARVEST_SHARE} * count(*)""",
    )
    engine.keep(
        "harvest_templates",
        f"""SELECT opening_digest FROM harvest_openings WHERE {SURE}
            UNION ALL
            SELECT opening_digest FROM marked
            SEMI JOIN (SELECT opening_digest FROM harvest_openings WHERE {UNSURE}) USING (opening_digest)
            GROUP BY opening_digest HAVING count(DISTINCT prompt_digest) >= {FEWEST_PROMPTS}""",
    )
    engine.keep(
        "harvest_fillers",
        """SELECT account_id, opening_digest, count(*) AS n FROM marked
            SEMI JOIN harvest_templates USING (opening_digest) GROUP BY account_id, opening_digest""",
    )


def name_no_templates(engine: Engine) -> None:
    """Make `harvest_templates` known without a row."""
    engine.name("harvest_templates", pa.table({"opening_digest": pa.array([], pa.int64())}))


def find_suspects(engine: Engine) -> None:
    """Keep `suspects` (account_id, fills): who fills templates that harvest, or asks for what harvesting wants.

    The tables `harvest_fillers` and `profiles` must be known to the engine. Of accounts that have asked little, one
    exchange is enough: that is meant to take in more honest accounts than not. `fills` says who fills such templates
    `FEWEST_FILLED` times or more, which honest accounts hardly ever do.
    """
    engine.keep(
        "suspects",
        f"""SELECT account_id, coalesce(n, 0) >= {FEWEST_FILLED} AS fills FROM (
                SELECT account_id, sum({HARVEST_COUNT}) > {LEAST_ASKED_SHARE} * sum(exchanges_count) AS asks
                FROM profiles GROUP BY account_id)
            LEFT JOIN (SELECT account_id, sum(n) AS n FROM harvest_fillers GROUP BY account_id) USING (account_id)
            WHERE asks OR n > 0""",
    )
