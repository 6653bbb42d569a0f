"""Finds what the members of a campaign use far more often than honest accounts do: wordings, tools and prompts."""

from stillwatch.engine.base import Engine
from stillwatch.traits.templates import FEWEST_PROMPTS

MOST_HONEST = 200_000  # a share of the honest exchanges is then known to 0.0011, twice its standard error at the most
FAR_MORE = 16  # times as often as the honest: from here on a value is the campaign's own
_STEPS = (1, 4, FAR_MORE, 64, 256)
_READ = """exchange_id, account_id, asked, conversation_id, intent, words_count, opening_digest, ending_digest,
           wording_family, prompt_digest, tools_digest, coalesce(len(history_digests), 0) AS depth,
           CASE WHEN len(history_digests) > 0 THEN history_digests[1] END AS prefix,
           CASE WHEN len(history_digests) > 1 THEN history_digests[2] END AS second_prefix,
           coalesce(turn, 0) > 0 AS continues, history_digests IS NOT NULL OR turn IS NOT NULL AS placeable"""
_OWN = {
    "campaign_openings": "opening_digest",
    "campaign_endings": "ending_digest",
    "campaign_families": "wording_family",
    "campaign_tools": "tools_digest",
    "campaign_prompts": "prompt_digest",
}
FEATURES = ("later", "wording", "repeated", "tools", "intent", "words")


def sample_honest(engine: Engine) -> None:
    """Keep `honest_exchange`: the exchanges of the accounts in the table `honest`, or `MOST_HONEST` of them by chance.

    Which ones is decided by their ids alone, so that the order of rows changes nothing.
    """
    count = "SELECT sum(exchanges_count)::BIGINT AS n FROM profiles SEMI JOIN honest USING (account_id)"
    some = sampled("exchange_id", engine.sql(count)["n"][0].as_py() or 0, MOST_HONEST)
    engine.keep("honest_exchange", f"SELECT {_READ} FROM exchange SEMI JOIN honest USING (account_id) WHERE {some}")


def sampled(text: str, count: int, most: int) -> str:
    """Return the SQL condition that keeps about `most` of `count` rows, chosen by the digest of a text.

    Examples
    --------
    >>> sampled("exchange_id", 100, 200)
    'true'
    >>> sampled("exchange_id", 400, 200)
    "md5(exchange_id) < '80000000'"
    """
    return "true" if count <= most else f"md5({text}) < '{int(most / count * 16**8):08x}'"


def read_members(engine: Engine) -> None:
    """Keep `member_exchange`: the exchanges of the accounts in the table `members`, with what they took.

    `member` and `place` number the accounts, and the exchanges of each in the order of time: windows and joins over
    two numbers cost half of those over names.
    """
    took = "model, input_tokens, output_tokens, reasoning_tokens"
    engine.keep(
        "member_exchange",
        f"""SELECT {_READ}, {took}, member,
                   row_number() OVER (PARTITION BY member ORDER BY asked, exchange_id) AS place
            FROM exchange JOIN (SELECT account_id, row_number() OVER (ORDER BY account_id) AS member
                                FROM (SELECT DISTINCT account_id FROM members)) USING (account_id)""",
    )


def keep_own_marks(engine: Engine) -> None:
    """Keep what members share: one table of `campaign_...` (digest, level) for each kind of mark.

    A value counts when two members show it; of a campaign of one, which shares with nobody, when it is used again and
    again. `level` is 0 to 5: how much larger its share of the members' exchanges is than of the honest ones, in steps
    of four times from equal on. To what was seen among the honest one is added: what they happened not to show in the
    sample is not unknown to them.

    Parameters
    ----------
    engine
        Knows `member_exchange` and `honest_exchange`.
    """
    ours, theirs, members = engine.sql(
        """SELECT (SELECT count(*) FROM member_exchange) AS ours, (SELECT count(*) FROM honest_exchange) AS theirs,
                  (SELECT count(DISTINCT account_id) FROM member_exchange) AS members"""
    ).to_pylist()[0].values()  # fmt: skip
    shared = "count(DISTINCT account_id) >= 2" if members > 1 else f"count(*) >= {FEWEST_PROMPTS}"
    level = " + ".join(
        f"(o.n * {max(theirs, 1)} >= {step * ours} * (coalesce(t.n, 0) + 1))::INTEGER" for step in _STEPS
    )
    for table, column in _OWN.items():
        engine.keep(
            table,
            f"""WITH o AS (SELECT {column} AS digest, count(*) AS n FROM member_exchange WHERE {column} IS NOT NULL
                           GROUP BY {column} HAVING {shared}),
                     t AS (SELECT {column} AS digest, count(*) AS n FROM honest_exchange
                           WHERE {column} IN (SELECT digest FROM o) GROUP BY {column})
                SELECT digest, {level} AS level FROM o LEFT JOIN t USING (digest)""",
        )


def described(exchanges: str, columns: str) -> str:
    """Return the SQL that describes the exchanges of a table by `FEATURES`, none of them null.

    `wording` is 0 where nothing of the wording is shared, else one more than the highest level of opening, ending and
    family; `repeated` and `tools` are 2 where the prompt, or the set of tools, is the campaign's own, 1 where it is
    merely shared, or where any tools are offered. `seeded` says that an exchange looks like a job before anything is
    learned: its wording is the campaign's own, or asks for what training sets are made of.

    Parameters
    ----------
    columns
        What else is asked for of each exchange.
    """
    own = _STEPS.index(FAR_MORE) + 1
    return f"""
        SELECT {columns}, CASE WHEN depth = 1 AND b.prefix IS NOT NULL THEN 0 WHEN depth > 0 OR continues THEN 1 ELSE 0
                          END AS later,
               greatest(coalesce(o.level, -1), coalesce(n.level, -1), coalesce(f.level, -1)) + 1 AS wording,
               CASE WHEN p.level IS NULL THEN 0 WHEN p.level < {own} THEN 1 ELSE 2 END AS repeated,
               CASE WHEN tools_digest IS NULL THEN 0 WHEN coalesce(t.level, 0) < {own} THEN 1 ELSE 2 END AS tools,
               coalesce(intent, '') AS intent, floor(log2(coalesce(words_count, 0) + 1))::INTEGER AS words,
               (greatest(coalesce(o.level, 0), coalesce(n.level, 0), coalesce(f.level, 0)) >= {own}
                OR h.opening_digest IS NOT NULL)::INTEGER AS seeded
        FROM {exchanges} AS e LEFT JOIN beginnings AS b ON b.prefix = e.prefix
        LEFT JOIN campaign_openings AS o ON o.digest = e.opening_digest
        LEFT JOIN campaign_endings AS n ON n.digest = e.ending_digest
        LEFT JOIN campaign_families AS f ON f.digest = e.wording_family
        LEFT JOIN campaign_tools AS t ON t.digest = e.tools_digest
        LEFT JOIN campaign_prompts AS p ON p.digest = e.prompt_digest
        LEFT JOIN harvest_templates AS h ON h.opening_digest = e.opening_digest"""
