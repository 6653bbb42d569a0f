"""Asks whether the probabilities of findings mean what they say: docs/reliability.md and its picture.

usage: python benchmarks/reliability.py [--seeds 101,102]

Every story that ships is made in memory, at the scale at which it is rehearsed, once for each seed, and every candidate
is judged with the default settings. Worlds take some seconds each. What the page says by hand, from
`## Where it falls short` on, is kept: read it again when the figures have changed.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from page_tables import kept
from reliability_page import JUDGING, Bin, Control, Error, Reached, Tables, draw, interval, page_of, tables
from sklearn.isotonic import IsotonicRegression
from staged import Marked, case_of, marked, mostly_of

from stillwatch.campaigns.membership import weigh_membership
from stillwatch.findings.candidates import Case
from stillwatch.findings.habits import find_habits
from stillwatch.findings.judge import Ints, Judged, judge_group
from stillwatch.findings.judge_all import judge_candidates
from stillwatch.findings.payers import firms_of
from stillwatch.findings.pivot import turning_habits
from stillwatch.findings.surprise import discoveries, doubts
from stillwatch.findings.turns import Turns, read_turns
from stillwatch.kernels import prepare_kernels
from stillwatch.progress import SILENT
from stillwatch.worlds import find_story, shipped_stories

DOCS = Path(__file__).parent.parent / "docs"
LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5)
SHARED = ("payment_hash", "ip", "email_domain")
FEWEST_SHARING, MOST_SHARING, MOST_FIRMS = 5, 60, 25
EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98, 1.0)
CONTROLLED = (0.01, 0.02, 0.05, 0.1, 0.2)


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

    @property
    def groups(self) -> tuple[Candidate, ...]:
        """The candidates that the scan gathered."""
        return tuple(one for one in self.candidates if one.kind == "group")


def collected(name: str, seed: int) -> Outcome:
    """Make a world and judge its candidates, and its honest firms as if they were some."""
    world = marked(find_story(name), seed)
    with case_of(world) as case:
        turns = read_turns(case.engine, case.shown.accounts)
        judged = judge_candidates(case, turns)
        campaigns = world.campaign_of(case.shown.accounts)
        candidates = [_candidate("group", one, campaigns) for one in judged.groups]
        candidates += [_candidate("solo", one, campaigns) for one in judged.solos]
        candidates += [_candidate("firm", one, campaigns) for one in _firms(world, case, turns, campaigns)]
        honest = campaigns == ""
        reached, count = np.zeros(len(LEVELS), np.int64), 0
        for one in judged.groups:
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
    found, payers = sorted(sharing(world, case, campaigns)), firms_of(case.shown, turns.payers)
    for at in np.random.default_rng(world.seed).permutation(len(found))[:MOST_FIRMS]:
        accounts: Ints = np.array(found[at])
        standing = weigh_membership(case.shown, case.gathered.strangers, accounts)
        yield judge_group(accounts, case.gathered.reference, standing, habits, payers, case.judging)


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


def tables_of(outcomes: Sequence[Outcome]) -> Tables:
    """Put together what was judged in all worlds."""
    bins, errors = [], []
    truth = np.array([bool(one.campaign) for world in outcomes for one in world.groups])
    sure = np.array([one.rate <= JUDGING.false_discovery_rate for world in outcomes for one in world.groups])
    for name, said in confidences(outcomes).items():
        mine = list(_bins(name, said, truth))
        bins += mine
        errors += [_error(f"{name}, of all", said, truth), _error(f"{name}, of the surer", said[sure], truth[sure])]
    return Tables(list(_levels(outcomes)), bins, errors, [control(outcomes, level) for level in CONTROLLED])


def _levels(outcomes: Sequence[Outcome]) -> Iterator[Reached]:
    honest = [one for world in outcomes for one in world.candidates if not one.campaign]
    known = {kind: np.array([one.rate for one in honest if one.kind == kind]) for kind in ("group", "firm")}
    strangers = sum(world.strangers_count for world in outcomes)
    for at, level in enumerate(LEVELS):
        groups, firms = ((int((known[kind] <= level).sum()), len(known[kind])) for kind in ("group", "firm"))
        yield Reached(level, groups, firms, (sum(world.reached[at] for world in outcomes), strangers))


def confidences(outcomes: Sequence[Outcome]) -> dict[str, np.ndarray]:
    """Return what each measure says of each gathered group, world by world."""
    rates = [[one.rate for one in world.groups] for world in outcomes]
    flat = np.array([rate for one in rates for rate in one])
    return {
        "1 minus the rate": 1 - flat,
        "as told": 1 - np.array([value for one in rates for value in doubts(one)]),
        "as told, one gateway": 1 - np.array(doubts(flat.tolist())),
        "fitted": fitted(outcomes),
    }


def halves(outcomes: Sequence[Outcome]) -> np.ndarray:
    """Return for each gathered group the half of the stories that its own belongs to: every second of its sort."""
    attacked = {name: bool(find_story(name).campaigns) for name in {world.story for world in outcomes}}
    half = {
        name: place % 2
        for sort in (False, True)
        for place, name in enumerate(sorted(one for one in attacked if attacked[one] is sort))
    }
    return np.array([half[world.story] for world in outcomes for _ in world.groups])


def fitted(outcomes: Sequence[Outcome]) -> np.ndarray:
    """Return the probability of each gathered group by a curve fitted on the half of the stories without its own."""
    groups = [one for world in outcomes for one in world.groups]
    surprise = -np.log10([max(one.rate, 1e-300) for one in groups])
    truth, half = np.array([bool(one.campaign) for one in groups], float), halves(outcomes)
    said = np.zeros(len(groups))
    for held_back in (0, 1):
        curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        curve.fit(surprise[half != held_back], truth[half != held_back])
        said[half == held_back] = curve.predict(surprise[half == held_back])
    return said


def _bins(name: str, said: np.ndarray, truth: np.ndarray) -> Iterator[Bin]:
    # what lies on an edge belongs to the surer bin, as does all of the last
    place = np.minimum(np.searchsorted(EDGES, said, side="right") - 1, len(EDGES) - 2)
    for one in np.unique(place):
        inside = place == one
        yield Bin(name, int(inside.sum()), float(said[inside].mean()), int(truth[inside].sum()))


def _error(name: str, said: np.ndarray, truth: np.ndarray) -> Error:
    off = sum(one.candidates * abs(one.said - one.campaigns / one.candidates) for one in _bins(name, said, truth))
    return Error(name, len(said), off / len(said), float(np.square(said - truth).mean()))


def control(outcomes: Sequence[Outcome], level: float) -> Control:
    """Report what a level lets through, world by world, and count who is honest."""
    reported = honest = found = campaigns = 0
    shares = []
    for world in outcomes:
        through = discoveries([one.rate for one in world.groups], level)
        told = [one for one, report in zip(world.groups, through, strict=True) if report]
        wrong = sum(not one.campaign for one in told)
        shares.append(wrong / max(1, len(told)))
        reported, honest, found = reported + len(told), honest + wrong, found + len(told) - wrong
        campaigns += sum(bool(one.campaign) for one in world.groups)
    _, at_most = interval(sum(one > 0 for one in shares), len(shares))
    return Control(level, len(outcomes), reported, honest, float(np.mean(shares)), at_most, (found, campaigns))


def main() -> None:
    """Print each world's candidates as they are judged, then write the page and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="101,102,103,104")
    seeds = parser.parse_args().seeds
    prepare_kernels(SILENT)
    outcomes = []
    for seed in map(int, seeds.split(",")):
        for name in shipped_stories():
            outcomes.append(collected(name, seed))
            told = [f"{one.campaign or 'honest'} ({one.size}) {one.rate:.2g}" for one in outcomes[-1].candidates
                    if one.kind != "firm"]  # fmt: skip
            print(name, seed, "; ".join(told), sep="  ", flush=True)
    write(tables_of(outcomes), seeds)


def write(of: Tables, seeds: str) -> None:
    """Write the page and the picture; what is said by hand stays."""
    path = DOCS / "reliability.md"
    by_hand = kept(path.read_text(encoding="utf-8") if path.exists() else "")
    given = {"seeds": seeds, "stories": len(shipped_stories()), "sharing": (FEWEST_SHARING, MOST_SHARING)}
    page = page_of(of, by_hand=by_hand, **given)
    # what is said and drawn follows from the tables as they are written
    again = tables(page)
    path.write_text(page_of(again, by_hand=by_hand, **given), encoding="utf-8")
    (DOCS / "reliability.svg").write_text(draw(again), encoding="utf-8")


if __name__ == "__main__":
    main()
