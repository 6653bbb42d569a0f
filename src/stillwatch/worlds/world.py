"""A world in memory: simulated exchanges with the truth about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.tables import EXCHANGES, TRUTH_ACCOUNTS, TRUTH_EXCHANGES
from stillwatch.worlds.calendar import Release
from stillwatch.worlds.planning import plan_story
from stillwatch.worlds.recording import Batch, Recorder
from stillwatch.worlds.registry import Known
from stillwatch.worlds.story import Price, Story, find_story


@dataclass(frozen=True)
class World:
    """Exchanges with their truth.

    Parameters
    ----------
    exchanges
        Table `exchanges`, in the order of time.
    truth_accounts
        Table `truth_accounts`, in the order of ids.
    truth_exchanges
        Table `truth_exchanges`, in the order of `exchanges`.
    releases
        Models released meanwhile.
    prices
        What a million tokens cost, by model.
    """

    exchanges: pa.Table
    truth_accounts: pa.Table
    truth_exchanges: pa.Table
    releases: tuple[Release, ...]
    prices: Mapping[str, Price] = field(default_factory=dict)


def make_world(story: str | Story, *, seed: int = 1, scale: float | None = None) -> World:
    """Make a world in memory. The same arguments give the same world, byte for byte.

    Parameters
    ----------
    story
        Name of a story that ships, path of a story's file, or a story.
    seed
        Another seed, another world of the same story.
    scale
        Factor on the numbers of accounts and exchanges; None: the scale at which the story is rehearsed. Honest
        accounts that a smaller world holds are the same in a larger one.

    Raises
    ------
    StoryUnknown
        No story that ships has this name.
    BadStory
        The file cannot be read, or has faults.

    Examples
    --------
    >>> make_world("one_office", scale=0.1).truth_accounts.column_names
    ['account_id', 'campaign', 'role', 'closed_at']
    """
    if isinstance(story, str):
        story = find_story(story)
    with plan_story(story, seed=seed, scale=story.rehearsal_scale if scale is None else scale) as plan:
        batches = list(Recorder.of(plan).batches(plan))
    seen = np.zeros(len(plan.known.accounts["seed"]), np.int64)
    for batch in batches:
        seen += np.bincount(batch.visits["account"], minlength=len(seen))
    return World(
        pa.Table.from_batches([batch.recorded.exchanges for batch in batches], EXCHANGES.schema),
        account_truth(plan.known, seen),
        pa.Table.from_batches([exchange_truth(batch, plan.known) for batch in batches], TRUTH_EXCHANGES.schema),
        story.calendar.releases,
        story.prices,
    )


def account_truth(known: Known, seen: npt.NDArray[np.int64]) -> pa.Table:
    """Return the truth of the accounts that asked anything, in the order of their ids.

    Parameters
    ----------
    seen
        Exchanges of each account.
    """
    rows = pa.array(np.flatnonzero(seen))
    columns = [known.accounts[field.name].take(rows).cast(field.type) for field in TRUTH_ACCOUNTS.schema]
    return pa.table(columns, schema=TRUTH_ACCOUNTS.schema).sort_by("account_id")


def exchange_truth(batch: Batch, known: Known) -> pa.RecordBatch:
    """Return the truth of the exchanges of a batch: the campaign, null for the honest and for a campaign's cover."""
    campaigns = known.accounts["campaign"].take(pa.array(batch.visits["account"]))
    truth = pc.if_else(pa.array(batch.visits["extraction"]), campaigns, pa.scalar(None, pa.string()))
    rows = batch.recorded.exchanges
    columns = [rows["exchange_id"], truth, rows["asked_at"]]
    return pa.RecordBatch.from_arrays(columns, schema=TRUTH_EXCHANGES.schema)
