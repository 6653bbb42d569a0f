"""Says what speaks of each group that is reported: the evidence of its coordination, and of what it extracts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from stillwatch.campaigns.gather import Gathered
from stillwatch.engine.base import Engine
from stillwatch.findings.coordination import Group, coordination_evidence, group_of
from stillwatch.findings.examples import Sought, with_examples
from stillwatch.findings.judge import Judged
from stillwatch.findings.numerals import odds, share
from stillwatch.findings.people import MANY_PEOPLE
from stillwatch.findings.settings import Judging
from stillwatch.findings.statement import Evidence
from stillwatch.findings.weighing import Weight
from stillwatch.findings.words import listed
from stillwatch.links.shown import Shown


@dataclass(frozen=True)
class Reported:
    """A group that is reported, with what speaks of it: `coordination` and then the habits, each strongest first.

    `harvests` says whether most of its accounts do, by what they ask; where that is not known, it is taken for so.
    """

    judged: Judged
    accounts: pa.Array
    group: Group
    coordination: tuple[Sought, ...]
    habits: tuple[Sought, ...]
    harvests: bool
    evidence: tuple[Evidence, ...] = ()

    @property
    def forwards(self) -> bool:
        """Whether it passes other people's conversations on; of a group that harvests, many people may be cover."""
        if self.judged.passes_on or any(one.habit.passes_on for one in self.judged.weights):
            return True
        return not self.harvests and MANY_PEOPLE in {one.habit.name for one in self.judged.weights}

    @property
    def coordination_bits(self) -> float:
        """The bits of coordination in all."""
        return round(sum(one.evidence.bits for one in self.coordination), 3)

    def speaks(self, judging: Judging) -> bool:
        """Return whether enough families speak. Of an account or link one trait of a family counts, so they add up."""
        bits: defaultdict[str, float] = defaultdict(float)
        for one in (*self.coordination, *self.habits):
            bits[one.evidence.family] += one.evidence.bits
        return sum(one >= judging.least_evidence_bits for one in bits.values()) >= judging.fewest_families


def report_group(one: Judged, shown: Shown, gathered: Gathered, *, by_links: bool = True) -> Reported:
    """Return what speaks of a group, by its links or by how its accounts stand to it, still without examples."""
    group, standing = group_of(one.accounts, gathered), one.standing
    coordination = () if standing is None else coordination_evidence(group, shown, standing, by_links=by_links)
    habits = tuple(_habit(weight, one, first=not place) for place, weight in enumerate(one.weights))
    known = gathered.harvests
    harvests = known is None or 2 * int((known.levels[one.accounts] > 0).sum()) > len(one.accounts)
    return Reported(one, shown.accounts.take(pa.array(one.accounts)), group, coordination, habits, harvests)


def show_examples(reported: Sequence[Reported], shown: Shown, engine: Engine) -> list[Reported]:
    """Return the groups with their evidence, and exchanges to look at under each piece of it."""
    sought = [(*one.coordination, *one.habits) for one in reported]
    found = with_examples(engine, shown.accounts, sought)
    return [replace(one, evidence=tuple(evidence)) for one, evidence in zip(reported, found, strict=True)]


def _compared(weight: Weight, *, first: bool) -> str:
    """Say with which honest accounts a habit is compared."""
    given = [] if first else ["show the evidence above it"]
    if weight.unstated:
        given.append(f"have the habit{'s' if len(weight.unstated) > 1 else ''} {listed(weight.unstated)}")
    return f"the honest accounts that {' and '.join(given)}" if given else "honest accounts"


def _habit(weight: Weight, judged: Judged, *, first: bool) -> Sought:
    habit, alone = weight.habit, len(judged.accounts) == 1
    who = "one account was seen to" if alone else f"{weight.shown_count:,} of {weight.judged_count:,} accounts"
    like = "honest accounts do as much" if alone else f"{_compared(weight, first=first)} do"
    once = "account" if alone else "group"
    seen = f"{who} {habit.seen}"
    if weight.together is not None:
        seen += f"; on average {share(weight.together)} of what they ask is so"
        like += " in as large a part of what they ask"
    evidence = Evidence(
        "extraction", habit.name, habit.family, round(weight.bits, 3), weight.shown_count, seen,
        f"{share(weight.honest_rate)} of {like}; an honest {once} shows as much about {odds(weight.probability)} times",
        habit.honest_reasons, habit.evasion, (),
    )  # fmt: skip
    return Sought(evidence, condition=habit.examples, accounts=judged.accounts[habit.shown[judged.accounts]])
