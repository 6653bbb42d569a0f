"""Which groups and accounts are judged: none that is excused, and no group that chance alone may have gathered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns.gather import Gathered
from stillwatch.campaigns.harvesting import Harvesting, weigh_harvesting
from stillwatch.campaigns.membership import Standing, weigh_membership
from stillwatch.campaigns.settings import at_most_one
from stillwatch.engine.base import Engine
from stillwatch.findings.describe import Indicator
from stillwatch.findings.judge import Ints
from stillwatch.findings.payers import mostly_agrees
from stillwatch.findings.settings import Declared, Judging
from stillwatch.findings.statement import Release
from stillwatch.links.layers import MANY
from stillwatch.links.shown import Shown
from stillwatch.links.threads import in_parts

FEW_FAMILIES = "fewer than two families of evidence speak"
NO_MORE_THAN_STRANGERS = "not more coordinated than strangers"
_FEW_ACCOUNTS = "few of its accounts hold together, as by chance or in a household"
ONE_PROGRAM = "its accounts share one program and nothing else"
FELL_APART = (FEW_FAMILIES, NO_MORE_THAN_STRANGERS, _FEW_ACCOUNTS, ONE_PROGRAM)
_OF_PROGRAM = frozenset({"client", "wording"})  # what whoever installs a program shows


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


def held_groups(case: Case) -> tuple[list[tuple[Ints, Standing]], Counter[str]]:
    """Return the groups without their excused accounts, and how many are cleared because hardly any other is left."""
    groups: list[tuple[Ints, Standing]] = []
    cleared = Counter[str]()
    numbers = range(int(case.gathered.groups.max(initial=-1)) + 1)
    for held in in_parts(lambda number: _held_or_why(number, case), numbers):
        if isinstance(held, str):
            cleared[held] += 1
        else:
            groups.append(held)
    return groups, cleared


def _held_or_why(number: int, case: Case) -> tuple[Ints, Standing] | str:
    """Return a group without its excused accounts, or why it is cleared."""
    accounts = case.gathered.members(number)
    reasons = [excuse_of(one, case) for one in accounts.tolist()]
    left = accounts[[reason is None for reason in reasons]]
    if len(left) < 2:
        return _most_frequent([reason for reason in reasons if reason])
    if not case.gathered.strangers.any():
        return "no account is left that it could be compared with"
    holding, standing = _holding(left, case)
    return _falling_apart(left, holding, standing, case) or (holding, standing)


def _most_frequent(excuses: Sequence[str]) -> str:
    counts = Counter(excuses)
    return min(counts, key=lambda reason: (-counts[reason], reason))


def _falling_apart(left: Ints, holding: Ints, standing: Standing, case: Case) -> str | None:
    """Return why a group of which these accounts hold together is none; None where it is one."""
    if len(holding) < 2:
        rare = standing.probability[standing.of(left)] <= _loosest(case)
        return FEW_FAMILIES if rare.sum() >= 2 else NO_MORE_THAN_STRANGERS
    if len(holding) < case.judging.fewest_accounts:
        return _FEW_ACCOUNTS
    if not mostly_agrees(holding, standing, frozenset(standing.families) - _OF_PROGRAM, 1, case.judging):
        return ONE_PROGRAM
    return NO_MORE_THAN_STRANGERS if _is_chance(holding, standing, case) else None


def excuse_of(account: int, case: Case) -> str | None:
    """Return why an account is not judged, as the operator declares; None where it is."""
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


def _standing(accounts: Ints, case: Case) -> Standing:
    return weigh_membership(case.shown, case.gathered.strangers, accounts)


def harvesting_of(standing: Standing, case: Case) -> Harvesting:
    """Return how accounts stand to a group by what both harvest."""
    return weigh_harvesting(standing, case.gathered.harvests, case.gathered.groups < 0)


def _loosest(case: Case) -> float:
    return at_most_one(case.judging.stranger_probability, int(case.gathered.strangers.sum()))


def _holding(accounts: Ints, case: Case) -> tuple[Ints, Standing]:
    """Return the accounts of a group for which two families speak, and how accounts stand to these.

    What holds for all may not hold for each.
    """
    standing, judging = _standing(accounts, case), case.judging
    rows, harvesting = standing.of(accounts), harvesting_of(standing, case)
    speaking = harvesting.speaking(judging.least_evidence_bits)[rows] >= judging.fewest_families
    agreeing = harvesting.staying[rows]
    holding = accounts[speaking & (agreeing <= _loosest(case))]
    return holding, standing if len(holding) in {len(accounts), 0, 1} else _standing(holding, case)


def _is_chance(accounts: Ints, standing: Standing, case: Case) -> bool:
    """Return whether, of many strangers, too many are expected to agree with a group as much as half of it does.

    Who agrees the most was looked for among them all, and some accounts are tied by chance: of those that agree as
    much as the median account, the share of `false_discovery_rate` may be strangers. Where strangers are few, hardly
    any are tied, and no agreement in one family is rarer than one in so few: then it is asked of each member alone.
    """
    strangers = int(case.gathered.strangers.sum())
    agreeing = float(np.median(standing.probability[standing.of(accounts)])) * strangers
    return strangers >= MANY and agreeing > case.judging.false_discovery_rate * max(1.0, len(accounts) / 2)
