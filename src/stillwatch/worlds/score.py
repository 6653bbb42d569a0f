"""Holds findings against the truth of a world: who was found, how well campaigns are told apart, and how soon."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.columns import EXCHANGE_ID
from stillwatch.world_errors import FindingsUnscorable
from stillwatch.worlds.truth import CAMPAIGN, Truth, is_text, read_parts, read_said

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A finding is about a campaign when it holds so many of its accounts; one may be chance.
_TELLING_COUNT = 2


@dataclass(frozen=True)
class Rates:
    """How much of what is said is true, and how much of what is true is said (both 0-1)."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Counted:
    """Rightly said, wrongly said, and not said."""

    tp: int
    fp: int
    fn: int

    @property
    def rates(self) -> Rates:
        """Precision and recall; 0 where nothing can be right."""
        return Rates(self.tp / max(1, self.tp + self.fp), self.tp / max(1, self.tp + self.fn))


@dataclass(frozen=True)
class TrueCampaign:
    """A campaign of the truth: how many of its accounts were found, and in which finding the most of them."""

    name: str
    accounts_count: int
    found_count: int
    campaign_id: str | None


@dataclass(frozen=True)
class Score:
    """Findings against a truth.

    Parameters
    ----------
    accounts
        Accounts of campaigns among those that the findings name.
    tn
        Honest accounts that no finding names.
    false_by_role
        Honest accounts that a finding names, by what they are in the story; most first.
    bcubed
        B-cubed over the accounts: how well campaigns are told apart.
    campaigns
        Those of the truth, largest first.
    campaigns_found
        Findings that name an account of this world.
    false_campaigns
        Those among them that hold no account of a campaign, in the order of ids.
    exchanges
        Extraction exchanges among those that the findings name; None where they name none.

    References
    ----------
    Bagga and Baldwin (1998), Entity-Based Cross-Document Coreferencing Using the Vector Space Model.
    """

    accounts: Counted
    tn: int
    false_by_role: dict[str, int]
    bcubed: Rates
    campaigns: tuple[TrueCampaign, ...]
    campaigns_found: int
    false_campaigns: tuple[str, ...]
    exchanges: Counted | None

    @property
    def honest_count(self) -> int:
        """Honest accounts of the world."""
        return self.accounts.fp + self.tn

    @property
    def honest_flagged_per_10k(self) -> float:
        """Honest accounts that a finding names, of each 10,000."""
        return 1e4 * self.accounts.fp / max(1, self.honest_count)

    def as_data(self) -> dict[str, Any]:
        """Return all figures by name, as JSON tells them."""
        rates, counts = self.accounts.rates, self.accounts
        data: dict[str, Any] = {
            "account_precision": rates.precision, "account_recall": rates.recall, "account_f1": rates.f1,
            "honest_flagged_per_10k": self.honest_flagged_per_10k,
            "tp": counts.tp, "fp": counts.fp, "fn": counts.fn, "tn": self.tn, "false_by_role": self.false_by_role,
            "bcubed_precision": self.bcubed.precision, "bcubed_recall": self.bcubed.recall, "bcubed_f1": self.bcubed.f1,
            "campaigns_true": len(self.campaigns), "campaigns_found": self.campaigns_found,
            "false_campaigns": len(self.false_campaigns), "false_campaign_ids": self.false_campaigns,
            "per_campaign_recall": {one.name: one.found_count / one.accounts_count for one in self.campaigns},
            "per_campaign_finding": {one.name: one.campaign_id for one in self.campaigns},
        }  # fmt: skip
        if self.exchanges is not None:
            data["exchange_precision"] = self.exchanges.rates.precision
            data["exchange_recall"] = self.exchanges.rates.recall
        return data


@dataclass(frozen=True)
class Detection:
    """When a campaign was first found: the last instant that the findings know of; None where it never was.

    `sent_share` (0-1) of its extraction exchanges had been asked by then. `hours` are counted from the first of them,
    and are negative where its accounts were found by their cover before.
    """

    campaign: str
    first_at: datetime | None
    detected_at: datetime | None
    hours: float | None
    sent_share: float | None


def score(truth: Truth, findings: Path, advance: Callable[[int], object] = lambda _: None) -> Score:
    """Hold findings against the truth of a world.

    An account of which two findings speak counts for the first of their ids. Accounts and exchanges that are not of
    this world are left out.

    Parameters
    ----------
    findings
        Folder with `accounts.parquet`, and with `exchanges.parquet` where the findings name exchanges.
    advance
        Told of how many more exchanges of the truth have been held against the findings.

    Raises
    ------
    TruthUnreadable, FindingsUnscorable
        A file is absent or damaged, or lacks a column; or no exchange of the findings is of this world.

    Notes
    -----
    Holds the ids of the exchanges that the findings name, some 30 bytes each, and parts of the truth. Where they name
    more than two million, time grows with the product of both.
    """
    named: dict[str, str] = {}
    for campaign_id, account in read_said(findings):
        named[account] = min(campaign_id, named.get(account, campaign_id))
    sizes, held, roles = Counter[str](), Counter[str](), Counter[str]()
    cells = Counter[tuple[str, str]]()
    for account, campaign, role in truth.accounts:
        said = named.get(account)
        if campaign is not None:
            sizes[campaign] += 1
        if said is not None:
            held[said] += 1
            if campaign is None:
                roles[role] += 1
            else:
                cells[campaign, said] += 1
    tp, fp, guilty = cells.total(), roles.total(), sizes.total()
    precise = sum(count**2 / held[said] for (_, said), count in cells.items()) / max(1, tp + fp)
    complete = sum(count**2 / sizes[campaign] for (campaign, _), count in cells.items()) / max(1, guilty)
    return Score(
        accounts=Counted(tp, fp, guilty - tp),
        tn=len(truth.accounts) - guilty - fp,
        false_by_role=dict(sorted(roles.items(), key=lambda one: (-one[1], one[0]))),
        bcubed=Rates(precise, complete),
        campaigns=_true_campaigns(sizes, cells),
        campaigns_found=len(held),
        false_campaigns=tuple(sorted(set(held) - {said for _, said in cells})),
        exchanges=_score_exchanges(truth, findings / "exchanges.parquet", advance),
    )


def _true_campaigns(sizes: Counter[str], cells: Counter[tuple[str, str]]) -> tuple[TrueCampaign, ...]:
    parts: dict[str, dict[str, int]] = defaultdict(dict)
    for (campaign, said), count in cells.items():
        parts[campaign][said] = count
    return tuple(
        TrueCampaign(
            name,
            sizes[name],
            sum(parts[name].values()),
            min(parts[name], key=lambda said: (-parts[name][said], said), default=None),
        )
        for name in sorted(sizes, key=lambda name: (-sizes[name], name))
    )


def _score_exchanges(truth: Truth, path: Path, advance: Callable[[int], object]) -> Counted | None:
    if not path.exists():
        return None
    # A table of all that is said would not be bounded, one of each part is: parts are compared with parts.
    said = [part[EXCHANGE_ID.name] for part in read_parts(FindingsUnscorable, path, {EXCHANGE_ID.name: is_text})]
    counts = np.zeros(3, np.int64)
    for part in truth.exchanges():
        bad = pc.is_valid(part[CAMPAIGN])
        hit = pc.and_not(bad, bad)
        for ids in said:
            hit = pc.or_(hit, pc.is_in(part[EXCHANGE_ID.name], value_set=ids, skip_nulls=True))
        counts += [_count(pc.and_(bad, hit)), _count(pc.and_not(hit, bad)), _count(pc.and_not(bad, hit))]
        advance(len(part))
    tp, fp, fn = counts.tolist()
    if any(map(len, said)) and not tp + fp:
        raise FindingsUnscorable(path, "exchanges of another world alone")
    return Counted(tp, fp, fn)


def _count(which: pa.ChunkedArray) -> int:
    return pc.sum(which).as_py() or 0


def detections(truth: Truth, findings: Sequence[tuple[datetime, Path]]) -> tuple[Detection, ...]:
    """Say when each campaign was found by findings of successive days.

    A campaign is found where one finding holds two of its accounts, or the only one that asked so far, and most of the
    finding's accounts are the campaign's.

    Parameters
    ----------
    findings
        The last instant that a scan read, and the folder of its findings; in any order.

    Returns
    -------
    tuple of Detection
        In the order of names.

    Raises
    ------
    TruthUnreadable, FindingsUnscorable
        A file is absent or damaged, or lacks a column; or nothing says when the exchanges were asked.
    """
    findings = sorted(findings)
    horizons = np.array([(at - _EPOCH) // _MICROSECOND for at, _ in findings], np.int64)
    caught = _first_found(truth, findings, horizons)
    first, sent = truth.sent(horizons)
    told = []
    for campaign in sorted({one.campaign for one in truth.accounts if one.campaign is not None}):
        began = _EPOCH + first[campaign] * _MICROSECOND if campaign in first else None
        at = caught.get(campaign)
        found = None if at is None else findings[at][0]
        hours = (found - began) / timedelta(hours=1) if found and began else None
        share = None if at is None or began is None else float(sent[campaign][: at + 1].sum() / sent[campaign].sum())
        told.append(Detection(campaign, began, found, hours, share))
    return tuple(told)


def _first_found(
    truth: Truth, findings: Sequence[tuple[datetime, Path]], horizons: npt.NDArray[np.int64]
) -> dict[str, int]:
    """Return for each campaign that was found the number of the first findings that tell of it."""
    campaigns = {one.account_id: one.campaign for one in truth.accounts if one.campaign is not None}
    first_asked = cache(truth.first_asked)

    def active_count(campaign: str, horizon: int) -> int:
        asked = first_asked()
        members = (account for account, its in campaigns.items() if its == campaign)
        return sum(asked is None or asked.get(account, horizon + 1) <= horizon for account in members)

    caught: dict[str, int] = {}
    for number, (_, folder) in enumerate(findings):
        finding_accounts: dict[str, set[str]] = defaultdict(set)
        for campaign_id, account in read_said(folder):
            finding_accounts[campaign_id].add(account)
        for accounts in finding_accounts.values():
            held = Counter(campaigns[account] for account in accounts if account in campaigns)
            for campaign, count in held.items():
                if 2 * count <= len(accounts) or campaign in caught:
                    continue
                if count >= _TELLING_COUNT or active_count(campaign, int(horizons[number])) == 1:
                    caught[campaign] = number
    return caught
