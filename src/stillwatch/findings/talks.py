"""Puts the exchanges of the members of campaigns into conversations, named or not."""

from stillwatch.engine.base import Engine

_FREQUENT = 3  # exchanges that continue one and the same first answer: no conversation, but a framework's opening
_MOST_BETWEEN = 0.1  # so often at the most may a conversation be given another's opening
_NUMBERS = 2**62 - 1  # numbers of names and prefixes have room for a sign on any engine, and meet none of openings

# what is asked of an exchange to put it into a conversation, of the columns of `opening_of`
PLACED = f"""opens, placeable, exchange_id, asked, member,
           CASE WHEN conversation_id IS NOT NULL THEN (hash(conversation_id) % {_NUMBERS})::BIGINT END AS called,
           CASE WHEN begun THEN second_prefix ELSE prefix END AS own_prefix,
           CASE WHEN begun THEN depth - 1 ELSE depth END AS own_depth"""
_BEGINNINGS = f"""
    SELECT campaign, prefix FROM (
        SELECT campaign, prefix, 1 AS n FROM member_marks WHERE depth = 1
        UNION ALL
        SELECT campaign, prefix, n
        FROM (SELECT prefix, count(*) AS n FROM honest_exchange WHERE depth = 1 GROUP BY prefix)
        CROSS JOIN (SELECT campaign FROM campaign_sizes))
    GROUP BY campaign, prefix HAVING sum(n) >= {_FREQUENT}"""
_NO_NAMES = """
    SELECT member, called FROM placed WHERE opens = 1 AND placeable AND called IS NOT NULL
    GROUP BY member, called HAVING count(*) > 1"""
# `talk` is null of what has no name
_NAMED = """
    SELECT p.*, CASE WHEN n.member IS NULL THEN p.called END AS talk
    FROM placed AS p LEFT JOIN no_names AS n ON n.member = p.member AND n.called = p.called"""
_VISITED = f"""
    SELECT *, sum(opens) OVER (PARTITION BY member ORDER BY asked, exchange_id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)::BIGINT AS visit
    FROM ({_NAMED}) SEMI JOIN wandering USING (member)"""
# of the turns that are known to follow each other, between how many the account opened another conversation
_STEPS = """
    SELECT member, visit - lag(visit) OVER (PARTITION BY member, own_prefix ORDER BY own_depth, visit) AS added
    FROM visited WHERE own_prefix IS NOT NULL"""
_ORDERLY = f"""
    SELECT member FROM ({_STEPS}) GROUP BY member
    HAVING count(*) FILTER (added > 0) <= {_MOST_BETWEEN} * count(added)"""
_CONTINUED = f"""
    SELECT member, own_prefix, min(visit) AS first_visit FROM visited SEMI JOIN ({_ORDERLY}) USING (member)
    WHERE own_prefix IS NOT NULL GROUP BY member, own_prefix HAVING min(own_depth) = 1 AND min(visit) > 0"""
_STEADY = f"""
    SELECT {{columns}}, talk, CASE WHEN talk IS NULL AND called IS NOT NULL THEN exchange_id END AS other_name
    FROM ({_NAMED}) ANTI JOIN wandering USING (member)"""
_FOLLOWED = f"""
    SELECT {{columns}},
           CASE WHEN talk IS NOT NULL THEN talk
                WHEN own_prefix IS NULL THEN visit
                ELSE coalesce(first_visit, (hash(own_prefix) % {_NUMBERS})::BIGINT) END AS talk,
           CASE WHEN talk IS NULL
                THEN concat(account_id, ' ', CASE WHEN own_prefix IS NULL THEN visit
                                                  ELSE coalesce(first_visit, own_prefix) END) END AS other_name
    FROM visited JOIN (SELECT member, account_id FROM numbered_members) USING (member)
    LEFT JOIN continued USING (member, own_prefix)"""


def keep_beginnings(engine: Engine) -> None:
    """Keep `beginnings` (campaign, prefix): what many conversations begin with, a framework's fixed first messages.

    What comes right after it opens a conversation.
    """
    engine.hold("beginnings", _BEGINNINGS)


def keep_talks(engine: Engine, columns: str) -> None:
    """Make the view `talked`: columns of the table `placed`, which has those of `PLACED`, and their conversations.

    A conversation is told by the name that its client gives it; where there is none, by the first prefix of its own
    that its later turns carry. The turn that opened it carries no prefix: it is taken to be the account's latest
    without history. An exchange of which nothing is known stands alone. Conversations are never joined over accounts,
    and a name under which an account opens several is not a name.

    `talk` numbers the conversations of an account, and is null where an exchange stands alone. A conversation is called
    `other_name` where it is not called as its client says, or an exchange that stands alone by its own id; it is the
    same on any engine, and another account may use it too.

    Notes
    -----
    Exchanges are put in order only of the accounts that have later turns without a name; all others are told as read.
    """
    engine.hold("no_names", _NO_NAMES)
    engine.hold("wandering", f"SELECT DISTINCT member FROM ({_NAMED}) WHERE talk IS NULL AND opens = 0")
    engine.hold("visited", _VISITED)
    engine.hold("continued", _CONTINUED)
    engine.show("talked", f"{_STEADY.format(columns=columns)} UNION ALL {_FOLLOWED.format(columns=columns)}")


def opening_of(exchanges: str) -> str:
    """Return the SQL of a table's exchanges with `opens`, 1 where one opens a conversation, and `begun`.

    `begun` says that its first prefix is among the `beginnings` of its campaign.
    """
    return f"""
        SELECT e.*, b.prefix IS NOT NULL AS begun,
               CASE WHEN depth = 0 AND NOT continues OR depth = 1 AND b.prefix IS NOT NULL THEN 1 ELSE 0 END AS opens
        FROM {exchanges} AS e LEFT JOIN beginnings AS b ON b.campaign = e.campaign AND b.prefix = e.prefix"""
