"""What a campaign wants, how it works and how it hides: every behaviour is a knob, and all can be mixed."""

from dataclasses import dataclass, replace
from typing import Literal

from stillwatch.worlds.calendar import Hours
from stillwatch.worlds.knobs import FEBRUARY, MILLION, OURS, RELAYS, SEPTEMBER, knob
from stillwatch.worlds.visits import LONGEST_TURNS

Intent = Literal["reasoning", "rubric", "synthetic", "trajectory", "tools", "coding", "analysis", "sensitive", "vision"]
Language = Literal["es", "de", "zh", "ja"]
Wording = Literal["verbatim", "paraphrased", "none"]

POOLS = ("addresses", "cards", "domains", "stacks")
MOST_EXCHANGES = 1000 * MILLION
SHORTEST_DAYS = 0.05


@dataclass(frozen=True)
class Work:
    """The pool of prompts that a campaign works through, dealt out as jobs."""

    wording: Wording = knob(
        "templates word by word, in other words each time, or none at all",
        unit="`verbatim`, `paraphrased` or `none`", source=FEBRUARY, default="verbatim",
    )  # fmt: skip
    templates: int = knob("different templates for each target", unit="templates", source=FEBRUARY, default=3)
    languages: dict[Language, float] = knob(
        "languages other than English in which jobs are put, and their shares", unit="shares, 0-1", factory=dict, most=1
    )
    turns: float = knob("mean turns of a job", unit="turns", default=1.9, least=1, most=LONGEST_TURNS)
    samples: int = knob("answers harvested for each prompt: rejection sampling", unit="exchanges", default=1)
    dealing: Literal["round robin", "random"] = knob(
        "how jobs go to accounts: in turn, as a load balancer deals, or by chance",
        unit="`round robin` or `random`", source=FEBRUARY, default="round robin",
    )  # fmt: skip
    probing_share: float = knob(
        "share of the exchanges that try out variants of instructions before the harvest begins",
        unit="0-1", source=SEPTEMBER, default=0.0,
    )  # fmt: skip
    probing_days: float = knob("how long the probing takes", unit="days", source=OURS, default=1.5, least=SHORTEST_DAYS)


@dataclass(frozen=True)
class Pace:
    """When a campaign works."""

    hours: Hours = knob(
        "`always` for a queue round the clock, else human hours", unit="`evening`, `office`, `night` or `always`",
        source=FEBRUARY, default="always",
    )  # fmt: skip
    offset_h: int = knob("local time less UTC where it works", unit="whole hours", default=8, least=-12, most=14)
    from_day: float = knob("when it begins", unit="days after the first", default=0.0)
    until_day: float | None = knob("when it ends; left out: with the world", unit="days after the first", default=None)
    rise: float = knob(
        "pace at the end over the pace at the beginning", unit="ratio", source=SEPTEMBER, default=1.0, most=1000
    )
    swings: float = knob(
        "spread of the pace from hour to hour, of its natural logarithm: queues stall and catch up",
        unit="standard deviation", default=0.3, most=10,
    )  # fmt: skip
    works_h: float | None = knob(
        "how long all accounts work before they rest together; left out: they never do", unit="hours",
        source=FEBRUARY, default=None, least=0.1,
    )  # fmt: skip
    rests_h: float = knob("how long they rest together", unit="hours", source=FEBRUARY, default=4.0)
    pivot_h: float | None = knob(
        "hours within which all accounts turn to a released model; left out: at the public's pace", unit="hours",
        source=FEBRUARY, default=None,
    )  # fmt: skip
    retreat_day: float | None = knob(
        "when all accounts turn to the oldest model; left out: never", unit="days after the first", default=None
    )

    def ends_day(self, days: int) -> float:
        """Return when a campaign ends in a world of so many days, in days after the first."""
        return days if self.until_day is None else self.until_day


@dataclass(frozen=True)
class Hiding:
    """How the accounts are provided for: from shared pools; what is left out is single-use, as a stranger's."""

    addresses: int | None = knob("addresses in the pool", unit="addresses", default=None)
    cards: int | None = knob("payment cards in the pool", unit="cards", source=FEBRUARY, default=None)
    domains: int | None = knob("mail domains in the pool", unit="domains", default=None)
    stacks: int | None = knob("builds of client programs in the pool", unit="builds", source=RELAYS, default=None)
    access_paths: int | None = knob("access paths that the accounts use", unit="paths", source=FEBRUARY, default=None)
    pooled_share: float = knob("share of the accounts that draw from each pool", unit="0-1", default=0.85)
    aged_share: float = knob(
        "share of the accounts that are bought, and as old as strangers' are; the others are opened for the work",
        unit="0-1", default=0.25,
    )  # fmt: skip
    closed_daily_share: float = knob(
        "share of the accounts that the operator closes in a day, each replaced at once",
        unit="0-1", source=FEBRUARY, default=0.0,
    )  # fmt: skip
    swept_days: tuple[float, ...] = knob(
        "days on which the operator closes many accounts at once", unit="days after the first", default=()
    )
    swept_share: float = knob("share of the accounts that a sweep closes", unit="0-1", default=0.9)
    successor_h: float = knob(
        "most time until a closed account's successor is at work", unit="hours", source=FEBRUARY, default=1.5
    )

    def without(self, pool: str) -> "Hiding":
        """Return the same without one of its pools: what came from it is single-use."""
        return replace(self, **dict.fromkeys([pool]))  # type: ignore[arg-type]  # None is what a pool may be

    def resized(self, ratio: float) -> "Hiding":
        """Return the same for so many times the accounts: each pool holds as many accounts on one thing as before."""
        sizes = {name: getattr(self, name) for name in POOLS}
        pools = {name: max(min(size, 2), round(size * ratio)) for name, size in sizes.items() if size is not None}
        return replace(self, **pools)


@dataclass(frozen=True)
class Cover:
    """Unrelated people's requests in the same accounts."""

    share: float = knob("share of the accounts' exchanges that are cover", unit="0-1", source=FEBRUARY, default=0.0)
    turns: float = knob("mean turns of their conversations", unit="turns", default=2.4, least=1, most=LONGEST_TURNS)


@dataclass(frozen=True)
class Forwarding:
    """A firm's own people's conversations, forwarded; the answers are kept, so all of it is extraction."""

    share: float = knob(
        "share of the campaign's exchanges that are forwarded conversations, not jobs of the pool",
        unit="0-1", source=SEPTEMBER, default=0.0,
    )  # fmt: skip
    people: int = knob("the firm's own people", unit="people", source=SEPTEMBER, default=400)
    turns: float = knob("mean turns of a conversation", unit="turns", default=3.2, least=1, most=LONGEST_TURNS)
    hop_share: float = knob(
        "share of later turns that go to another account than the turn before", unit="0-1", source=RELAYS, default=0.4
    )
    replays: bool = knob(
        "whether signed reasoning of one account is sent with another", unit="true or false", source=SEPTEMBER,
        default=False,
    )  # fmt: skip
    coders_share: float = knob(
        "share of the firm's people who use a coding agent; the others ask what people ask",
        unit="0-1", default=0.3,
    )  # fmt: skip


@dataclass(frozen=True)
class Adapting:
    """An operator reviews and closes; the campaign sees which accounts are closed and changes what gave them away."""

    every_days: float = knob("days from one review to the next", unit="days", default=2.0, least=SHORTEST_DAYS)
    closed_share: float = knob("share of the accounts a rule points at that a review closes", unit="0-1", default=0.7)


@dataclass(frozen=True)
class Campaign:
    """One operator of many accounts, or of one."""

    name: str = knob("the name under which the truth lists it", unit="text")
    accounts: int = knob("accounts at work at any time", unit="accounts", source=FEBRUARY)
    exchanges: int = knob(
        "exchanges of extraction over the whole story", unit="exchanges", source=FEBRUARY, most=MOST_EXCHANGES
    )
    wants: dict[Intent, float] = knob(
        "targets and their shares", unit="shares, 0-1", source=FEBRUARY, factory=dict, most=1
    )
    fewest_accounts: int = knob(
        "accounts that it keeps however small the world is, so that it stays a campaign", unit="accounts", default=1
    )
    work: Work = knob("its pool of prompts", unit="table", factory=Work)
    pace: Pace = knob("when it works", unit="table", factory=Pace)
    hiding: Hiding = knob("how its accounts are provided for", unit="table", factory=Hiding)
    cover: Cover = knob("unrelated requests in the same accounts", unit="table", factory=Cover)
    forwarding: Forwarding = knob("its own people's conversations", unit="table", factory=Forwarding)
    adapting: Adapting | None = knob(
        "whether it learns from what is closed; left out: it does not", unit="table", default=None
    )

    @property
    def cover_exchanges(self) -> float:
        """Exchanges of cover that stand beside those of extraction."""
        return self.exchanges * self.cover.share / (1 - self.cover.share) if self.cover.share < 1 else 0.0

    @property
    def meaningful(self) -> frozenset[str]:
        """Columns in which what the campaign does is visible by itself, each for a tactic that shows there."""
        work, pace, hiding, forwarding = self.work, self.pace, self.hiding, self.forwarding
        asks, replaced = forwarding.share < 1, hiding.closed_daily_share or hiding.swept_days or self.adapting
        shown = {
            "ip asn": hiding.addresses,
            "payment_hash": hiding.cards,
            "email_domain": hiding.domains,
            "user_agent ja4": hiding.stacks,
            "access_path": hiding.access_paths,
            "account_created_at": hiding.aged_share < 1 or replaced,
            "asked_at": replace(pace, pivot_h=None, retreat_day=None) != Pace() or work.probing_share,
            "model": pace.pivot_h is not None or pace.retreat_day is not None,
            "prompt_text response_text input_tokens": asks or forwarding.coders_share > Forwarding.coders_share,
            "has_image": asks and self.wants.get("vision"),
            "turn history_digests cached_input_tokens": asks and (work.turns != Work.turns or work.probing_share),
            # what is replayed must first be shown, in every account
            "reasoning_signatures reasoning_text": forwarding.share and forwarding.replays,
        }
        return frozenset(column for columns, why in shown.items() if why for column in columns.split())
