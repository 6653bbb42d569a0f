"""States findings: candidates are judged, those that honest traffic explains are cleared, the rest is described."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stillwatch.findings.candidates import FEW_FAMILIES, NO_MORE_THAN_STRANGERS, Case, harvesting_of
from stillwatch.findings.coordination import ties_of
from stillwatch.findings.describe import (
    activity_of,
    examples_of,
    keep_counts,
    keep_examples,
    matches_of,
    members_of,
    taken_by,
    targets_of,
)
from stillwatch.findings.judge import Judged
from stillwatch.findings.judge_all import judge_candidates
from stillwatch.findings.own_marks import sample_honest
from stillwatch.findings.pivot import pivots_of
from stillwatch.findings.ranking import rank_findings
from stillwatch.findings.reasons import Held, keep_harvests, own_reasons, reasons_of
from stillwatch.findings.reported import Reported, report_group, show_examples
from stillwatch.findings.statement import Finding, Reason
from stillwatch.findings.tell_apart import tell_apart
from stillwatch.findings.turns import Turns, read_turns
from stillwatch.findings.words import next_steps, sentence

_SHOWN_TIES = 400
# campaigns as numbers in the order of their names, which cost less to sort and to carry than the names
_EXTRACTION = """
    SELECT place, exchange_id FROM told_apart JOIN campaign_names USING (campaign) WHERE is_taken
    ORDER BY place, exchange_id"""
_NOTHING = "SELECT 0::BIGINT AS place, exchange_id FROM marked WHERE false"


@dataclass(frozen=True)
class Stated:
    """Findings, as `rank_findings` orders them, and the candidates that were looked at and cleared, by reason.

    `reasons` say of each campaign, by its id, why its accounts are in it. `extraction` is the SQL of the table
    `campaign_exchanges`, which may be too large to hold: `place` numbers the campaigns in the order of their ids.
    """

    findings: tuple[Finding, ...]
    reasons: Mapping[str, tuple[Reason, ...]]
    extraction: str
    candidates_count: int
    cleared: tuple[tuple[str, int], ...]


def state_findings(case: Case) -> Stated:
    """Judge every group and every large single account; state those that honest traffic does not explain.

    Excused accounts are taken out first, and a group of which fewer than two are left is cleared. The false-discovery
    rate is controlled over all groups that may be stated, and over all accounts that ask for enough to be a campaign of
    one; each of these is held to a bound of its own besides. The tables `exchange`, `traits`, `profiles` and `releases`
    must be known to the engine.
    """
    turns = read_turns(case.engine, case.shown.accounts)
    candidates = judge_candidates(case, turns)
    cleared = candidates.cleared.copy()
    reported, doubted = candidates.reported(case.judging, int(case.gathered.strangers.sum())), candidates.doubts
    _name_reference(case, [one for one, report in zip(candidates.judged, reported, strict=True) if report])
    stating, doubts_of = [], []
    for one, report, doubt in zip(candidates.judged, reported, doubted, strict=True):
        told = _told(one, case) if report else None
        if told is not None and told.speaks(case.judging):
            stating.append(told)
            doubts_of.append(doubt)
        else:
            cleared[_cleared(one, report=report)] += 1
    _tell_apart(stating, case)
    findings, reasons = [], {}
    for number, shown in enumerate(show_examples(stating, case.shown, case.engine)):
        finding, why = _stated(number, shown, case, turns, doubts_of[number])
        findings.append(finding)
        reasons[finding.campaign_id] = why
    return Stated(
        tuple(rank_findings(findings)),
        reasons,
        _EXTRACTION if findings else _NOTHING,
        len(findings) + cleared.total(),
        tuple(sorted(cleared.items())),
    )


def campaign_id(accounts: Sequence[str]) -> str:
    """Return the name of a campaign: a digest of its accounts, whatever the run or their order.

    Examples
    --------
    >>> campaign_id(["b", "a"]) == campaign_id(["a", "b"])
    True
    """
    digest = hashlib.sha256("\0".join(sorted(accounts)).encode()).hexdigest()
    return f"campaign-{digest[:12]}"


def _name_reference(case: Case, reported: Sequence[Judged]) -> None:
    """Name the accounts believed honest, without those of campaigns of one, and sample what they ask."""
    believed = case.gathered.reference.copy()
    for one in reported:
        believed[one.accounts] = False
    case.engine.name("honest", pa.table({"account_id": case.shown.accounts.filter(pa.array(believed))}))
    sample_honest(case.engine)


def _told(one: Judged, case: Case) -> Reported:
    """Return what speaks of a group: its links where these tell in enough families, else what each agrees in."""
    told = report_group(one, case.shown, case.gathered)
    return told if told.speaks(case.judging) else report_group(one, case.shown, case.gathered, by_links=False)


def _cleared(one: Judged, *, report: bool) -> str:
    if report:
        return FEW_FAMILIES
    if len(one.accounts) == 1:
        return "one account that harvests much, but no more than honest accounts do"
    if one.extraction_probability > one.coordination_probability:
        return "coordinated, but what it does is what honest accounts do"
    return NO_MORE_THAN_STRANGERS


def _tell_apart(stating: Sequence[Reported], case: Case) -> None:
    """Tell the exchanges of all campaigns apart and count them; campaigns are numbered as they stand here."""
    if not stating:
        return
    numbers = np.arange(len(stating))
    accounts = pa.concat_arrays([one.accounts for one in stating])
    of = np.repeat(numbers, [len(one.accounts) for one in stating])
    case.engine.name("members", pa.table({"campaign": of, "account_id": accounts}))
    forwarding = [number for number, one in enumerate(stating) if one.forwards]
    tell_apart(case.engine, forwarding=forwarding)
    names = [campaign_id(one.accounts.to_pylist()) for one in stating]
    places = np.argsort(np.argsort(names, kind="stable"), kind="stable")
    case.engine.name("campaign_names", pa.table({"campaign": numbers, "place": places}))
    keep_counts(case.engine)
    keep_examples(case.engine)
    keep_harvests(case.engine)


def _stated(
    number: int, reported: Reported, case: Case, turns: Turns, doubt: float
) -> tuple[Finding, tuple[Reason, ...]]:
    one, evidence, engine = reported.judged, reported.evidence, case.engine
    accounts = reported.accounts.to_pylist()
    reasons = _reasons(reported, case)
    bits = dict.fromkeys(accounts, 0.0)
    for reason in reasons:
        bits[reason.account_id] += reason.bits
    members = members_of(engine, number, bits)
    targets = targets_of(engine, number)
    pivots = pivots_of(turns, one.accounts, case.gathered.reference, case.shown.organisations, case.judging)
    taken = taken_by(engine, number, case.declared.prices, case.declared.currency)
    finding = Finding(
        campaign_id=campaign_id(accounts),
        kind="campaign of one" if len(one.accounts) == 1 else "campaign",
        statement=sentence(members, evidence, targets, taken),
        confidence=round(1 - doubt, 6),
        coordination_bits=reported.coordination_bits,
        extraction_bits=round(sum(weight.bits for weight in one.weights), 3),
        false_alarm_rate=float(f"{one.false_alarm_rate:.3g}"),
        first_seen_at=min(member.first_seen_at for member in members),
        last_seen_at=max(member.last_seen_at for member in members),
        exchanges_count=sum(member.exchanges_count for member in members),
        members=members,
        evidence=evidence,
        ties=ties_of(reported.group, case.shown, _SHOWN_TIES),
        targets=targets,
        activity=activity_of(engine, number),
        pivots=pivots,
        taken=taken,
        matches=matches_of(engine, number, case.indicators),
        honest_reasons=tuple(dict.fromkeys(reason for piece in evidence for reason in piece.honest_reasons)),
        next_steps=next_steps(evidence, pivots),
        examples=examples_of(engine, number),
    )
    return finding, reasons


def _reasons(reported: Reported, case: Case) -> tuple[Reason, ...]:
    standing = reported.judged.standing
    if standing is None:
        return own_reasons(reported.accounts[0].as_py(), reported.evidence)
    held = Held(reported.judged.accounts, standing, case.gathered.strangers, harvesting_of(standing, case))
    return reasons_of(held, case.shown, case.engine)
