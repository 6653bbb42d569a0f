"""Small worlds composed of shipped kinds and campaigns, marked by the real stage, and a bench with the real engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Any

import pyarrow as pa

from stillwatch.campaigns.gather import Gathered, gather_campaigns
from stillwatch.campaigns.settings import Gathering
from stillwatch.engine.duck import DuckEngine
from stillwatch.findings.candidates import Case
from stillwatch.findings.settings import Declared, Judging
from stillwatch.links.settings import Linking
from stillwatch.links.shown import Shown, read_shown
from stillwatch.marks.families import gather_families
from stillwatch.marks.mark import mark_exchanges
from stillwatch.tables import ADDRESS_RANGES, DISPOSABLE_DOMAINS, MARKS, WORDINGS
from stillwatch.traits.acts import read_acts
from stillwatch.traits.registry import all_profiles, all_traits
from stillwatch.traits.shared import COUNTS, find_shared_traits
from stillwatch.traits.views import show_exchanges
from stillwatch.worlds import Calendar, Story, make_world
from stillwatch.worlds.calendar import Hours
from stillwatch.worlds.campaigns.campaign import Campaign, Cover, Forwarding, Hiding, Intent, Pace, Work
from stillwatch.worlds.honest.app import App
from stillwatch.worlds.honest.developer import Developer
from stillwatch.worlds.honest.office import Office
from stillwatch.worlds.honest.person import Person
from stillwatch.worlds.honest.university import UniversityClass
from stillwatch.worlds.story import Population, Share

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = Calendar(date(2026, 3, 2), 7)
RELEASES = pa.schema([("model", pa.string()), ("released", pa.timestamp("us"))])
HARVESTED = ("reasoning elicitation", "rubric judging", "synthetic data", "agentic", "sensitive rewriting")
Row = dict[str, Any]


@dataclass(frozen=True)
class Queue:
    """A job queue over accounts from small pools: it harvests round the clock from few templates, among cover."""

    accounts: int = 20
    asked: int = 40
    cover: float = 0.0
    wants: tuple[Intent, ...] = ("reasoning", "rubric", "synthetic")
    hours: Hours = "always"
    until_day: float | None = None
    name: str = "queue"

    def campaign(self) -> Campaign:
        harvested = round(self.accounts * self.asked * (1 - self.cover))
        return Campaign(
            self.name, self.accounts, harvested, dict.fromkeys(self.wants, 1.0), work=Work(turns=1.0),
            pace=Pace(hours=self.hours, until_day=self.until_day), cover=Cover(self.cover),
            hiding=Hiding(addresses=6, cards=4, stacks=1, pooled_share=1.0),
        )  # fmt: skip


@dataclass(frozen=True)
class Relay:
    """A firm that forwards its people's talks: turns hop between accounts, with signed reasoning."""

    accounts: int = 15
    asked: int = 60
    name: str = "relay"

    def campaign(self) -> Campaign:
        return Campaign(
            self.name, self.accounts, self.accounts * self.asked,
            hiding=Hiding(addresses=5, cards=3, stacks=1, pooled_share=1.0),
            forwarding=Forwarding(share=1.0, people=120, replays=True),
        )  # fmt: skip


Part = Share | Queue | Relay


def strangers(count: int) -> tuple[Share, ...]:
    """People, some of whom pay, and developers on popular agents."""
    free, coding = round(count * 0.25), round(count * 0.15)
    return (
        Share(Person(), count - free - coding), Share(Person(pays=False), free), Share(Developer(), coding),
    )  # fmt: skip


def apps(count: int, calls: float = 60.0) -> Share:
    """Applications round the clock, alike in size."""
    return Share(App(calls=calls, tail=0.01, hours="always"), count)


def office(seats: int = 15) -> Share:
    """A firm that nobody declared."""
    return Share(Office(seats=seats, declared=False), seats)


def school_class(students: int = 20) -> Share:
    return Share(UniversityClass(students), students)


@dataclass(frozen=True, eq=False)
class SmallWorld:
    """The marks of a world, with its truth."""

    marks: pa.Table
    truth_accounts: pa.Table
    truth_exchanges: pa.Table

    def of(self, *names: str) -> list[str]:
        """Return the accounts of campaigns, or of honest kinds by their role, sorted."""
        rows = self.truth_accounts.to_pylist()
        return sorted(row["account_id"] for row in rows if (row["campaign"] or row["role"]) in names)

    def extraction(self, campaign: str) -> set[str]:
        """Return the exchanges that are extraction of a campaign."""
        return {row["exchange_id"] for row in self.truth_exchanges.to_pylist() if row["campaign"] == campaign}

    def asked_by(self, *names: str) -> set[str]:
        """Return the exchanges of accounts."""
        accounts = set(self.of(*names))
        return {row["exchange_id"] for row in self.rows if row["account_id"] in accounts}

    @cached_property
    def rows(self) -> list[Row]:
        """All columns but the wide ones, row by row."""
        return self.marks.drop(["wording_sketch", "wording_vector", "meaning_vector", "intent_scores"]).to_pylist()

    def changed(self, marks: pa.Table) -> "SmallWorld":
        """Return the same truth of other marks."""
        return SmallWorld(marks, self.truth_accounts, self.truth_exchanges)


@cache
def made(*parts: Part, seed: int = 1) -> SmallWorld:
    """Make a world of a week and mark it, once for all tests."""
    shares = tuple(one for one in parts if isinstance(one, Share))
    campaigns = tuple(one.campaign() for one in parts if not isinstance(one, Share))
    accounts = round(sum(one.share for one in shares))
    world = make_world(
        Story("small", "", WEEK, Population(shares, accounts, fewest_accounts=1), campaigns), seed=seed, scale=1.0
    )
    marks = [mark_exchanges(batch, key=bytes(16)) for batch in world.exchanges.to_batches()]
    return SmallWorld(pa.Table.from_batches(marks, MARKS.schema), world.truth_accounts, world.truth_exchanges)


def rows_of(rows: Iterable[Row]) -> pa.Table:
    """Return hand-made rows as marks: ids where they have none, null in all that they do not give."""
    named = [{"exchange_id": f"e{place:06}", "asked_at": MIDNIGHT, **row} for place, row in enumerate(rows)]
    return pa.Table.from_pylist(named, schema=MARKS.schema)


def without(marks: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return the marks with nothing in these columns."""
    nothing = [pa.nulls(len(marks), one.type) if one.name in columns else marks[one.name] for one in marks.schema]
    return pa.table(nothing, schema=marks.schema)


class Bench:
    """The embedded engine with the tables of one world at a time."""

    def __init__(self, engine: DuckEngine) -> None:
        self.engine = engine
        self._acts: dict[str, Any] = {}

    def show(self, marks: pa.Table, organisations: Mapping[str, str] | None = None) -> Shown:
        """Let the engine know the marks, and find all that their accounts show."""
        self.engine.name("marks", marks)
        self.engine.name("families", gather_families(self._wordings()))
        for name, table in (
            ("releases", RELEASES.empty_table()), ("address_ranges", ADDRESS_RANGES.empty()),
            ("disposable_domains", DISPOSABLE_DOMAINS.empty()),
        ):  # fmt: skip
            self.engine.name(name, table)
        show_exchanges(self.engine)
        find_shared_traits(self.engine, [])
        owned = organisations or {}
        orgs = pa.table(
            {"account_id": pa.array(owned.keys(), pa.string()), "org_id": pa.array(owned.values(), pa.string())}
        )
        shown = read_shown(self.engine, all_traits(), all_profiles(), orgs, counts=COUNTS)
        self._acts = read_acts(self.engine, shown.accounts)
        return shown

    def gather(self, shown: Shown) -> Gathered:
        return gather_campaigns(shown, Linking(), Gathering(), **self._acts)

    def case(self, shown: Shown, gathered: Gathered, **given: Any) -> Case:
        whole = {"declared": Declared(), "judging": Judging()} | given
        return Case(self.engine, shown, gathered, **whole)

    def name_accounts(self, table: str, accounts: Sequence[str]) -> None:
        self.engine.name(table, pa.table({"account_id": pa.array(accounts, pa.string())}))

    def name_members(self, *campaigns: Sequence[str]) -> None:
        """Name the accounts of campaigns, which are numbered from 0."""
        rows = [(number, account) for number, accounts in enumerate(campaigns) for account in accounts]
        numbers, accounts = (
            pa.array([row[at] for row in rows], kind) for at, kind in enumerate((pa.int64(), pa.string()))
        )
        self.engine.name("members", pa.table({"campaign": numbers, "account_id": accounts}))

    def _wordings(self) -> pa.Table:
        return self.engine.sql(
            """SELECT prompt_digest, min(wording_sketch) AS wording_sketch, max(words_count) AS words_count,
                      count(*) AS exchanges_count
               FROM marks WHERE prompt_digest IS NOT NULL AND words_count > 0 GROUP BY prompt_digest"""
        ).cast(WORDINGS.schema)
