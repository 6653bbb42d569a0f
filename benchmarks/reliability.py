"""Asks whether the probabilities of findings mean what they say: docs/reliability.md and its picture.

usage: python benchmarks/reliability.py [--seeds 101,102]

Every story that ships is made in memory, at the scale at which it is rehearsed, once for each seed, and every candidate
is judged with the default settings. Worlds take some seconds each. What the page says by hand, from
`## Where it falls short` on, is kept: read it again when the figures have changed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from staged import Marked, case_of, marked, mostly_of

from stillwatch.campaigns.membership import weigh_membership
from stillwatch.findings.habits import find_habits
from stillwatch.findings.judge import Ints, Judged, judge_group
from stillwatch.findings.pivot import turning_habits
from stillwatch.findings.state import Case, judge_candidates
from stillwatch.findings.turns import Turns, read_turns
from stillwatch.worlds import find_story

LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5)
SHARED = ("payment_hash", "ip", "email_domain")
FEWEST_SHARING, MOST_SHARING, MOST_FIRMS = 5, 60, 25


class Candidate(NamedTuple):
    """Accounts that were judged, and the campaign to which most of them belong: empty where they are honest.

    Its kind is `group` where the scan gathered it, `solo`, or `firm` where honest accounts that share something were
    judged as if they were a candidate.
    """

    kind: str
    size: int
    campaign: str
    coordination: float
    extraction: float

    @property
    def rate(self) -> float:
        """The false-alarm rate."""
        return max(self.coordination, self.extraction)


@dataclass(frozen=True)
class Outcome:
    """What was judged in a world; of the honest accounts outside campaigns, how many reach each level."""

    story: str
    seed: int
    candidates: tuple[Candidate, ...]
    strangers_count: int
    reached: tuple[int, ...]


def collected(name: str, seed: int) -> Outcome:
    """Make a world and judge its candidates, and its honest firms as if they were some."""
    world = marked(find_story(name), seed)
    with case_of(world) as case:
        turns = read_turns(case.engine, case.shown.accounts)
        groups, solos, _ = judge_candidates(case, turns)
        campaigns = world.campaign_of(case.shown.accounts)
        candidates = [_candidate("group", one, campaigns) for one in groups]
        candidates += [_candidate("solo", one, campaigns) for one in solos]
        candidates += [_candidate("firm", one, campaigns) for one in _firms(world, case, turns, campaigns)]
        honest = campaigns == ""
        reached, count = np.zeros(len(LEVELS), np.int64), 0
        for one in groups:
            if mostly_of(one.accounts, campaigns):
                outside = honest.copy()
                outside[one.accounts] = False
                standing = weigh_membership(case.shown, case.gathered.strangers, one.accounts)
                known = standing.probability[outside[standing.accounts]]
                reached += [int((known <= level).sum()) for level in LEVELS]
                count += int(outside.sum())
    return Outcome(name, seed, tuple(candidates), count, tuple(reached.tolist()))


def _candidate(kind: str, one: Judged, campaigns: np.ndarray) -> Candidate:
    return Candidate(
        kind, len(one.accounts), mostly_of(one.accounts, campaigns), one.coordination_probability,
        one.extraction_probability,
    )  # fmt: skip


def _firms(world: Marked, case: Case, turns: Turns, campaigns: np.ndarray) -> Iterator[Judged]:
    """Judge honest accounts that share a card, an address or a mail domain."""
    habits = find_habits(case.engine, case.shown.accounts, case.gathered.reference, case.judging)
    habits = (*habits, *turning_habits(turns))
    firms = sorted(sharing(world, case, campaigns))
    for at in np.random.default_rng(world.seed).permutation(len(firms))[:MOST_FIRMS]:
        accounts: Ints = np.array(firms[at])
        standing = weigh_membership(case.shown, case.gathered.strangers, accounts)
        yield judge_group(accounts, case.gathered, standing, habits, case.shown.organisations, case.judging)


def sharing(world: Marked, case: Case, campaigns: np.ndarray) -> set[tuple[int, ...]]:
    """Return the honest accounts that share a value, by their places; few share it, and not all of a gateway."""
    place = {name: at for at, name in enumerate(case.shown.accounts.to_pylist())}
    firms = set()
    for column in SHARED:
        sharers: dict[str, set[int]] = defaultdict(set)
        pairs = world.marks.select(["account_id", column]).drop_null().group_by(["account_id", column]).aggregate([])
        for account, value in zip(pairs["account_id"].to_pylist(), pairs[column].to_pylist(), strict=True):
            if not campaigns[place[account]]:
                sharers[value].add(place[account])
        firms |= {tuple(sorted(one)) for one in sharers.values() if FEWEST_SHARING <= len(one) <= MOST_SHARING}
    return firms
