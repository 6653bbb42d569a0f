"""Describes what a campaign does: what it targets, when, how it follows releases, what it took, whom it resembles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.settings import Price
from stillwatch.findings.statement import Activity, Example, Match, Member, Taken, Target

_SHOWN_EXAMPLES = 12


@dataclass(frozen=True)
class Indicator:
    """What the operator knows of an actor: a value of a trait that the actor showed elsewhere."""

    actor: str
    trait: str
    value: str
    source: str


def targets_of(engine: Engine) -> tuple[Target, ...]:
    """Return the share of each intent in the tables `extraction` and `honest`, most over-represented first."""
    rows = engine.sql(
        """SELECT coalesce(o.intent, t.intent) AS intent,
                  coalesce(o.share, 0.0) AS ours, coalesce(t.share, 0.0) AS theirs
           FROM (SELECT intent, count(*)::DOUBLE / sum(count(*)) OVER () AS share
                 FROM marked SEMI JOIN extraction USING (exchange_id) WHERE intent IS NOT NULL GROUP BY intent) AS o
           FULL JOIN (SELECT intent, count(*)::DOUBLE / sum(count(*)) OVER () AS share
                      FROM marked SEMI JOIN honest USING (account_id) WHERE intent IS NOT NULL GROUP BY intent) AS t
           USING (intent) ORDER BY ours - theirs DESC, intent"""
    )
    return tuple(Target(row["intent"], round(row["ours"], 6), round(row["theirs"], 6)) for row in rows.to_pylist())


def activity_of(engine: Engine) -> tuple[Activity, ...]:
    """Return the exchanges of the table `members` by hour."""
    rows = engine.sql(
        """SELECT date_trunc('hour', asked) AS hour, count(*) AS n, count(x.exchange_id) AS taken
           FROM marked SEMI JOIN members USING (account_id) LEFT JOIN extraction AS x USING (exchange_id)
           GROUP BY hour ORDER BY hour"""
    )
    return tuple(Activity(_utc(row["hour"]), row["n"], row["taken"]) for row in rows.to_pylist())


def members_of(engine: Engine, membership: Mapping[str, float]) -> tuple[Member, ...]:
    """Return the accounts of the table `members`, the most strongly tied first."""
    rows = engine.sql(
        """SELECT account_id, min(asked) AS first, max(asked) AS last, count(*) AS n, count(x.exchange_id) AS taken
           FROM marked SEMI JOIN members USING (account_id) LEFT JOIN extraction AS x USING (exchange_id)
           GROUP BY account_id"""
    ).to_pylist()
    found = [
        Member(row["account_id"], round(membership[row["account_id"]], 3), _utc(row["first"]), _utc(row["last"]),
               row["n"], row["taken"])
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.membership_bits, one.account_id)))


def taken_by(engine: Engine, prices: Mapping[str, Price], currency: str) -> Taken:
    """Return what the exchanges of the table `extraction` took; the cost only where every model has a price."""
    rows = engine.sql(
        """SELECT model, count(*) AS n, coalesce(sum(input_tokens), 0)::BIGINT AS input,
                  coalesce(sum(output_tokens), 0)::BIGINT AS output,
                  coalesce(sum(reasoning_tokens), 0)::BIGINT AS reasoning
           FROM marked SEMI JOIN extraction USING (exchange_id) GROUP BY model ORDER BY model"""
    ).to_pylist()
    total = {name: sum(row[name] for row in rows) for name in ("n", "input", "output", "reasoning")}
    cost = None
    if rows and all(row["model"] in prices for row in rows):
        cost = sum(row[side] * getattr(prices[row["model"]], side) for row in rows for side in ("input", "output"))
    return Taken(
        total["n"], total["input"], total["output"], total["reasoning"],
        None if cost is None else round(cost / 1e6, 2), None if cost is None else currency,
    )  # fmt: skip


def matches_of(engine: Engine, indicators: Sequence[Indicator]) -> tuple[Match, ...]:
    """Return the indicators that accounts of the table `members` show."""
    if not indicators:
        return ()
    engine.name(
        "indicators",
        pa.table({name: [getattr(one, name) for one in indicators] for name in ("actor", "trait", "value", "source")}),
    )
    rows = engine.sql(
        """SELECT actor, i.trait AS trait, i.value AS value, source, count(DISTINCT account_id) AS n
           FROM traits SEMI JOIN members USING (account_id) JOIN indicators AS i USING (trait, value)
           GROUP BY ALL ORDER BY actor, trait, value, source"""
    ).to_pylist()
    return tuple(Match(row["actor"], f"{row['trait']}: {row['value']}", row["source"], row["n"]) for row in rows)


def examples_of(engine: Engine, texts: Mapping[str, str] | None = None) -> tuple[Example, ...]:
    """Return exchanges to look at: the earliest of each intent among the extraction, at most twelve."""
    rows = engine.sql(
        f"""SELECT exchange_id, account_id, asked, model, intent FROM (
                SELECT exchange_id, account_id, asked, model, intent, count(*) OVER (PARTITION BY intent) AS alike,
                       row_number() OVER (PARTITION BY intent ORDER BY asked, exchange_id) AS place
                FROM (SELECT exchange_id, account_id, asked, model, coalesce(intent, 'other') AS intent FROM marked
                      SEMI JOIN extraction USING (exchange_id)))
            WHERE place <= 3 ORDER BY alike DESC, asked, exchange_id LIMIT {_SHOWN_EXAMPLES}"""
    ).to_pylist()
    return tuple(
        Example(row["exchange_id"], row["account_id"], _utc(row["asked"]), row["model"], row["intent"],
                (texts or {}).get(row["exchange_id"]))
        for row in rows
    )  # fmt: skip


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
