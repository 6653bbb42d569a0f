"""Finds what the members of a campaign use far more often than honest accounts do: wordings, tools and prompts."""

import numpy as np
import numpy.typing as npt

from stillwatch.engine.base import Engine
from stillwatch.marks.intents import HARVEST, INTENTS
from stillwatch.traits.templates import FEWEST_PROMPTS

Ints = npt.NDArray[np.int64]
MOST_HONEST = 200_000  # a share of the honest exchanges is then known to 0.0011, twice its standard error at the most
FAR_MORE = 16  # times as often as the honest: from here on a value is the campaign's own
_STEPS = (1, 4, FAR_MORE, 64, 256)
# intents as numbers: 0 where none is known, else one more than the place of its name
_WANTED = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(INTENTS, 1))
WANTED_HARVEST = ", ".join(str(INTENTS.index(one) + 1) for one in sorted(HARVEST))
"""Those that harvest, as an SQL list."""
_READ = f"""CASE intent {_WANTED} ELSE 0 END AS wanted, floor(log2(coalesce(words_count, 0) + 1))::INTEGER AS words,
           opening_digest, ending_digest, prompt_digest, tools_digest,
           coalesce(len(history_digests), 0) AS depth, coalesce(turn, 0) > 0 AS continues,
           CASE WHEN len(history_digests) > 0 THEN history_digests[1] END AS prefix"""
_READ_OF_MEMBERS = f"""{_READ}, campaign, member, exchange_id, asked, conversation_id,
           CASE WHEN len(history_digests) > 1 THEN history_digests[2] END AS second_prefix,
           history_digests IS NOT NULL OR turn IS NOT NULL AS placeable,
           model, input_tokens, output_tokens, reasoning_tokens"""
_OWN = {
    "campaign_openings": "opening_digest",
    "campaign_endings": "ending_digest",
    "campaign_families": "wording_family",
    "campaign_tools": "tools_digest",
    "campaign_prompts": "prompt_digest",
}
# how many values each of the numbers has that make up a kind, the last one varying fastest; `campaign` has any
_SIZES = {
    "wanted": len(INTENTS) + 1, "words": 64, "tools": 3, "repeated": 3, "wording": len(_STEPS) + 2, "later": 2,
}  # fmt: skip


def sample_honest(engine: Engine) -> None:
    """Keep `honest_exchange`: the exchanges of the accounts in the table `honest`, or `MOST_HONEST` of them by chance.

    Which ones is decided by their ids alone, so that the order of rows changes nothing.
    """
    count = "SELECT sum(exchanges_count)::BIGINT AS n FROM profiles SEMI JOIN honest USING (account_id)"
    some = sampled("exchange_id", engine.sql(count)["n"][0].as_py() or 0, MOST_HONEST)
    engine.hold(
        "honest_exchange",
        f"SELECT {_READ}, wording_family FROM worded SEMI JOIN honest USING (account_id) WHERE {some}",
    )


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


def show_members(engine: Engine) -> None:
    """Make the views `member_exchange` and `member_marks`: the exchanges of the accounts in the table `members`.

    `members` says of each account which campaign it is of, as a number. Accounts are numbered too (`member`): joins
    over numbers cost half of those over names. Of the views each read costs a join and what columns it asks for;
    `member_exchange` also knows the wording family, which costs another. Keeps `numbered_members` (campaign,
    account_id, member) and `campaign_sizes` (campaign, ours, members) beside them.
    """
    engine.hold(
        "numbered_members",
        """SELECT campaign::INTEGER AS campaign, account_id,
                  row_number() OVER (ORDER BY campaign, account_id)::INTEGER AS member
           FROM (SELECT DISTINCT campaign, account_id FROM members)""",
    )
    joined = "JOIN numbered_members USING (account_id)"
    engine.show("member_marks", f"SELECT {_READ_OF_MEMBERS} FROM marked {joined}")
    engine.show("member_exchange", f"SELECT {_READ_OF_MEMBERS}, wording_family FROM worded {joined}")
    engine.hold(
        "campaign_sizes",
        """SELECT campaign, sum(n)::BIGINT AS ours, count(*) AS members
           FROM (SELECT campaign, member, count(*) AS n FROM member_marks GROUP BY campaign, member)
           GROUP BY campaign""",
    )


def keep_own_marks(engine: Engine) -> None:
    """Keep what members share: one table of `campaign_...` (campaign, digest, level, honest_level) for each mark.

    A value counts when two members show it; of a campaign of one, which shares with nobody, when it is used again and
    again. Levels are 0 to 5: how much larger its share of the members' exchanges is than of the honest ones, in steps
    of four times from equal on. To what was seen among the honest one is added: what they happened not to show in the
    sample is not unknown to them.

    `level` describes an exchange of a member, by the value's other exchanges: it is null where no other member shows
    the value. `honest_level` describes one of an honest account in the same way, so that it is null only where no
    member shows it. What any two people happen to ask alike is then as frequent in cover as it is among the honest;
    were an exchange counted with itself, cover would seem to share what honest traffic does not.

    Parameters
    ----------
    engine
        Knows what `show_members` and `sample_honest` keep.
    """
    theirs = max(engine.sql("SELECT count(*) AS n FROM honest_exchange")["n"][0].as_py(), 1)
    level = _level(f"(n - 1) * {theirs}", "ours * (coalesce(seen, 0) + 1)")
    honest_level = _level(f"n * {theirs}", "ours * seen")
    for table, column in _OWN.items():
        exchanges = "member_exchange" if column == "wording_family" else "member_marks"
        engine.hold(
            table,
            f"""WITH t AS (SELECT {column} AS digest, count(*) AS seen FROM honest_exchange
                           WHERE {column} IS NOT NULL GROUP BY {column}),
                     o AS (SELECT campaign, {column} AS digest, count(*) AS n, min(member) <> max(member) AS several
                           FROM {exchanges} WHERE {column} IS NOT NULL GROUP BY campaign, {column}
                           HAVING count(*) > 1 OR {column} IN (SELECT digest FROM t)),
                     s AS (SELECT *, CASE WHEN members > 1 THEN several ELSE n >= {FEWEST_PROMPTS} END AS is_shared
                           FROM o JOIN campaign_sizes USING (campaign) LEFT JOIN t USING (digest))
                SELECT campaign, digest, CASE WHEN is_shared THEN {level} END AS level,
                       CASE WHEN members > 1 OR is_shared THEN {honest_level} END AS honest_level
                FROM s WHERE is_shared OR seen IS NOT NULL""",
        )


def _level(often: str, honestly: str) -> str:
    """Return the SQL of the steps that a value's share of the members' exchanges is above that of the honest ones."""
    return " + ".join(f"({often} >= {step} * {honestly})::INTEGER" for step in _STEPS)


def described(exchanges: str, columns: str, level: str = "level") -> str:
    """Return the SQL that describes the exchanges of a table by `kind` and `seeded`, neither of them null.

    `kind` is one number made of several, as `kind_parts` tells. `seeded` says that an exchange looks like a job before
    anything is learned: its wording is the campaign's own, or it asks for what training sets are made of.

    Parameters
    ----------
    exchanges
        A table with `campaign`, and with `opens`: whether an exchange opens a conversation.
    columns
        What else is asked for of each exchange.
    level
        By which level of what members share: `honest_level` where the table is of honest accounts.
    """
    own = _STEPS.index(FAR_MORE) + 1
    highest = f"coalesce(greatest(o.{level}, n.{level}, f.{level}), -1)"  # a null is passed over, as nothing is shared
    parts = {
        "wanted": "wanted",
        "words": "words",
        "tools": f"CASE WHEN tools_digest IS NULL THEN 0 WHEN coalesce(t.{level}, 0) < {own} THEN 1 ELSE 2 END",
        "repeated": f"CASE WHEN p.{level} IS NULL THEN 0 WHEN p.{level} < {own} THEN 1 ELSE 2 END",
        "wording": f"{highest} + 1",
        "later": "1 - opens",
    }
    kind = "e.campaign::BIGINT"
    for name, part in parts.items():
        kind = f"({kind}) * {_SIZES[name]} + {part}"
    marks = zip("onftp", _OWN.items(), strict=True)
    joins = " ".join(
        f"LEFT JOIN {table} AS {name} ON {name}.campaign = e.campaign AND {name}.digest = e.{column}"
        for name, (table, column) in marks
    )
    return f"""
        SELECT {columns}, {kind} AS kind,
               {highest} >= {own} OR h.opening_digest IS NOT NULL OR wanted IN ({WANTED_HARVEST}) AS seeded
        FROM {exchanges} AS e {joins}
        LEFT JOIN harvest_templates AS h ON h.opening_digest = e.opening_digest"""


def kind_parts(kind: Ints) -> dict[str, Ints]:
    """Return the numbers that a kind is made of: its `campaign`, and how its exchanges are described.

    `later` is 1 of a turn that continues a conversation. `wording` is 0 where nothing of the wording is shared, else
    one more than the highest level of opening, ending and family; `repeated` and `tools` are 2 where the prompt, or the
    set of tools, is the campaign's own, 1 where it is merely shared, or where any tools are offered. `words` is how
    often their number doubles, and `wanted` the number of the intent.
    """
    parts = {}
    for name, size in reversed(_SIZES.items()):
        kind, parts[name] = np.divmod(kind, size)
    return {"campaign": kind, **parts}
