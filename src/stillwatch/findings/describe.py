"""Describes what a campaign does: what it targets, when, how it follows releases, what it took, whom it resembles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from stillwatch.engine.base import Engine
from stillwatch.findings.settings import Price
from stillwatch.findings.statement import Activity, Example, Match, Member, Taken, Target
from stillwatch.marks.intents import INTENTS

_SHOWN_EXAMPLES = 12
_OF_INTENT = 3
_COUNTED = "sum(n)::BIGINT AS n, coalesce(sum(n) FILTER (is_taken), 0)::BIGINT AS taken"
_NO_MODEL = "a model that the logs do not name"
_COUNTED_BY = ("member", "model", "wanted, hour")
# what is shown of an exchange whose intent is not known
_INTENT = f"CASE WHEN wanted = 0 THEN {INTENTS.index('other') + 1} ELSE wanted END"


@dataclass(frozen=True)
class Indicator:
    """What the operator knows of an actor: a value of a trait that the actor showed elsewhere."""

    actor: str
    trait: str
    value: str
    source: str


def keep_counts(engine: Engine) -> None:
    """Keep `campaign_counts`: the exchanges of the view `told_apart`, counted by all that a description asks for.

    One row for each account, for each model, and for each intent and hour of a campaign, and apart whether the
    exchanges are taken; `counted` says of which. The functions below read it, and so the exchanges are read once.
    """
    sets = ", ".join(f"(campaign, is_taken, {one})" for one in _COUNTED_BY)
    engine.hold(
        "campaign_counts",
        f"""SELECT c.*, account_id FROM (
                SELECT campaign, is_taken, member, hour, model, wanted,
                       CASE WHEN grouping(member) = 0 THEN 'member' WHEN grouping(model) = 0 THEN 'model' ELSE 'hour'
                       END AS counted,
                       count(*) AS n, min(asked) AS first, max(asked) AS last, sum(input_tokens)::BIGINT AS input,
                       sum(output_tokens)::BIGINT AS output, sum(reasoning_tokens)::BIGINT AS reasoning
                FROM (SELECT *, date_trunc('hour', asked) AS hour FROM told_apart) GROUP BY GROUPING SETS ({sets})) AS c
            LEFT JOIN numbered_members AS m ON m.member = c.member""",
    )


def targets_of(engine: Engine, campaign: int) -> tuple[Target, ...]:
    """Return the share of each intent in a campaign's extraction and in what `honest` asks, most unlike first."""
    ours = engine.sql(
        f"""SELECT wanted, sum(n)::BIGINT AS n FROM {_counts(campaign, "hour")} AND is_taken AND wanted > 0
            GROUP BY wanted"""
    )
    counts = {INTENTS[row["wanted"] - 1]: row["n"] for row in ours.to_pylist()}
    sums = ", ".join(f"coalesce(sum(intent_counts[{place}]), 0)::BIGINT" for place in range(1, len(INTENTS) + 1))
    theirs = engine.sql(f"SELECT [{sums}] AS n FROM profiles SEMI JOIN honest USING (account_id)")["n"][0].as_py()
    shares = [_shares([counts.get(name, 0) for name in INTENTS]), _shares(theirs)]
    found = [Target(name, *both) for name, *both in zip(INTENTS, *shares, strict=True) if any(both)]
    return tuple(sorted(found, key=lambda one: (one.public_share - one.campaign_share, one.intent)))


def _shares(counts: Sequence[int]) -> list[float]:
    return [round(one / max(1, sum(counts)), 6) for one in counts]


def activity_of(engine: Engine, campaign: int) -> tuple[Activity, ...]:
    """Return the exchanges of the members by hour."""
    rows = engine.sql(f"SELECT hour, {_COUNTED} FROM {_counts(campaign, 'hour')} GROUP BY hour ORDER BY hour")
    return tuple(Activity(_utc(row["hour"]), row["n"], row["taken"]) for row in rows.to_pylist())


def members_of(engine: Engine, campaign: int, membership: Mapping[str, float]) -> tuple[Member, ...]:
    """Return the members, the most strongly tied first."""
    rows = engine.sql(
        f"""SELECT account_id, min(first) AS first, max(last) AS last, {_COUNTED} FROM {_counts(campaign, "member")}
            GROUP BY account_id"""
    ).to_pylist()
    found = [
        Member(row["account_id"], round(membership[row["account_id"]], 3), _utc(row["first"]), _utc(row["last"]),
               row["n"], row["taken"])
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.membership_bits, one.account_id)))


def taken_by(engine: Engine, campaign: int, prices: Mapping[str, Price], currency: str) -> Taken:
    """Return what the extraction took; the cost only where every model has a price."""
    rows = engine.sql(
        f"""SELECT model, n, coalesce(input, 0) AS input, coalesce(output, 0) AS output,
                   coalesce(reasoning, 0) AS reasoning
            FROM {_counts(campaign, "model")} AND is_taken ORDER BY model"""
    ).to_pylist()
    total = {name: sum(row[name] for row in rows) for name in ("n", "input", "output", "reasoning")}
    cost = None
    unpriced = tuple(row["model"] or _NO_MODEL for row in rows if row["model"] not in prices) if prices else ()
    if rows and prices and not unpriced:
        cost = sum(row[side] * getattr(prices[row["model"]], side) for row in rows for side in ("input", "output"))
    return Taken(
        total["n"], total["input"], total["output"], total["reasoning"],
        None if cost is None else round(cost / 1e6, 2), None if cost is None else currency, unpriced,
    )  # fmt: skip


def matches_of(engine: Engine, campaign: int, indicators: Sequence[Indicator]) -> tuple[Match, ...]:
    """Return the indicators that accounts of a campaign in the table `members` show."""
    if not indicators:
        return ()
    engine.name(
        "indicators",
        pa.table({name: [getattr(one, name) for one in indicators] for name in ("actor", "trait", "value", "source")}),
    )
    rows = engine.sql(
        f"""SELECT actor, i.trait AS trait, i.value AS value, source, count(DISTINCT account_id) AS n
           FROM traits SEMI JOIN (SELECT account_id FROM members WHERE campaign = {campaign}) USING (account_id)
           JOIN indicators AS i USING (trait, value)
           GROUP BY ALL ORDER BY actor, trait, value, source"""
    ).to_pylist()
    return tuple(Match(row["actor"], f"{row['trait']}: {row['value']}", row["source"], row["n"]) for row in rows)


def keep_examples(engine: Engine) -> None:
    """Keep `campaign_examples`: the earliest extraction of each intent of a campaign, one an account, hour and model.

    Three of an intent are in any three hours that have it, so no more than its first three hours are read for it.
    """
    hours = f"SELECT *, {_INTENT} AS intent FROM campaign_counts WHERE counted = 'hour' AND is_taken"
    engine.hold(
        "first_hours",
        f"""SELECT campaign, intent, max(hour) AS latest FROM (
                SELECT campaign, intent, hour,
                       dense_rank() OVER (PARTITION BY campaign, intent ORDER BY hour) AS place FROM ({hours}))
            WHERE place <= {_OF_INTENT} GROUP BY campaign, intent""",
    )
    engine.hold(
        "campaign_examples",
        f"""SELECT campaign, intent, example, account_id, first, model FROM (
                SELECT *, row_number() OVER (PARTITION BY campaign, intent ORDER BY first, example) AS place FROM (
                    SELECT t.campaign, f.intent, member, model, min(asked) AS first,
                           arg_min(exchange_id, (asked, exchange_id)) AS example
                    FROM told_apart AS t JOIN first_hours AS f
                    ON f.campaign = t.campaign AND f.intent = {_INTENT} AND asked < latest + INTERVAL 1 HOUR
                    WHERE is_taken GROUP BY t.campaign, f.intent, wanted, member, date_trunc('hour', asked), model))
            JOIN numbered_members USING (campaign, member) WHERE place <= {_OF_INTENT}""",
    )


def examples_of(engine: Engine, campaign: int) -> tuple[Example, ...]:
    """Return exchanges to look at, at most twelve: of each intent among the extraction the earliest.

    No two of them are of one account, hour, model and intent.
    """
    alike = f"""SELECT {_INTENT} AS intent, sum(n) AS alike FROM {_counts(campaign, "hour")} AND is_taken
                GROUP BY {_INTENT}"""
    rows = engine.sql(
        f"""SELECT example, account_id, first, model, intent FROM campaign_examples JOIN ({alike}) USING (intent)
            WHERE campaign = {campaign} ORDER BY alike DESC, first, example LIMIT {_SHOWN_EXAMPLES}"""
    ).to_pylist()
    return tuple(
        Example(row["example"], row["account_id"], _utc(row["first"]), row["model"], INTENTS[row["intent"] - 1], None)
        for row in rows
    )  # fmt: skip


def _counts(campaign: int, counted: str) -> str:
    return f"campaign_counts WHERE campaign = {campaign} AND counted = '{counted}'"


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
