"""Finds the templates that harvest, and who fills them."""

from stillwatch.engine.base import Engine
from stillwatch.marks.intents import HARVEST

FEWEST_PROMPTS = 5  # different prompts make an opening a template, and as many exchanges make filling it a habit
FEWEST_FILLED = 2  # exchanges from which an account is no longer one from whom is learned what strangers do
LEAST_HARVEST_SHARE = 0.3  # of its exchanges; the intent model recognises a third of prompts phrased in ways new to it


def find_harvest_templates(engine: Engine) -> None:
    """Keep `harvest_templates` (opening_digest) and `harvest_fillers` (account_id, n) of the view `exchange`.

    The intent model errs on single prompts. Over all prompts of one template, whoever asks them, its errors average
    out: what a template wants is told by all that fill it. `n` counts the exchanges in which an account does; accounts
    with fewer than `FEWEST_FILLED` are left out.
    """
    wanted = " or ".join(f"intent = '{one}'" for one in sorted(HARVEST))
    engine.keep(
        "harvest_templates",
        f"""SELECT opening_digest FROM exchange WHERE opening_digest IS NOT NULL GROUP BY opening_digest
            HAVING count(DISTINCT prompt_digest) >= {FEWEST_PROMPTS}
            AND count(*) FILTER ({wanted}) >= {LEAST_HARVEST_SHARE} * count(*)""",
    )
    engine.keep(
        "harvest_fillers",
        f"""SELECT account_id, count(*) AS n FROM exchange SEMI JOIN harvest_templates USING (opening_digest)
            GROUP BY account_id HAVING count(*) >= {FEWEST_FILLED}""",
    )
