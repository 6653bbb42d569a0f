"""Worlds in memory, marked once; the stages of a scan are run over as much of their time as is wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.engine import open_engine
from stillwatch.engine.base import Engine
from stillwatch.findings.candidates import Case
from stillwatch.findings.judge import Ints
from stillwatch.findings.statement import Release
from stillwatch.links.shown import read_shown
from stillwatch.marks.families import gather_families
from stillwatch.marks.mark import mark_exchanges
from stillwatch.settings import PUBLIC_KEY, Settings
from stillwatch.tables import ADDRESS_RANGES, DISPOSABLE_DOMAINS, MARKS, WORDINGS
from stillwatch.traits.acts import read_acts
from stillwatch.traits.registry import all_profiles, all_traits
from stillwatch.traits.shared import COUNTS, find_shared_traits
from stillwatch.traits.views import show_exchanges
from stillwatch.worlds import Story, make_world

SETTINGS = Settings()


@dataclass(frozen=True, eq=False)
class Marked:
    """The marks of a world, with its truth.

    Attributes
    ----------
    campaigns
        Account -> its campaign; accounts that are not here are honest.
    extraction
        Columns `campaign`, `account_id` and `asked_at` of each exchange that is extraction, in the order of time.
    """

    story: str
    seed: int
    marks: pa.Table
    campaigns: dict[str, str]
    extraction: pa.Table
    releases: tuple[Release, ...]

    def campaign_of(self, accounts: pa.Array) -> np.ndarray:
        """Return the campaign of each account, empty where it is honest."""
        return np.array([self.campaigns.get(one, "") for one in accounts.to_pylist()])


def marked(story: Story, seed: int) -> Marked:
    """Make a world and mark all of it."""
    world = make_world(story, seed=seed)
    marks = [mark_exchanges(batch, key=PUBLIC_KEY) for batch in world.exchanges.to_batches()]
    truth = world.truth_accounts.to_pylist()
    asked = world.exchanges.select(["account_id", "asked_at"]).append_column(
        "campaign", world.truth_exchanges["campaign"]
    )
    return Marked(
        story.name, seed, pa.Table.from_batches(marks, MARKS.schema),
        {row["account_id"]: row["campaign"] for row in truth if row["campaign"]},
        asked.filter(pc.is_valid(asked["campaign"])),
        tuple(Release(one.model, one.at) for one in world.releases),
    )  # fmt: skip


@contextmanager
def case_of(world: Marked, until: datetime | None = None) -> Iterator[Case]:
    """Run the stages up to the gathered groups, with the default settings, over what was asked before `until`."""
    marks = world.marks
    releases = world.releases
    if until is not None:
        marks = marks.filter(pc.less(marks["asked_at"], pa.scalar(until, marks["asked_at"].type)))
        releases = tuple(one for one in releases if one.at < until)
    with open_engine(memory_bytes=2 << 30, threads=2) as engine:
        _name_tables(engine, marks, releases)
        show_exchanges(engine)
        find_shared_traits(engine, ())
        owned = engine.sql(
            """SELECT account_id, min(org_id) AS org_id FROM exchange WHERE org_id IS NOT NULL
               GROUP BY account_id ORDER BY account_id"""
        )
        shown = read_shown(engine, all_traits(), all_profiles(), owned, counts=COUNTS)
        gathered = gather_campaigns(
            shown, SETTINGS.linking, SETTINGS.gathering, **read_acts(engine, shown.accounts)
        )  # fmt: skip
        names = dict(zip(owned["account_id"].to_pylist(), owned["org_id"].to_pylist(), strict=True))
        yield Case(engine, shown, gathered, SETTINGS.declared, SETTINGS.judging, releases, (), names)


def mostly_of(accounts: Ints, campaigns: np.ndarray) -> str:
    """Return the campaign of more than half of the accounts; empty where there is none."""
    names, counts = np.unique(campaigns[accounts], return_counts=True)
    most = int(counts.argmax())
    return str(names[most]) if 2 * counts[most] > len(accounts) else ""


def _name_tables(engine: Engine, marks: pa.Table, releases: tuple[Release, ...]) -> None:
    engine.name("marks", marks)
    wordings = engine.sql(
        """SELECT prompt_digest, min(wording_sketch) AS wording_sketch, max(words_count) AS words_count,
                  count(*) AS exchanges_count
           FROM marks WHERE prompt_digest IS NOT NULL AND words_count > 0 GROUP BY prompt_digest"""
    )
    engine.name("families", gather_families(wordings.cast(WORDINGS.schema)))
    released = [int(one.at.timestamp() * 1e6) for one in releases]
    named = [pa.array([one.model for one in releases], pa.string()), pa.array(released, pa.timestamp("us"))]
    engine.name("releases", pa.table(named, names=["model", "released"]))
    engine.name("address_ranges", ADDRESS_RANGES.empty())
    engine.name("disposable_domains", DISPOSABLE_DOMAINS.empty())
