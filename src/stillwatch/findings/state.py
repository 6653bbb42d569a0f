"""States findings: candidates are judged, those that honest traffic explains are cleared, the rest is described."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from stillwatch.campaigns.gather import Gathered
from stillwatch.engine.base import Engine
from stillwatch.findings.coordination import coordination_evidence, group_of, ties_of
from stillwatch.findings.describe import (
    Indicator,
    activity_of,
    examples_of,
    matches_of,
    members_of,
    pivots_of,
    taken_by,
    targets_of,
)
from stillwatch.findings.habits import Habit, find_habits, harvest_counts
from stillwatch.findings.judge import Ints, Judged, Weight, judge_group
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.solo import judge_solos
from stillwatch.findings.statement import Evidence, Finding, Release
from stillwatch.findings.surprise import discoveries
from stillwatch.findings.tell_apart import tell_apart
from stillwatch.findings.words import next_steps, sentence
from stillwatch.links.shown import Shown

_SHOWN_TIES = 400


@dataclass(frozen=True)
class Case:
    """All that findings are stated from: the engine's tables, what accounts show, the groups, and what is declared."""

    engine: Engine
    shown: Shown
    gathered: Gathered
    declared: Declared
    judging: Judging
    releases: Sequence[Release] = ()
    indicators: Sequence[Indicator] = ()
    organisation_names: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Stated:
    """Findings, most certain first, and the candidates that were looked at and cleared, by reason.

    `extraction` is the SQL of the table `campaign_exchanges`, which may be too large to hold.
    """

    findings: tuple[Finding, ...]
    extraction: str
    candidates_count: int
    cleared: tuple[tuple[str, int], ...]


def state_findings(case: Case) -> Stated:
    """Judge every group and every large single account; state those that honest traffic does not explain.

    The false-discovery rate is controlled over all groups judged. Campaigns of one have a bound of their own. The tables
    `exchange`, `traits` and `profiles` must be known to the engine.
    """
    habits = find_habits(case.engine, case.shown.accounts, case.judging)
    groups = [case.gathered.members(one) for one in range(int(case.gathered.groups.max(initial=-1)) + 1)]
    judged = [
        judge_group(one, case.gathered, habits, case.shown.organisations, case.judging) for one in groups if len(one)
    ]
    solos = judge_solos(
        _exchanges(case), harvest_counts(case.engine, case.shown.accounts), case.gathered.reference, habits, case.judging
    )
    reported = discoveries([one.false_alarm_rate for one in judged], case.judging.false_discovery_rate)
    _name_reference(case)
    findings, cleared = [], Counter[str]()
    for one, report in [*zip(judged, reported, strict=True), *((one, _solo_reported(one, case)) for one in solos)]:
        reason = _excuse(one, case) or _cleared(one, case, report=report)
        finding = None if reason else _stated(one, case)
        if finding is None:
            cleared[reason or "fewer than two families of evidence speak"] += 1
        else:
            findings.append(finding)
    ranked = sorted(findings, key=lambda one: (one.false_alarm_rate, -one.taken.exchanges_count, one.campaign_id))
    return Stated(tuple(ranked), _extraction(ranked), len(judged) + len(solos), tuple(sorted(cleared.items())))


def with_texts(finding: Finding, texts: Mapping[str, str]) -> Finding:
    """Return the finding with the texts of its example exchanges."""
    return replace(finding, examples=tuple(replace(one, text=texts.get(one.exchange_id)) for one in finding.examples))


def campaign_id(accounts: Sequence[str]) -> str:
    """Return the name of a campaign: a digest of its accounts, whatever the run or their order.

    Examples
    --------
    >>> campaign_id(["b", "a"]) == campaign_id(["a", "b"])
    True
    """
    digest = hashlib.sha256("\\0".join(sorted(accounts)).encode()).hexdigest()
    return f"campaign-{digest[:12]}"


def _extraction(findings: Sequence[Finding]) -> str:
    parts = [f"SELECT campaign_id, exchange_id FROM {_taken(one.campaign_id)}" for one in findings]
    empty = "SELECT '' AS campaign_id, exchange_id FROM exchange WHERE false"
    return f"{' UNION ALL '.join(parts) or empty} ORDER BY campaign_id, exchange_id"


def _taken(campaign: str) -> str:
    return f"taken_by_{campaign.replace('-', '_')}"


def _exchanges(case: Case) -> Ints:
    rows = case.engine.sql("SELECT sum(exchanges_count)::BIGINT AS n FROM profiles GROUP BY account_id ORDER BY account_id")
    return np.asarray(rows["n"].to_numpy())


def _name_reference(case: Case) -> None:
    honest = case.shown.accounts.filter(pa.array(case.gathered.reference))
    case.engine.name("honest", pa.table({"account_id": honest}))


def _solo_reported(one: Judged, case: Case) -> bool:
    return one.false_alarm_rate <= case.judging.solo_false_alarm_rate


def _cleared(one: Judged, case: Case, *, report: bool) -> str | None:
    if report:
        return None
    if one.extraction_probability > one.coordination_probability:
        return "coordinated, but what it does is what honest accounts do"
    return "not more coordinated than strangers"


def _excuse(one: Judged, case: Case) -> str | None:
    accounts = case.shown.accounts.take(pa.array(one.accounts)).to_pylist()
    names = case.organisation_names or {}
    for reason, excused in (
        ("authorised distillation", case.declared.authorised_distillation),
        ("known customer", (*case.declared.excused_accounts, *case.declared.excused_organisations)),
    ):
        if all(account in excused or names.get(account) in excused for account in accounts):
            return reason
    return None


def _stated(one: Judged, case: Case) -> Finding | None:
    accounts = case.shown.accounts.take(pa.array(one.accounts))
    case.engine.name("members", pa.table({"account_id": accounts}))
    forwarding = any(weight.habit.name in ("conversation hopping", "carried reasoning") for weight in one.weights)
    tell_apart(case.engine, forwarding=forwarding)
    group = group_of(one.accounts, case.gathered)
    alone = len(one.accounts) == 1
    coordination = () if alone else coordination_evidence(group, case.shown, case.gathered, case.engine)
    evidence = (*coordination, *(_habit_evidence(weight, accounts, case) for weight in one.weights))
    speaking = {piece.family for piece in evidence if piece.bits >= case.judging.least_evidence_bits}
    if len(speaking) < case.judging.fewest_families:
        return None
    name = campaign_id(accounts.to_pylist())
    case.engine.keep(_taken(name), f"SELECT '{name}' AS campaign_id, exchange_id FROM extraction")
    bits = dict(zip(accounts.to_pylist(), case.gathered.membership_bits[one.accounts].tolist(), strict=True))
    members = members_of(case.engine, bits)
    targets, activity = targets_of(case.engine), activity_of(case.engine)
    pivots = pivots_of(case.engine, case.releases, case.judging.least_overdispersion)
    taken = taken_by(case.engine, case.declared.prices, case.declared.currency)
    return Finding(
        campaign_id=name,
        kind="campaign of one" if alone else "campaign",
        statement=sentence(members, evidence, targets, taken),
        confidence=round(1 - one.false_alarm_rate, 6),
        coordination_bits=round(sum(piece.bits for piece in coordination), 3),
        extraction_bits=round(sum(weight.bits for weight in one.weights), 3),
        false_alarm_rate=float(f"{one.false_alarm_rate:.3g}"),
        first_seen_at=min(member.first_seen_at for member in members),
        last_seen_at=max(member.last_seen_at for member in members),
        exchanges_count=sum(member.exchanges_count for member in members),
        members=members,
        evidence=evidence,
        ties=ties_of(group, case.shown, _SHOWN_TIES),
        targets=targets,
        activity=activity,
        pivots=pivots,
        taken=taken,
        matches=matches_of(case.engine, case.indicators),
        honest_reasons=tuple(dict.fromkeys(reason for piece in evidence for reason in piece.honest_reasons)),
        next_steps=next_steps(evidence, pivots),
        examples=examples_of(case.engine),
    )


def _habit_evidence(weight: Weight, accounts: pa.Array, case: Case) -> Evidence:
    habit: Habit = weight.habit
    members = case.shown.accounts.filter(pa.array(habit.shown))
    case.engine.name("showing", pa.table({"account_id": members}))
    rows = case.engine.sql(
        f"""SELECT min_by(exchange_id, (asked, exchange_id)) AS example, min(asked) AS first FROM exchange
            SEMI JOIN members USING (account_id) SEMI JOIN showing USING (account_id)
            WHERE {habit.examples} GROUP BY account_id ORDER BY first, example LIMIT 5"""
    )
    return Evidence(
        "extraction", habit.name, habit.family, round(weight.bits, 3), weight.shown_count,
        f"{weight.shown_count:,} of {weight.judged_count:,} accounts {habit.seen}",
        f"{weight.honest_rate:.2%} of the honest accounts that show the evidence before it; "
        f"an honest group shows as much once in {1 / weight.probability:,.0f}",
        habit.honest_reasons, habit.evasion, tuple(rows["example"].to_pylist()),
    )  # fmt: skip
