"""States findings: candidates are judged, those that honest traffic explains are cleared, the rest is described."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stillwatch.campaigns.gather import Gathered
from stillwatch.campaigns.harvesting import Harvesting, weigh_harvesting
from stillwatch.campaigns.membership import Standing, weigh_membership
from stillwatch.campaigns.settings import at_most_one
from stillwatch.engine.base import Engine
from stillwatch.findings.coordination import ties_of
from stillwatch.findings.describe import (
    Indicator,
    activity_of,
    examples_of,
    keep_counts,
    keep_examples,
    matches_of,
    members_of,
    taken_by,
    targets_of,
)
from stillwatch.findings.habits import find_habits, sum_profiles
from stillwatch.findings.judge import Ints, Judged, judge_group
from stillwatch.findings.own_marks import sample_honest
from stillwatch.findings.people import find_people
from stillwatch.findings.pivot import pivots_of, turning_habits
from stillwatch.findings.ranking import rank_findings
from stillwatch.findings.reasons import Held, keep_harvests, own_reasons, reasons_of
from stillwatch.findings.reported import Reported, report_group, show_examples
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.solo import in_no_reported, judge_solos
from stillwatch.findings.statement import Finding, Reason, Release
from stillwatch.findings.surprise import discoveries, doubts
from stillwatch.findings.tell_apart import tell_apart
from stillwatch.findings.turns import Turns, read_turns
from stillwatch.findings.words import next_steps, sentence
from stillwatch.links.shown import Shown

_SHOWN_TIES = 400
_FEW_FAMILIES = "fewer than two families of evidence speak"
_FEW_ACCOUNTS = "few of its accounts hold together, as by chance or in a household"
_NO_MORE_THAN_STRANGERS = "not more coordinated than strangers"
# campaigns as numbers in the order of their names, which cost less to sort and to carry than the names
_EXTRACTION = """
    SELECT place, exchange_id FROM told_apart JOIN campaign_names USING (campaign) WHERE is_taken
    ORDER BY place, exchange_id"""
_NOTHING = "SELECT 0::BIGINT AS place, exchange_id FROM marked WHERE false"


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
    rate is controlled over all groups judged. Campaigns of one are each held to a bound of their own, however many
    accounts are looked at. The tables `exchange`, `traits`, `profiles` and `releases` must be known to the engine.
    """
    turns = read_turns(case.engine, case.shown.accounts)
    groups, solos, cleared = judge_candidates(case, turns)
    judged = [*groups, *solos]
    rates, alone = ([one.false_alarm_rate for one in some] for some in (groups, solos))
    reported = discoveries(rates, case.judging.false_discovery_rate)
    reported += [one <= case.judging.solo_false_alarm_rate for one in alone]
    _name_reference(case, [one for one, report in zip(judged, reported, strict=True) if report])
    stating, doubted = [], []
    for one, report, doubt in zip(judged, reported, doubts(rates) + alone, strict=True):
        told = report_group(one, case.shown, case.gathered) if report else None
        if told is not None and told.speaks(case.judging):
            stating.append(told)
            doubted.append(doubt)
        else:
            cleared[_cleared(one, report=report)] += 1
    _tell_apart(stating, case)
    findings, reasons = [], {}
    for number, shown in enumerate(show_examples(stating, case.shown, case.engine)):
        finding, why = _stated(number, shown, case, turns, doubted[number])
        findings.append(finding)
        reasons[finding.campaign_id] = why
    return Stated(
        tuple(rank_findings(findings)),
        reasons,
        _EXTRACTION if findings else _NOTHING,
        len(findings) + cleared.total(),
        tuple(sorted(cleared.items())),
    )


def judge_candidates(case: Case, turns: Turns) -> tuple[list[Judged], list[Judged], Counter[str]]:
    """Judge every group and every large single account; return both, and how many were cleared unjudged, by reason."""
    habits = find_habits(case.engine, case.shown.accounts, case.gathered.reference, case.judging)
    habits = (*habits, *find_people(case.engine, case.shown.accounts), *turning_habits(turns))
    groups, cleared = _groups(case)
    judged = [
        judge_group(accounts, case.gathered, standing, habits, case.shown.organisations, case.judging)
        for accounts, standing in groups
    ]
    sums, solos = sum_profiles(case.engine, case.shown.accounts), []
    apart = in_no_reported(judged, len(case.shown.accounts), case.judging)
    for one in judge_solos(sums, case.gathered, habits, case.judging, apart):
        account = int(one.accounts[0])
        if (reason := _excuse(account, case)) is None:
            solos.append(one)
        elif case.gathered.groups[account] < 0:  # that of a group is excused with it
            cleared[reason] += 1
    return judged, solos, cleared


def campaign_id(accounts: Sequence[str]) -> str:
    """Return the name of a campaign: a digest of its accounts, whatever the run or their order.

    Examples
    --------
    >>> campaign_id(["b", "a"]) == campaign_id(["a", "b"])
    True
    """
    digest = hashlib.sha256("\0".join(sorted(accounts)).encode()).hexdigest()
    return f"campaign-{digest[:12]}"


def _standing(accounts: Ints, case: Case) -> Standing:
    return weigh_membership(case.shown, case.gathered.strangers, accounts)


def _harvesting(standing: Standing, case: Case) -> Harvesting:
    return weigh_harvesting(standing, case.gathered.harvests, case.gathered.groups < 0)


def _loosest(case: Case) -> float:
    return at_most_one(case.judging.stranger_probability, int(case.gathered.strangers.sum()))


def _holding(accounts: Ints, case: Case) -> tuple[Ints, Standing]:
    """Return the accounts of a group for which two families speak, and how accounts stand to these.

    What holds for all may not hold for each.
    """
    standing, judging = _standing(accounts, case), case.judging
    rows, harvesting = standing.of(accounts), _harvesting(standing, case)
    speaking = harvesting.speaking(judging.least_evidence_bits)[rows] >= judging.fewest_families
    holding = accounts[speaking & (standing.probability[rows] <= _loosest(case))]
    return holding, standing if len(holding) in {len(accounts), 0, 1} else _standing(holding, case)


def _name_reference(case: Case, reported: Sequence[Judged]) -> None:
    """Name the accounts believed honest, without those of campaigns of one, and sample what they ask."""
    believed = case.gathered.reference.copy()
    for one in reported:
        believed[one.accounts] = False
    case.engine.name("honest", pa.table({"account_id": case.shown.accounts.filter(pa.array(believed))}))
    sample_honest(case.engine)


def _groups(case: Case) -> tuple[list[tuple[Ints, Standing]], Counter[str]]:
    """Return the groups without their excused accounts, and how many are cleared because hardly any other is left."""
    groups: list[tuple[Ints, Standing]] = []
    cleared = Counter[str]()
    for number in range(int(case.gathered.groups.max(initial=-1)) + 1):
        accounts = case.gathered.members(number)
        reasons = [_excuse(one, case) for one in accounts.tolist()]
        left = accounts[[reason is None for reason in reasons]]
        if len(left) >= 2:
            if not case.gathered.strangers.any():
                cleared["no account is left that it could be compared with"] += 1
                continue
            holding, standing = _holding(left, case)
            if len(holding) >= case.judging.fewest_accounts:
                groups.append((holding, standing))
            elif len(holding) >= 2:
                cleared[_FEW_ACCOUNTS] += 1
            else:
                rare = standing.probability[standing.of(left)] <= _loosest(case)
                cleared[_FEW_FAMILIES if rare.sum() >= 2 else _NO_MORE_THAN_STRANGERS] += 1
        elif len(accounts):
            excuses = Counter(reason for reason in reasons if reason)
            cleared[min(excuses, key=lambda reason: (-excuses[reason], reason))] += 1
    return groups, cleared


def _cleared(one: Judged, *, report: bool) -> str:
    if report:
        return _FEW_FAMILIES
    if len(one.accounts) == 1:
        return "one account that harvests much, but no more than honest accounts do"
    if one.extraction_probability > one.coordination_probability:
        return "coordinated, but what it does is what honest accounts do"
    return _NO_MORE_THAN_STRANGERS


def _excuse(account: int, case: Case) -> str | None:
    name = case.shown.accounts[account].as_py()
    names = {name, (case.organisation_names or {}).get(name)}
    for reason, excused in (
        ("authorised distillation", case.declared.authorised_distillation),
        ("declared honest", case.declared.honest_accounts),
        ("known customer", (*case.declared.excused_accounts, *case.declared.excused_organisations)),
    ):
        if names.intersection(excused):
            return reason
    return None


def _tell_apart(stating: Sequence[Reported], case: Case) -> None:
    """Tell the exchanges of all campaigns apart and count them; campaigns are numbered as they stand here."""
    if not stating:
        return
    numbers = np.arange(len(stating))
    accounts = pa.concat_arrays([one.accounts for one in stating])
    of = np.repeat(numbers, [len(one.accounts) for one in stating])
    case.engine.name("members", pa.table({"campaign": of, "account_id": accounts}))
    forwarding = [number for number, one in enumerate(stating) if one.forwards]
    tell_apart(case.engine, forwarding=forwarding, sampled_before=True)
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
    held = Held(reported.judged.accounts, standing, case.gathered.strangers, _harvesting(standing, case))
    return reasons_of(held, case.shown, case.engine)
