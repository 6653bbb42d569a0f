"""Tells a campaign's extraction from its cover: ordinary requests mixed in, or another's passed through."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.traits.registry import all_traits
from stillwatch.traits.templates import FEWEST_PROMPTS

_FEATURES = ("intent", "words", "templated", "tools", "repeated")
_ROUNDS = 60
_SMOOTHING = 0.5
_FAR_MORE = 5  # times the exchanges of the mean honest account


@dataclass(frozen=True)
class Apart:
    """How often each kind of exchange is extraction: one row for each combination of `_FEATURES`."""

    kinds: pa.Table
    extraction: npt.NDArray[np.float64]


def tell_apart(engine: Engine, *, forwarding: bool) -> None:
    """Keep the table `extraction` (exchange_id): the exchanges of the table `members` that are extraction.

    The campaign's traffic is taken for a mixture of cover, which is distributed as the reference's traffic is, and of
    extraction, whose distribution is learned together with its share by expectation-maximisation. Exchanges are
    described by intent, length, whether they fill a template of the campaign, offer its tools, or repeat a prompt that
    other members asked; not by whether they stand alone, for cover that is passed through loses its history too. Where
    a campaign forwards other people's conversations, all of it is extraction.

    Parameters
    ----------
    engine
        Knows `exchange`, `traits`, `members` and `honest` (account_id each).
    forwarding
        Whether the campaign is one that forwards conversations.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum Likelihood from Incomplete Data via the EM Algorithm.
    """
    if forwarding:
        engine.keep("extraction", "SELECT exchange_id FROM exchange SEMI JOIN members USING (account_id)")
        return
    _keep_marks_of_campaign(engine)
    apart = _learn(engine)
    engine.name("told", apart.kinds.append_column("extraction", pa.array(apart.extraction)))
    matches = " AND ".join(f"d.{name} IS NOT DISTINCT FROM t.{name}" for name in _FEATURES)
    engine.keep(
        "extraction",
        f"""SELECT d.exchange_id FROM ({_described("members")}) AS d JOIN told AS t ON {matches}
            WHERE t.extraction > 0.5""",
    )


def _keep_marks_of_campaign(engine: Engine) -> None:
    """Keep what members share and hardly anybody of the reference shows: templates, tools and prompts.

    Who asks much shows much, be it common or rare: members that ask far more than the reference are held to the rate of
    their exchanges too.
    """
    busy = engine.sql(f"SELECT ({_mean('members')}) > {_FAR_MORE} * ({_mean('honest')}) AS busy")["busy"][0].as_py()
    alone = engine.sql("SELECT count(*) = 1 AS alone FROM members")["alone"][0].as_py()
    for trait, table in (
        ("opening template", "campaign_openings"),
        ("ending template", "campaign_endings"),
        ("wording family", "campaign_families"),
        ("toolset", "campaign_tools"),
        ("same prompt", "campaign_prompts"),
    ):
        engine.keep(
            table,
            f"""WITH shown AS (
                         SELECT account_id, value, sum(exchanges_count)::BIGINT AS asked FROM traits
                         WHERE trait = '{trait}' GROUP BY account_id, value),
                     ours AS ({_used_again(trait) if alone else _SHARED}),
                     theirs AS (
                         SELECT value, count(*) AS n, sum(asked)::BIGINT AS asked FROM shown
                         SEMI JOIN honest USING (account_id) GROUP BY value)
                SELECT value::BIGINT AS digest FROM ours LEFT JOIN theirs USING (value)
                WHERE ours.n::DOUBLE / (SELECT count(*) FROM members)
                      > {100 if alone else 10} * coalesce(theirs.n, 0)::DOUBLE / (SELECT count(*) FROM honest)
                {_RARER if busy else ""}""",
        )


def _mean(accounts: str) -> str:
    return f"""SELECT sum(exchanges_count) / count(DISTINCT account_id)
               FROM profiles SEMI JOIN {accounts} USING (account_id)"""


_RARER = """AND ours.asked::DOUBLE / (SELECT sum(exchanges_count) FROM profiles SEMI JOIN members USING (account_id))
                > 10 * coalesce(theirs.asked, 0)::DOUBLE
                  / (SELECT sum(exchanges_count) FROM profiles SEMI JOIN honest USING (account_id))"""
_SHARED = """SELECT value, count(*) AS n, sum(asked)::BIGINT AS asked FROM shown SEMI JOIN members USING (account_id)
             GROUP BY value HAVING count(*) >= 2"""


def _used_again(trait: str) -> str:
    """Return the SQL of what a campaign of one, which shares with nobody, uses again and again."""
    (value,) = (one.value for one in all_traits() if one.name == trait)
    return f"""SELECT value, 1 AS n, count(*) AS asked FROM (
                   SELECT CAST({value} AS VARCHAR) AS value
                   FROM exchange SEMI JOIN members USING (account_id))
               WHERE value IS NOT NULL GROUP BY value HAVING count(*) >= {FEWEST_PROMPTS}"""


def _described(accounts: str) -> str:
    return f"""
        SELECT exchange_id, intent, floor(log2(coalesce(words_count, 0) + 1))::INTEGER AS words,
               (o.digest IS NOT NULL)::INTEGER + (n.digest IS NOT NULL)::INTEGER + (f.digest IS NOT NULL)::INTEGER
                   AS templated,
               CASE WHEN tools_digest IS NULL THEN 0 WHEN t.digest IS NULL THEN 1 ELSE 2 END AS tools,
               p.digest IS NOT NULL AS repeated
        FROM exchange SEMI JOIN {accounts} USING (account_id)
        LEFT JOIN campaign_openings AS o ON o.digest = opening_digest
        LEFT JOIN campaign_endings AS n ON n.digest = ending_digest
        LEFT JOIN campaign_families AS f ON f.digest = wording_family
        LEFT JOIN campaign_tools AS t ON t.digest = tools_digest
        LEFT JOIN campaign_prompts AS p ON p.digest = prompt_digest"""


def _learn(engine: Engine) -> Apart:
    columns = ", ".join(_FEATURES)
    rows = engine.sql(
        f"""SELECT {columns}, sum(ours)::BIGINT AS ours, sum(theirs)::BIGINT AS theirs FROM (
                SELECT {columns}, 1 AS ours, 0 AS theirs FROM ({_described("members")})
                UNION ALL SELECT {columns}, 0, 1 FROM ({_described("honest")}))
            GROUP BY {columns} ORDER BY {columns}"""
    )
    ours, theirs = rows["ours"].to_numpy().astype(float), rows["theirs"].to_numpy().astype(float)
    levels = [
        np.unique(np.array(rows[name].to_pylist(), object).astype(str), return_inverse=True)[1] for name in _FEATURES
    ]
    cover = _naive(levels, theirs, _SMOOTHING)
    extraction = _expectation_maximisation(levels, ours, cover)
    return Apart(rows.select(list(_FEATURES)), extraction)


def _expectation_maximisation(
    levels: list[npt.NDArray[np.int64]], ours: npt.NDArray[np.float64], cover: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    share, posterior = 0.5, np.full(len(ours), 0.5)
    found = _naive(levels, ours, _SMOOTHING)
    for _ in range(_ROUNDS):
        odds = np.log(share) - np.log1p(-share) + found - cover
        posterior = 1.0 / (1.0 + np.exp(-np.clip(odds, -50, 50)))
        share = float(np.clip((posterior * ours).sum() / ours.sum(), 0.01, 0.99))
        found = _naive(levels, posterior * ours, _SMOOTHING)
    return np.asarray(np.round(posterior, 9))


def _naive(
    levels: list[npt.NDArray[np.int64]], weights: npt.NDArray[np.float64], smoothing: float
) -> npt.NDArray[np.float64]:
    """Return the log probability of each kind when features are independent."""
    total = np.zeros(len(weights))
    for level in levels:
        counts = np.bincount(level, weights=weights) + smoothing
        total += np.log(counts / counts.sum())[level]
    return total
