"""Puts the exchanges of a campaign's members into conversations, named or not."""

from stillwatch.engine.base import Engine

_FREQUENT = 3  # exchanges that continue one and the same first answer: no conversation, but a framework's opening
_MOST_BETWEEN = 0.1  # so often at the most may a conversation be given another's opening

_VISIT, _PREFIX, _NAMED = range(3)  # what `talk` numbers: the account's openings, prefixes, first exchanges of a name

_OWN = """
    SELECT member, place, conversation_id, placeable,
           CASE WHEN b.prefix IS NULL THEN e.prefix ELSE second_prefix END AS prefix,
           CASE WHEN b.prefix IS NULL THEN depth ELSE depth - 1 END AS depth,
           CASE WHEN depth = 0 AND NOT continues OR depth = 1 AND b.prefix IS NOT NULL THEN 1 ELSE 0 END AS opens
    FROM member_exchange AS e LEFT JOIN beginnings AS b ON b.prefix = e.prefix"""
_VISITED = """
    SELECT *, sum(opens) OVER (PARTITION BY member ORDER BY place
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visit,
           sum(CASE WHEN placeable THEN opens ELSE 0 END) OVER (PARTITION BY member, conversation_id) AS opened,
           min(place) OVER (PARTITION BY member, conversation_id) AS first_place
    FROM own"""
# of the turns that are known to follow each other, between how many the account opened another conversation
_STEPS = """
    SELECT member, visit - lag(visit) OVER (PARTITION BY member, prefix ORDER BY depth, place) AS added
    FROM visited WHERE prefix IS NOT NULL"""
_ORDERLY = f"""
    SELECT member FROM ({_STEPS}) GROUP BY member
    HAVING count(*) FILTER (added > 0) <= {_MOST_BETWEEN} * count(added)"""
_CONTINUED = """
    SELECT member, prefix, min(visit) AS visit FROM visited SEMI JOIN orderly USING (member)
    WHERE prefix IS NOT NULL GROUP BY member, prefix HAVING min(depth) = 1 AND min(visit) > 0"""


def keep_talks(engine: Engine) -> None:
    """Keep `talks` (member, place, talk_of, talk): the conversation of each exchange of the table `member_exchange`.

    Keeps `beginnings` (prefix) too: what many conversations begin with, which are the fixed first messages of a
    framework. What comes right after it opens a conversation.

    A conversation is told by the name that its client gives it; where there is none, by the first prefix of its own
    that its later turns carry. The turn that opened it carries no prefix: it is taken to be the account's latest
    without history. An exchange of which nothing is known stands alone. Conversations are never joined over accounts,
    and a name under which an account opens several is not a name. `talk_of` says what `talk` is a number of.
    """
    engine.keep(
        "beginnings",
        f"""SELECT prefix FROM (SELECT prefix, depth FROM member_exchange
                                UNION ALL SELECT prefix, depth FROM honest_exchange)
            WHERE depth = 1 GROUP BY prefix HAVING count(*) >= {_FREQUENT}""",
    )
    engine.keep(
        "talks",
        f"""WITH own AS ({_OWN}), visited AS ({_VISITED}), orderly AS ({_ORDERLY}),
                 continued AS ({_CONTINUED})
            SELECT v.member, v.place,
                   CASE WHEN conversation_id IS NOT NULL AND opened <= 1 THEN {_NAMED}
                        WHEN v.prefix IS NULL OR c.visit IS NOT NULL THEN {_VISIT} ELSE {_PREFIX} END AS talk_of,
                   CASE WHEN conversation_id IS NOT NULL AND opened <= 1 THEN first_place
                        WHEN v.prefix IS NULL THEN v.visit ELSE coalesce(c.visit, v.prefix) END::BIGINT AS talk
            FROM visited AS v LEFT JOIN continued AS c ON v.member = c.member AND v.prefix = c.prefix""",
    )
