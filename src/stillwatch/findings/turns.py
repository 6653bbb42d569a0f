"""Reads when accounts turned from one model to another: to a new one after its release, or back to one there before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.findings.payers import CARD
from stillwatch.traits.views import FIRST_RELEASES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# of the cards that pay for an account those that pay for others too, and of these the one that pays for most
_WIDEST_CARDS = f"""
    SELECT account_id, value AS card FROM (
        SELECT account_id, value, n, row_number() OVER (PARTITION BY account_id ORDER BY n DESC, value) AS place
        FROM (SELECT account_id, value, count(*) OVER (PARTITION BY value) AS n
              FROM (SELECT DISTINCT account_id, value FROM traits WHERE trait = '{CARD}')))
    WHERE place = 1 AND n > 1"""


@dataclass(frozen=True)
class Turn:
    """Which accounts had turned to a model by their latest request of the 24 hours from an instant on.

    Attributes
    ----------
    back
        Whether the model was there before, so that turning to it is a retreat; else it was released at `from_at`.
    judged
        Accounts that asked anything then; of a retreat, those that had asked other models more often until then.
    hours
        When an account asked last, in hours from `from_at`; NaN where it did not. None of a retreat.
    looks
        How many turns of this kind were looked at: the strongest of so many is the less surprising.
    alike
        How alike the accounts of one firm turn, once that is learned, by what it was learned from: see `pivot.py`.
    """

    model: str
    from_at: datetime
    back: bool
    judged: Mask
    moved: Mask
    hours: Floats | None
    looks: int
    alike: dict[bytes, float] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Turns:
    """Every turn that the logs show, and which accounts pay with one card: a number for each, -1 for its own card."""

    turns: tuple[Turn, ...]
    payers: Ints

    def firms(self, organisations: Ints) -> Ints:
        """Return for each account its firm: the organisation declared, else who pays; -1 where neither is known."""
        named = organisations.max(initial=-1) + 1
        return np.where(organisations >= 0, organisations, np.where(self.payers >= 0, named + self.payers, -1))


def read_turns(engine: Engine, accounts: pa.Array) -> Turns:
    """Read how accounts turned from the view `marked` and the tables `releases` and `traits`.

    Turns to each released model in the day after its release; and, for each UTC day and each model that was asked on
    the first day, turns to that one.
    """
    turns = (*_to_released(engine, accounts), *_back(engine, accounts))
    return Turns(turns, _payers(engine, accounts))


def _to_released(engine: Engine, accounts: pa.Array) -> Iterator[Turn]:
    releases = engine.sql(f"{FIRST_RELEASES} ORDER BY released, model")
    rows = engine.sql(
        f"""SELECT r.model AS target, account_id, max(asked) AS latest, max_by(e.model, (asked, exchange_id)) AS model
           FROM marked AS e JOIN ({FIRST_RELEASES}) AS r
           ON e.asked >= r.released AND e.asked < r.released + INTERVAL 24 HOURS
           WHERE e.model IS NOT NULL GROUP BY r.model, account_id"""
    )
    for one in releases.to_pylist():
        own = rows.filter(pc.equal(rows["target"], one["model"]))
        places, judged = _places(own["account_id"], accounts), np.zeros(len(accounts), bool)
        moved, hours = judged.copy(), np.full(len(accounts), np.nan)
        judged[places] = True
        moved[places] = pc.equal(own["model"], one["model"]).to_numpy()
        began = np.datetime64(one["released"], "us")
        hours[places] = (own["latest"].to_numpy() - began) / np.timedelta64(1, "h")
        at, looks = one["released"].replace(tzinfo=UTC), releases.num_rows
        yield Turn(one["model"], at, back=False, judged=judged, moved=moved, hours=hours, looks=looks)


def _back(engine: Engine, accounts: pa.Array) -> Iterator[Turn]:
    """Yield the turns of each day to each model that was asked on the first day and is not among the released.

    Memory is two bytes for each account, day and model.
    """
    rows = engine.sql(
        """SELECT account_id, CAST(asked AS DATE) AS day, model, count(*) AS n, max(asked) AS latest
           FROM marked WHERE model IS NOT NULL GROUP BY account_id, CAST(asked AS DATE), model
           ORDER BY day, account_id, latest, model"""
    )
    days = rows["day"].unique().sort().to_pylist()
    if len(days) < 2:
        return
    released = engine.sql("SELECT DISTINCT model FROM releases")["model"]
    first = rows.filter(pc.equal(rows["day"], days[0]))["model"].unique()
    old = first.filter(pc.invert(pc.is_in(first, value_set=released.combine_chunks()))).sort()
    asked = np.zeros((len(accounts), len(old) + 1), np.int64)  # before the day, by model; the last is any
    for place, day in enumerate(days):
        own = rows.filter(pc.equal(rows["day"], day))
        owners, counts = _places(own["account_id"], accounts), own["n"].to_numpy()
        models = pc.fill_null(pc.index_in(own["model"], value_set=old), -1).to_numpy()
        if place:
            # an account's rows stand by time: what is written last is the model that it asked last
            latest = np.full(len(accounts), -2)
            latest[owners] = models
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            yield from _of_day(at, latest, asked, old.to_pylist(), (len(days) - 1) * len(old))
        known = models >= 0
        asked[owners[known], models[known]] += counts[known]
        asked[:, -1] += np.bincount(owners, weights=counts, minlength=len(accounts)).astype(np.int64)


def _of_day(at: datetime, latest: Ints, asked: Ints, old: list[str], looks: int) -> Iterator[Turn]:
    for number, model in enumerate(old):
        judged = (latest > -2) & (2 * asked[:, number] < asked[:, -1])
        moved = judged & (latest == number)
        if moved.any():
            yield Turn(model, at, back=True, judged=judged, moved=moved, hours=None, looks=looks)


def _payers(engine: Engine, accounts: pa.Array) -> Ints:
    rows = engine.sql(f"{_WIDEST_CARDS} ORDER BY card, account_id")
    payers = np.full(len(accounts), -1, np.int64)
    if rows.num_rows:
        _, numbers = np.unique(rows["card"].to_numpy(), return_inverse=True)
        payers[_places(rows["account_id"], accounts)] = numbers
    return payers


def _places(ids: pa.ChunkedArray, accounts: pa.Array) -> Ints:
    return np.asarray(pc.index_in(ids, value_set=accounts).to_numpy(), np.int64)
