"""A world: simulated exchanges with the truth about them, made from a story and written as files."""

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.errors import StoryUnknown
from stillwatch.tables import EXCHANGES
from stillwatch.worlds.accounts import Account
from stillwatch.worlds.calendar import Release
from stillwatch.worlds.calls import hexadecimal
from stillwatch.worlds.recording import Plan, plan_visits, record_exchanges
from stillwatch.worlds.seeds import seed_of
from stillwatch.worlds.stories import STORIES
from stillwatch.worlds.story import Story


@dataclass(frozen=True)
class World:
    """Exchanges with their truth.

    Parameters
    ----------
    exchanges
        Table `exchanges`, in the order of time.
    truth_accounts
        `account_id`, `campaign` (null for the honest), `role`; in the order of ids.
    truth_exchanges
        `exchange_id`, `campaign` (null for the honest, and for a campaign's cover); in the order of `exchanges`.
    releases
        Models released meanwhile.
    prices
        Price of a million tokens of input and of output by model, in dollars.
    """

    exchanges: pa.Table
    truth_accounts: pa.Table
    truth_exchanges: pa.Table
    releases: tuple[Release, ...]
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def make_world(story: str | Story, *, seed: int = 1, scale: float = 1.0) -> World:
    """Make a world from a story. The same arguments give the same world, byte for byte.

    Parameters
    ----------
    story
        Name of a story that ships, or a story.
    seed
        Another seed, another world of the same story.
    scale
        Factor on the numbers of accounts. Accounts that a smaller world holds are the same in a larger one.

    Raises
    ------
    StoryUnknown
        No story that ships has this name.

    Examples
    --------
    >>> make_world("one_office", scale=0.1).truth_accounts.column_names
    ['account_id', 'campaign', 'role']
    """
    if isinstance(story, str):
        if story not in STORIES:
            raise StoryUnknown(story, sorted(STORIES))
        story = STORIES[story]
    accounts = open_accounts(story, seed=seed, scale=scale)
    plan = plan_visits(accounts)
    exchanges = pa.Table.from_batches(record_exchanges(plan, story.calendar), EXCHANGES.schema)
    return World(exchanges, _account_truth(accounts), _exchange_truth(plan), story.calendar.releases, story.prices)


def open_accounts(story: Story, *, seed: int, scale: float) -> list[Account]:
    """Return the accounts of a story that ask anything, in the order of their ids."""
    accounts: list[Account] = []
    for kind, count in story.population:
        for number in range(max(1, round(count * scale))):
            accounts += kind.accounts(story.calendar, seed_of(seed, repr(kind), number))
    for campaign in story.campaigns:
        accounts += campaign.accounts(story.calendar, seed_of(seed, "campaign", campaign.name), scale)
    return sorted((account for account in accounts if len(account.visits)), key=lambda account: account.seed)


def _account_truth(accounts: Iterable[Account]) -> pa.Table:
    rows = sorted((account.account_id, account.campaign, account.role) for account in accounts)
    names = ("account_id", "campaign", "role")
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})


def _exchange_truth(plan: Plan) -> pa.Table:
    campaigns = pa.array([account.campaign for account in plan.accounts], pa.string()).take(pa.array(plan.account))
    extraction = pa.array(plan.visits["extraction"])
    return pa.table(
        {
            "exchange_id": hexadecimal("x", plan.visits["seed"]),
            "campaign": pc.if_else(extraction, campaigns, pa.scalar(None, pa.string())),
        }
    )


def write_world(world: World, folder: Path) -> None:
    """Write a world as Parquet and JSON files. A file stands under its name only when it is whole.

    Parameters
    ----------
    folder
        Made when absent. Gets `exchanges.parquet`, `truth_accounts.parquet`, `truth_exchanges.parquet`,
        `releases.json`, and `prices.json` where the story has prices.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("exchanges", "truth_accounts", "truth_exchanges"):
        _write(folder / f"{name}.parquet", partial(_write_parquet, getattr(world, name)))
    releases = [{"model": r.model, "time": r.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} for r in world.releases]
    _write(folder / "releases.json", lambda path: path.write_text(json.dumps(releases) + "\n", encoding="utf-8"))
    if world.prices:
        prices = {model: {"input": price[0], "output": price[1]} for model, price in world.prices.items()}
        _write(folder / "prices.json", lambda path: path.write_text(json.dumps(prices) + "\n", encoding="utf-8"))


def _write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=65_536)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        write(unfinished)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
