"""Describes what a campaign does: what it targets, when, how it follows releases, what it took, whom it resembles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.settings import Price
from stillwatch.findings.statement import Activity, Example, Match, Member, Taken, Target
from stillwatch.traits.find import intent_names

_SHOWN_EXAMPLES = 12
_COUNTED = "sum(n)::BIGINT AS n, coalesce(sum(n) FILTER (is_taken), 0)::BIGINT AS taken"


@dataclass(frozen=True)
class Indicator:
    """What the operator knows of an actor: a value of a trait that the actor showed elsewhere."""

    actor: str
    trait: str
    value: str
    source: str


def keep_member_hours(engine: Engine) -> None:
    """Keep the table `member_hours`: the exchanges of `member_exchange`, counted by all that a description asks for.

    One row for each account, hour, model and intent, and apart whether they are in the table `extraction`; with the
    earliest exchange of each. The functions below read it, and so the exchanges are read once.
    """
    engine.keep(
        "member_hours",
        """SELECT account_id, date_trunc('hour', asked) AS hour, model, intent, x.exchange_id IS NOT NULL AS is_taken,
                  count(*) AS n, min(asked) AS first, max(asked) AS last,
                  arg_min(m.exchange_id, (asked, m.exchange_id)) AS example,
                  sum(input_tokens)::BIGINT AS input, sum(output_tokens)::BIGINT AS output,
                  sum(reasoning_tokens)::BIGINT AS reasoning
           FROM member_exchange AS m LEFT JOIN extraction AS x USING (exchange_id)
           GROUP BY account_id, date_trunc('hour', asked), model, intent, x.exchange_id IS NOT NULL""",
    )


def targets_of(engine: Engine) -> tuple[Target, ...]:
    """Return the share of each intent in the extraction and in what the table `honest` asks, most unlike first."""
    ours = engine.sql("SELECT intent, sum(n)::BIGINT AS n FROM member_hours WHERE is_taken GROUP BY intent")
    counts = {row["intent"]: row["n"] for row in ours.to_pylist()}
    names = intent_names()
    sums = ", ".join(f"coalesce(sum(intent_counts[{place}]), 0)::BIGINT" for place in range(1, len(names) + 1))
    theirs = engine.sql(f"SELECT [{sums}] AS n FROM profiles SEMI JOIN honest USING (account_id)")["n"][0].as_py()
    shares = [_shares([counts.get(name, 0) for name in names]), _shares(theirs)]
    found = [Target(name, *both) for name, *both in zip(names, *shares, strict=True) if any(both)]
    return tuple(sorted(found, key=lambda one: (one.public_share - one.campaign_share, one.intent)))


def _shares(counts: Sequence[int]) -> list[float]:
    return [round(one / max(1, sum(counts)), 6) for one in counts]


def activity_of(engine: Engine) -> tuple[Activity, ...]:
    """Return the exchanges of the members by hour."""
    rows = engine.sql(f"SELECT hour, {_COUNTED} FROM member_hours GROUP BY hour ORDER BY hour")
    return tuple(Activity(_utc(row["hour"]), row["n"], row["taken"]) for row in rows.to_pylist())


def members_of(engine: Engine, membership: Mapping[str, float]) -> tuple[Member, ...]:
    """Return the members, the most strongly tied first."""
    rows = engine.sql(
        f"SELECT account_id, min(first) AS first, max(last) AS last, {_COUNTED} FROM member_hours GROUP BY account_id"
    ).to_pylist()
    found = [
        Member(row["account_id"], round(membership[row["account_id"]], 3), _utc(row["first"]), _utc(row["last"]),
               row["n"], row["taken"])
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.membership_bits, one.account_id)))


def taken_by(engine: Engine, prices: Mapping[str, Price], currency: str) -> Taken:
    """Return what the extraction took; the cost only where every model has a price."""
    rows = engine.sql(
        """SELECT model, sum(n)::BIGINT AS n, coalesce(sum(input), 0)::BIGINT AS input,
                  coalesce(sum(output), 0)::BIGINT AS output, coalesce(sum(reasoning), 0)::BIGINT AS reasoning
           FROM member_hours WHERE is_taken GROUP BY model ORDER BY model"""
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
    """Return exchanges to look at, at most twelve: of each intent among the extraction the earliest.

    No two of them are of one account, hour, model and intent.
    """
    rows = engine.sql(
        f"""SELECT example, account_id, first, model, intent FROM (
                SELECT example, account_id, first, model, intent, sum(n) OVER (PARTITION BY intent) AS alike,
                       row_number() OVER (PARTITION BY intent ORDER BY first, example) AS place
                FROM (SELECT example, account_id, first, model, n, coalesce(intent, 'other') AS intent FROM member_hours
                      WHERE is_taken))
            WHERE place <= 3 ORDER BY alike DESC, first, example LIMIT {_SHOWN_EXAMPLES}"""
    ).to_pylist()
    return tuple(
        Example(row["example"], row["account_id"], _utc(row["first"]), row["model"], row["intent"],
                (texts or {}).get(row["example"]))
        for row in rows
    )  # fmt: skip


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
