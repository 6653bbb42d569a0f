"""Measures how soon after it begins a campaign is found: docs/time-to-detection.md and its picture.

usage: python benchmarks/time_to_detection.py [--seeds 101,102] [--stories ghost,relay]

Every story with campaigns is made in memory, at the scale at which it is rehearsed, and marked once; then the stages of
a scan run over what was asked until so many hours after each campaign began: with a week of honest logs before, and,
for the first seed, as the story is told. A seed takes some four minutes on two cores. What the page says by hand, from
`## Where it falls short` on, is kept: read it again when the figures have changed.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from detection_page import (
    BEFORE,
    BEGUN_ACCOUNTS,
    BEGUN_EXCHANGES,
    BEGUN_SHARE,
    COLD,
    FALSE_DISCOVERY_RATE,
    FEWER,
    HOURS,
    Found,
    Hour,
    draw,
    found_rows,
    found_table,
    hour_rows,
    hours_table,
    page_of,
)
from page_tables import kept
from staged import Marked, case_of, marked, mostly_of

from stillwatch.campaigns.membership import weigh_membership
from stillwatch.findings.candidates import Case
from stillwatch.findings.habits import find_habits, sum_profiles
from stillwatch.findings.judge import Ints, judge_group
from stillwatch.findings.payers import firms_of
from stillwatch.findings.state import state_findings
from stillwatch.findings.turns import read_turns
from stillwatch.kernels import prepare_kernels
from stillwatch.progress import SILENT
from stillwatch.worlds import Story, find_story, shipped_stories
from stillwatch.worlds.campaigns.campaign import Campaign

DOCS = Path(__file__).parent.parent / "docs"
DAYS = (2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90)


class Seen(NamedTuple):
    """What can be seen of a campaign by an hour, in shares of its accounts that asked, and probabilities.

    Attributes
    ----------
    found, honest_stated
        Whether it is stated, and how many honest groups are.
    sooner, honest_sooner
        The same, were habits judged from fewer exchanges of an account.
    known
        The false-alarm rate, were its accounts gathered, all of them and no other.
    pooled
        How rare its share of harvest intents is, were all its exchanges those of one account.
    """

    hour: int
    asked: int
    each: float
    judged: float
    linked: float
    gathered: float
    found: bool
    honest_stated: int
    sooner: bool
    honest_sooner: int
    known: float
    pooled: float


@dataclass(frozen=True)
class Begun:
    """A campaign of a world that began in earnest: its times of asking, in the order of time."""

    name: str
    at: datetime
    asked_at: np.ndarray

    def asked(self, until: datetime) -> float:
        """Return the share of its exchanges that were asked before a time."""
        return float(np.searchsorted(self.asked_at, np.datetime64(until.replace(tzinfo=None), "us"))) / len(
            self.asked_at
        )


def begun(world: Marked, name: str) -> Begun:
    """Say when a campaign began in earnest: so many of its exchanges were asked, by so many of its accounts."""
    own = world.extraction.filter(pc.equal(world.extraction["campaign"], name))
    accounts = own["account_id"].to_numpy()
    needed = max(BEGUN_EXCHANGES, math.ceil(BEGUN_SHARE * len(own)))
    firsts = np.sort(np.unique(accounts, return_index=True)[1])
    last = max(needed - 1, int(firsts[min(BEGUN_ACCOUNTS, len(firsts)) - 1]))
    asked_at = own["asked_at"].cast(pa.timestamp("us")).to_numpy()
    return Begun(name, own["asked_at"][min(last, len(own) - 1)].as_py(), asked_at)


def campaigns_of(world: Marked) -> list[str]:
    """Return the names of the campaigns that asked anything for extraction."""
    return sorted(set(world.extraction["campaign"].to_pylist()))


def after_honest_days(story: Story, days: int) -> Story:
    """Return the story with so many more days before its first, on which there is honest traffic alone."""
    calendar = replace(
        story.calendar, first=story.calendar.first - timedelta(days=days), days=story.calendar.days + days
    )
    return replace(story, calendar=calendar, campaigns=tuple(_later(one, days) for one in story.campaigns))


def _later(campaign: Campaign, days: int) -> Campaign:
    pace, hiding = campaign.pace, campaign.hiding
    moved = replace(
        pace, from_day=pace.from_day + days,
        until_day=None if pace.until_day is None else pace.until_day + days,
        retreat_day=None if pace.retreat_day is None else pace.retreat_day + days,
    )  # fmt: skip
    swept = tuple(day + days for day in hiding.swept_days)
    return replace(campaign, pace=moved, hiding=replace(hiding, swept_days=swept))


def watched(world: Marked, name: str, before: int) -> tuple[Found, list[Seen]]:
    """Scan by the hour and then by the day, until the campaign is found; tell what was seen in the first day."""
    campaign = begun(world, name)
    accounts = sum(one == name for one in world.campaigns.values())
    first, last = (getattr(pc, one)(world.marks["asked_at"]).as_py() for one in ("min", "max"))
    seen, found = [], None
    for hours in (*HOURS, *(24 * day for day in DAYS)):
        until = campaign.at + timedelta(hours=hours)
        if hours > HOURS[-1] and found is not None:
            break
        with case_of(world, until) as case:
            here = world.campaign_of(case.shown.accounts)
            told, honest = _stated(case, here, name)
            if hours <= HOURS[-1]:
                fewer = replace(case, judging=replace(case.judging, fewest_exchanges=FEWER))
                stated = (told, honest, *_stated(fewer, here, name))
                seen.append(_seen(case, np.flatnonzero(here == name), here, hours, stated))
        found = hours if found is None and told else found
        if until > last:
            break
    asked = campaign.asked(campaign.at + timedelta(hours=found or 0))
    row = Found(
        before, world.story, name, world.seed, accounts, len(campaign.asked_at),
        (campaign.at - first).total_seconds() / 3600 - 24 * before, found, asked, asked - campaign.asked(campaign.at),
    )  # fmt: skip
    return row, seen


def _stated(case: Case, campaigns: np.ndarray, name: str) -> tuple[bool, int]:
    """Return whether a finding is mostly a campaign's, and how many are of no campaign."""
    stated = []
    for finding in state_findings(case).findings:
        members = pa.array([member.account_id for member in finding.members])
        places = pc.index_in(members, value_set=case.shown.accounts).to_numpy(zero_copy_only=False)
        stated.append(mostly_of(places.astype(np.int64), campaigns))
    return name in stated, stated.count("")


def _seen(case: Case, members: Ints, campaigns: np.ndarray, hour: int, stated: tuple[bool, int, bool, int]) -> Seen:
    sums = sum_profiles(case.engine, case.shown.accounts)
    inside = np.zeros(len(campaigns), bool)
    inside[members] = True
    links, groups = case.gathered.links, case.gathered.groups
    within = inside[links.a] & inside[links.b]
    linked = np.unique(np.concatenate((links.a[within], links.b[within])))
    theirs = [
        number for number in np.unique(groups[members][groups[members] >= 0])
        if mostly_of(case.gathered.members(int(number)), campaigns) == campaigns[members[0]]
    ]  # fmt: skip
    return Seen(
        hour, len(members), float(sums.exchanges[members].sum() / len(members)),
        float((sums.exchanges[members] >= case.judging.fewest_exchanges).mean()),
        len(linked) / len(members), float(np.isin(groups[members], theirs).mean()), *stated,
        _known(case, members), pooled(sums.harvest, sums.exchanges, members, campaigns == ""),
    )  # fmt: skip


def _known(case: Case, members: Ints) -> float:
    """Judge the campaign's accounts as if they were gathered, all of them and no other."""
    if len(members) < 2 or not case.gathered.strangers.any():
        return 1.0
    habits = find_habits(case.engine, case.shown.accounts, case.gathered.reference, case.judging)
    standing = weigh_membership(case.shown, case.gathered.strangers, members)
    firms = firms_of(case.shown, read_turns(case.engine, case.shown.accounts).payers)
    return judge_group(members, case.gathered.reference, standing, habits, firms, case.judging).false_alarm_rate


def pooled(harvest: Ints, exchanges: Ints, members: Ints, honest: np.ndarray) -> float:
    """Return how many honest accounts harvest as large a share as the members do together, themselves counted.

    Accounts of one firm may all do the same, so the members count as one account; it is compared with accounts that
    asked often enough for a share.
    """
    total = int(exchanges[members].sum())
    others = honest & (exchanges >= BEGUN_EXCHANGES)
    share = harvest[members].sum() / max(1, total)
    as_high = (harvest[others] / exchanges[others] >= share).sum()
    return float((1.0 + as_high) / (1.0 + others.sum()))


def hour_of(before: int, hour: int, seen: Sequence[Seen]) -> Hour:
    """Put together what is seen of all campaigns by an hour."""
    then = [one for one in seen if one.hour == hour]
    mid = {
        name: median(getattr(one, name) for one in then) for name in ("asked", "each", "judged", "linked", "gathered")
    }
    over = {name: sum(getattr(one, name) <= FALSE_DISCOVERY_RATE for one in then) for name in ("known", "pooled")}
    told = {
        name: sum(getattr(one, name) for one in then) for name in ("found", "honest_stated", "sooner", "honest_sooner")
    }
    return Hour(before, hour, len(then), **mid, **told, **over)


def measured(names: Sequence[str], seeds: Sequence[int], before: int) -> Iterator[tuple[Found, list[Seen]]]:
    """Yield each campaign of the stories."""
    for seed in seeds:
        for name in names:
            world = marked(after_honest_days(find_story(name), before), seed)
            for campaign in campaigns_of(world):
                yield watched(world, campaign, before)


def main() -> None:
    """Print the tables row by row, then write the page and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="101,102")
    parser.add_argument("--stories", default="", help="only these; the page is not written")
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    names = [one for one in asked.stories.split(",") if one]
    attacked = [name for name in shipped_stories() if find_story(name).campaigns]
    prepare_kernels(SILENT)
    print(found_table([]), end="", flush=True)
    rows, hours = [], []
    for before, some in ((BEFORE, seeds), (COLD, seeds[:1])):
        seen: list[Seen] = []
        for row, first_day in measured(names or attacked, some, before):
            print(row.line, end="", flush=True)
            rows.append(row.line)
            seen += first_day
        hours += [hour_of(before, hour, seen).line for hour in HOURS]
    print("", hours_table(hours), sep="\n", flush=True)
    if names:
        return
    write(rows, hours, ",".join(map(str, seeds)))


def write(rows: Sequence[str], hours: Sequence[str], seeds: str) -> None:
    """Write the page and the picture of the rows of the two tables; what is said by hand stays."""
    # what is drawn and said follows from the tables as they are written
    found, path = found_rows(found_table(rows)), DOCS / "time-to-detection.md"
    by_hand = kept(path.read_text(encoding="utf-8") if path.exists() else "")
    path.write_text(page_of(found, hour_rows(hours_table(hours)), seeds, by_hand), encoding="utf-8")
    (DOCS / "time-to-detection.svg").write_text(draw(found), encoding="utf-8")


if __name__ == "__main__":
    main()
