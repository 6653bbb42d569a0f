"""Habits of an account that look like harvesting answers rather than using a product."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.engine.base import Engine
from stillwatch.findings.settings import Judging
from stillwatch.findings.thinned import Part
from stillwatch.traits.templates import (
    FEWEST_PROMPTS,
    HARVEST_COUNT,
    LEAST_HARVEST_SHARE,
    LEAST_PROMPTS,
    SURE,
    UNSURE,
    WANTS_HARVEST,
)

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
_LOWER_SHARE = 0.8
HARVEST_INTENTS, HARVEST_TEMPLATES = "harvest intents", "harvest templates"
WHY_HONEST_HARVEST = ("researchers who make or grade data sets", "products that grade answers")
FEWEST_SHOWING = 2  # what one account does is no habit of a group


@dataclass(frozen=True)
class Habit:
    """A habit, and which accounts show it.

    Attributes
    ----------
    judged
        Accounts that show enough to be judged.
    shown
        Those of them that have the habit.
    seen
        The habit as the end of a sentence about accounts.
    examples
        SQL condition on the view `marked` that the exchanges under the habit meet.
    part
        Where it is a part of the exchanges that makes the habit: that part, by which accounts that have asked little
        are held against honest ones that have asked as little, and a group against single accounts.
    by_group
        Weighs the habit in a whole group, where counting accounts that show it would not do: takes the members, the
        accounts believed honest and the organisations; None says that nothing can be said.
    of_provided
        Whether it speaks only of accounts that agree in what an operator provides its accounts with, or only of others;
        None of all.
    passes_on
        Whether it tells that an account passes other people's conversations on.
    of_product
        Whether the product that accounts use decides it, for all of them alike: a group then shows it as one account.
    of_program
        The same of what nearly every program does: in whoever is openly a customer with one it is taken for granted.
    """

    name: str
    family: str
    judged: Mask
    shown: Mask
    seen: str
    honest_reasons: tuple[str, ...]
    evasion: str
    examples: str
    part: Part | None = None
    by_group: "Callable[[Ints, Mask, Ints, Judging], Grouped | None] | None" = None
    of_provided: bool | None = None
    of_product: bool = False
    of_program: bool = False
    passes_on: bool = False


@dataclass(frozen=True)
class Grouped:
    """A habit as one group shows it: how many do, how often honest accounts do, how often an honest group as much."""

    habit: Habit
    shown_count: int
    judged_count: int
    honest_rate: float
    probability: float


@dataclass(frozen=True)
class Sums:
    """What accounts did in all, one number for each account.

    Attributes
    ----------
    standalone
        Exchanges that are known to continue no conversation; NaN where the logs can say it of none.
    harvest, harvest_days
        Exchanges that harvest, by their intents, and days with any.
    rhythm
        Length of the mean vector of the hours on the circle of the day, 0-1; 0 is round the clock.
    """

    exchanges: Ints
    standalone: npt.NDArray[np.float64]
    harvest: Ints
    harvest_days: Ints
    rhythm: npt.NDArray[np.float64]


def find_habits(engine: Engine, accounts: pa.Array, reference: Mask, judging: Judging) -> tuple[Habit, ...]:
    """Return every habit that the logs let one judge, from the tables `profiles` and `traits`.

    Parameters
    ----------
    reference
        Which accounts are believed honest: how much they harvest sets the bar of harvesting.
    """
    sums = sum_profiles(engine, accounts)
    enough = sums.exchanges >= judging.fewest_exchanges
    habits = [
        _round_the_clock(sums, enough, judging),
        _harvesting(sums, enough, reference, judging),
        _templates(engine, accounts, sums, enough),
        _harvest_templates(engine, accounts, sums, judging),
    ]
    habits += [_hopping(engine, accounts), _carried(engine, accounts)]
    if np.isfinite(sums.standalone).any():
        habits.append(_standing_alone(sums, judging))
    return tuple(one for one in habits if one.judged.any())


def sum_profiles(engine: Engine, accounts: pa.Array) -> Sums:
    """Return what the table `profiles` says of each account over all days."""
    hours = ", ".join(f"sum(hours[{hour + 1}])::BIGINT" for hour in range(24))
    rows = engine.sql(
        f"""SELECT account_id, sum(exchanges_count)::BIGINT AS exchanges, sum(standalone_count)::BIGINT AS standalone,
                   [{hours}] AS hours, sum({HARVEST_COUNT})::BIGINT AS harvest,
                   count(*) FILTER ({HARVEST_COUNT} > 0) AS harvest_days
            FROM profiles GROUP BY account_id ORDER BY account_id"""
    )
    by_hour = rows["hours"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(len(accounts), 24)
    turns = np.exp(2j * np.pi * np.arange(24) / 24)
    return Sums(
        rows["exchanges"].to_numpy(),
        rows["standalone"].cast(pa.float64()).to_numpy(zero_copy_only=False),
        rows["harvest"].to_numpy(),
        rows["harvest_days"].to_numpy(),
        np.round(np.abs(by_hour @ turns) / by_hour.sum(axis=1), 9),
    )


def _round_the_clock(sums: Sums, enough: Mask, judging: Judging) -> Habit:
    return Habit(
        "round the clock", "timing", enough, enough & (sums.rhythm < judging.steadiest_rhythm),
        "ask round the clock, without the daily rhythm of people",
        ("applications that serve the whole world", "batch jobs that run day and night"),
        "giving each account the hours of one person, which halves what it can ask", "true", of_program=True,
    )  # fmt: skip


def _harvesting(sums: Sums, enough: Mask, reference: Mask, judging: Judging) -> Habit:
    share = sums.harvest / sums.exchanges
    bar = max(judging.least_harvest_share, _harvest_level(share[reference & enough], judging.harvest_quantile))
    seen = "ask for what training sets are made of"
    part = Part(sums.harvest, sums.exchanges, partial(_above, bar), judging.fewest_exchanges, seen, LEAST_HARVEST_SHARE)
    return Habit(
        HARVEST_INTENTS, "wording", sums.exchanges > 0, part.shown,
        f"{seen} in more than {bar:.0%} of their exchanges",
        WHY_HONEST_HARVEST, "asking for the same in the words of ordinary questions", f"({WANTS_HARVEST})", part,
        of_product=True,
    )  # fmt: skip


def _above(bar: float, exchanges: Ints) -> Ints:
    """Return the fewest exchanges that are more than a share of all."""
    return np.asarray(np.floor(bar * exchanges + 1e-9), np.int64) + 1


def _nearly_all(exchanges: Ints) -> Ints:
    return np.asarray(np.ceil(0.95 * exchanges - 1e-9), np.int64)


def _half(exchanges: Ints) -> Ints:
    """Return half of the exchanges, five at the most: what else is asked does not hide the templates filled."""
    return np.asarray(np.minimum((exchanges + 1) // 2, FEWEST_PROMPTS))


def _harvest_level(honest: npt.NDArray[np.float64], quantile: float) -> float:
    """Return the share of harvest intents that few honest accounts exceed.

    Campaigns that were not gathered stand among the reference, and would lift its upper quantiles to what they do. So
    the quantile is also read from the lower four fifths, as if shares fell off exponentially beyond, and the lower of
    the two counts; a lower level makes more honest accounts show the habit, and the habit say less.
    """
    if not len(honest):
        return 0.0
    beyond = math.log(1 - quantile) / math.log(1 - _LOWER_SHARE)
    return float(min(np.quantile(honest, quantile), beyond * np.quantile(honest, _LOWER_SHARE)))


def _standing_alone(sums: Sums, judging: Judging) -> Habit:
    exchanges = np.where(np.isfinite(sums.standalone), sums.exchanges, 0)
    part = Part(np.nan_to_num(sums.standalone).astype(np.int64), exchanges, _nearly_all, judging.fewest_exchanges)
    return Habit(
        "stand-alone requests", "session", exchanges > 0, part.shown,
        "never continue a conversation",
        ("applications that ask one question at a time", "benchmarks", "resellers that keep no history"),
        "adding idle follow-up turns, each of which costs tokens",
        "(history_digests is not null or turn is not null) and coalesce(len(history_digests), 0) = 0 "
        "and coalesce(turn, 0) = 0", part, of_program=True,
    )  # fmt: skip


_FILLED = f"""
    SELECT hash(account_id) AS who, opening_digest, count(*) AS n, {LEAST_PROMPTS}
    FROM marked WHERE opening_digest IS NOT NULL GROUP BY hash(account_id), opening_digest
    HAVING count(*) >= {FEWEST_PROMPTS}"""
_UNSURE = f"SELECT who, opening_digest, n FROM filled_openings WHERE {UNSURE}"
_TEMPLATES = f"""
    SELECT account_id, sum(n)::BIGINT AS n FROM (
        SELECT who, n FROM filled_openings WHERE {SURE}
        UNION ALL
        SELECT who, n FROM ({_UNSURE}) JOIN (
            SELECT who, opening_digest, count(DISTINCT prompt_digest) AS prompts
            FROM (SELECT hash(account_id) AS who, opening_digest, prompt_digest FROM marked)
            SEMI JOIN ({_UNSURE}) USING (who, opening_digest) GROUP BY who, opening_digest)
        USING (who, opening_digest) WHERE prompts >= {FEWEST_PROMPTS})
    JOIN (SELECT DISTINCT account_id FROM profiles) ON who = hash(account_id) GROUP BY account_id"""


def _templates(engine: Engine, accounts: pa.Array, sums: Sums, enough: Mask) -> Habit:
    engine.hold("filled_openings", _FILLED)
    filled = engine.sql(_TEMPLATES)
    return Habit(
        "template filling", "wording", enough, enough & (_spread(filled, accounts) >= 0.2 * sums.exchanges),
        "fill templates again and again in at least a fifth of their exchanges",
        ("applications with one prompt", "benchmarks"),
        "a paraphrase of the template for each exchange", "opening_digest is not null", of_program=True,
    )  # fmt: skip


def _harvest_templates(engine: Engine, accounts: pa.Array, sums: Sums, judging: Judging) -> Habit:
    filled = _spread(engine.sql("SELECT account_id, sum(n) AS n FROM harvest_fillers GROUP BY account_id"), accounts)
    seen = "fill templates that ask for what training sets are made of"
    part = Part(filled, sums.exchanges, _half, judging.fewest_exchanges, seen)
    return Habit(
        HARVEST_TEMPLATES, "wording", sums.exchanges > 0, part.shown, seen,
        WHY_HONEST_HARVEST,
        "a paraphrase of the template for each exchange",
        "opening_digest IN (SELECT opening_digest FROM harvest_templates)", part,
    )  # fmt: skip


def _hopping(engine: Engine, accounts: pa.Array) -> Habit:
    hopping = engine.sql("SELECT account_id, 1 AS n FROM wanderers")
    return Habit(
        "conversation hopping", "session", np.ones(len(accounts), bool), _spread(hopping, accounts) > 0,
        "pass conversations on among several accounts",
        ("a customer who moves among several accounts", "shared conversations that others continue"),
        "keeping each conversation on one account", "len(history_digests) > 0", passes_on=True,
    )  # fmt: skip


def _carried(engine: Engine, accounts: pa.Array) -> Habit:
    hopped = "SELECT value::BIGINT AS digest, account_id FROM hopped SEMI JOIN wanderers USING (account_id)"
    engine.keep("hopped_prefixes", hopped)
    carried = engine.sql(
        """SELECT account_id, count(DISTINCT exchange_id) AS n FROM (
               SELECT account_id, exchange_id, unnest(history_digests[-2:]) AS digest FROM marked
               WHERE len(signature_digests) > 0)
           SEMI JOIN hopped_prefixes USING (account_id, digest) GROUP BY account_id"""
    )
    return Habit(
        "carried reasoning", "session", np.ones(len(accounts), bool), _spread(carried, accounts) >= 1,
        "carry signed reasoning blocks into conversations that pass among several accounts",
        ("a customer who moves among several accounts",),
        "replaying a block only under the account that received it", "len(signature_digests) > 0", passes_on=True,
    )  # fmt: skip


def _spread(rows: pa.Table, accounts: pa.Array) -> Ints:
    counts = np.zeros(len(accounts), np.int64)
    if rows.num_rows:
        places = pc.index_in(rows["account_id"], value_set=accounts).to_numpy()
        counts[places] = rows["n"].cast(pa.int64()).to_numpy()
    return counts
