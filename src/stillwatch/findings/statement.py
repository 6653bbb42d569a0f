"""What a finding says: the values that the report, the JSON files and `explain` all read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: what was seen, what strangers show, and how much that weighs.

    `kind` is `coordination` or `extraction`; `bits` add up within a kind over the pieces of a finding.
    """

    kind: str
    trait: str
    family: str
    bits: float
    accounts_count: int
    seen: str
    expected: str
    honest_reasons: tuple[str, ...]
    evasion: str
    example_exchange_ids: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Why one account is held for a member: what it agrees in with the others, and how few strangers do as much.

    The bits of an account's reasons sum to its membership.
    """

    account_id: str
    trait: str
    family: str
    bits: float
    seen: str
    expected: str
    honest_reasons: tuple[str, ...]
    example_exchange_ids: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """One account of a campaign; `extraction_count` leaves its cover traffic out."""

    account_id: str
    membership_bits: float
    first_seen_at: datetime
    last_seen_at: datetime
    exchanges_count: int
    extraction_count: int


@dataclass(frozen=True)
class Tie:
    """An edge of the account graph: the bits that tie two accounts, and the traits they come from."""

    account_a: str
    account_b: str
    bits: float
    traits: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """How much of the campaign's traffic wants one thing, against the public's traffic (shares 0-1)."""

    intent: str
    campaign_share: float
    public_share: float


@dataclass(frozen=True)
class Activity:
    """Exchanges in the hour that begins at `hour_at` (UTC); hours without any are absent."""

    hour_at: datetime
    exchanges_count: int
    extraction_count: int


@dataclass(frozen=True)
class Pivot:
    """How much of a campaign had turned to a model within a day, against the public.

    Shares (0-1) are of accounts, by the latest request of each in the 24 hours from `released_at` on. Where the
    campaign turned `back`, to a model that was there before, that is the beginning of the UTC day on which it did.
    `bits` tell how surprising that is of an honest group; the counts are of the campaign's accounts that asked then.
    """

    model: str
    released_at: datetime
    campaign_share: float
    public_share: float
    bits: float
    back: bool = False
    moved_count: int = 0
    judged_count: int = 0


@dataclass(frozen=True)
class Taken:
    """What the extraction exchanges took; `cost` is None where no prices were given, or not of each model taken.

    `unpriced` are the models without a price, where others have one.
    """

    exchanges_count: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost: float | None
    currency: str | None
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """An indicator from the operator's own list that the campaign shows. A match, never an attribution."""

    actor: str
    indicator: str
    source: str
    accounts_count: int


@dataclass(frozen=True)
class Example:
    """One exchange to look at; `text` is None unless the operator asked for text."""

    exchange_id: str
    account_id: str
    asked_at: datetime
    model: str | None
    intent: str
    text: str | None


@dataclass(frozen=True)
class Finding:
    """A statement about a campaign that a person can check. Its identity is the claim and the accounts.

    `kind` is `campaign` or `campaign of one`. Members are sorted by membership, strongest first; evidence by kind, then
    bits; activity by hour. `honest_reasons` gathers those of every trait that the finding rests on.
    """

    campaign_id: str
    kind: str
    statement: str
    confidence: float
    coordination_bits: float
    extraction_bits: float
    false_alarm_rate: float
    first_seen_at: datetime
    last_seen_at: datetime
    exchanges_count: int
    members: tuple[Member, ...]
    evidence: tuple[Evidence, ...]
    ties: tuple[Tie, ...]
    targets: tuple[Target, ...]
    activity: tuple[Activity, ...]
    pivots: tuple[Pivot, ...]
    taken: Taken
    matches: tuple[Match, ...]
    honest_reasons: tuple[str, ...]
    next_steps: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Release:
    """A model that the operator released, as `--releases` names it."""

    model: str
    at: datetime


@dataclass(frozen=True)
class Input:
    """One log file that was read: its path as given, its reader, and the SHA-256 of its bytes."""

    path: str
    format: str
    sha256: str
    rows_count: int
    set_aside_count: int


@dataclass(frozen=True)
class Unmet:
    """Names that the operator gave in one place, and that the logs do not show: how many of how many, and a few."""

    place: str
    unmet_count: int
    given_count: int
    examples: tuple[str, ...]


FEWEST_BELIEVED = 300
"""Accounts believed honest below which no scan has been measured."""


@dataclass(frozen=True)
class ScanSummary:
    """What a scan read and judged: the part of the report that is not about one campaign.

    `passed_over` are files in the folders given that were not read, since they are not named like logs. `unpriced` are
    the models that campaigns took and that have no price, where others have one.
    """

    version: str
    inputs: tuple[Input, ...]
    rows_count: int
    set_aside: tuple[tuple[str, int], ...]
    repeated_count: int
    accounts_count: int
    exchanges_count: int
    first_asked_at: datetime
    last_asked_at: datetime
    releases: tuple[Release, ...]
    candidates_count: int
    cleared: tuple[tuple[str, int], ...]
    blind_traits: tuple[tuple[str, str], ...]
    reference_accounts_count: int
    false_discovery_rate: float
    keyed: bool
    unmet: tuple[Unmet, ...] = ()
    fewest_families: int = 2
    passed_over: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()

    @property
    def learned_from_few(self) -> bool:
        """Whether what strangers share was learned from fewer accounts than any scan was measured with."""
        return self.reference_accounts_count < FEWEST_BELIEVED


def with_texts(finding: Finding, texts: Mapping[str, str]) -> Finding:
    """Return the finding with the texts of its example exchanges."""
    return replace(finding, examples=tuple(replace(one, text=texts.get(one.exchange_id)) for one in finding.examples))
