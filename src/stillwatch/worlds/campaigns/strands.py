"""What a campaign's accounts send: jobs of a pool, probes, forwarded conversations, cover; planned hours at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.calendar import HOUR_US, Calendar, Instants, Rhythm, hour_weights
from stillwatch.worlds.campaigns.campaign import Campaign, Intent, Pace
from stillwatch.worlds.seeds import generator, mix, seed_of, unit
from stillwatch.worlds.speech import let_some_code, speak_as_people
from stillwatch.worlds.visits import Visits, draw_seeds, says, talk_visits

Rows = npt.NDArray[np.int64]
_BLOCK_STARTS = 100_000
_CHASED = ("reasoning", "trajectory", "tools", "coding", "analysis")
_PROBED = ("reasoning", "rubric", "coding")
_MACHINES = 25


@dataclass(frozen=True)
class Setting:
    """A campaign in a world: its calendar, seed, first and last instant, and the accounts at work at any time."""

    campaign: Campaign
    calendar: Calendar
    seed: int
    between: tuple[int, int]
    count: int


@dataclass(frozen=True)
class Block:
    """Starts of some hours: their own random numbers, how many starts came before, and when they are."""

    rng: np.random.Generator
    before: int
    starts: Instants


class Strand(Protocol):
    """One kind of what a campaign sends."""

    def visits(self, setting: Setting, block: Block) -> tuple[Visits, Rows]:
        """Return the visits that begin in a block, turn by turn, and the slot of each."""
        ...


def plan_blocks(setting: Setting, name: str, pace: Pace, starts_count: int) -> Iterator[Block]:
    """Yield when conversations of a strand start, some hours at a time, so that memory stays bounded.

    Parameters
    ----------
    name
        Another name, other random numbers.
    starts_count
        Over all blocks.
    """
    since, until = setting.between
    calendar = setting.calendar
    first = (since - calendar.start_us) // HOUR_US
    weights = hour_weights(calendar, Rhythm(pace.hours, pace.offset_h), setting.between) * _swells(setting, pace, first)
    if not starts_count or not len(weights) or not weights.sum():
        return
    counts = generator(seed_of(setting.seed, name)).multinomial(starts_count, weights / weights.sum())
    before, hours = 0, np.arange(first, first + len(counts))
    for part in np.split(np.arange(len(counts)), _cuts(counts)):
        rng = generator(seed_of(setting.seed, name, int(hours[part[0]])))
        hour = np.repeat(hours[part], counts[part])
        starts = calendar.start_us + hour * HOUR_US + rng.integers(0, HOUR_US, len(hour))
        yield Block(rng, before, np.sort(np.clip(starts, since, until - 1)))
        before += len(starts)


def _swells(setting: Setting, pace: Pace, first: int) -> npt.NDArray[np.float64]:
    since, until = setting.between
    hours = np.arange(first, first + max(0, -(-(until - setting.calendar.start_us) // HOUR_US) - first))
    # the share of the first and last hour that lies between
    begin = setting.calendar.start_us + hours * HOUR_US
    within = (np.minimum(begin + HOUR_US, until) - np.maximum(begin, since)) / HOUR_US
    rise = 1 + (pace.rise - 1) * np.linspace(0, 1, len(hours))
    awake = np.ones(len(hours))
    if pace.works_h is not None:
        awake = ((hours - first) % (pace.works_h + pace.rests_h) < pace.works_h).astype(float)
    return np.asarray(within.clip(0, 1) * rise * awake * np.exp(_drift(setting.seed, len(hours)) * pace.swings))


def _drift(seed: int, count: int) -> npt.NDArray[np.float64]:
    """Return a walk of unit spread that keeps four fifths of itself from hour to hour."""
    steps = generator(seed_of(seed, "swings")).normal(0.0, 0.6, count)
    steps[:1] /= 0.6
    walk = np.zeros(count)
    for hour in range(count):
        walk[hour] = steps[hour] + (0.8 * walk[hour - 1] if hour else 0.0)
    return walk


def _cuts(counts: Rows) -> Rows:
    block = np.cumsum(counts) // _BLOCK_STARTS
    return np.flatnonzero(np.diff(block)) + 1


@dataclass(frozen=True)
class Jobs:
    """A pool of prompts dealt out as jobs."""

    def visits(self, setting: Setting, block: Block) -> tuple[Visits, Rows]:
        """Return the jobs that begin in a block, and the slot of each."""
        work, rng = setting.campaign.work, block.rng
        visits = talk_visits(rng, block.starts, turns=work.turns, gap_s=40)
        first = visits["turn"] == 0
        job = block.before + np.cumsum(first) - 1
        item = (job // work.samples).astype(np.uint64)
        base = np.full(len(visits), setting.seed, np.uint64)
        visits["words"] = np.where(first, mix(mix(base, 1), item), visits["seed"])
        visits["speaker"] = mix(mix(base, 2), item % np.uint64(_MACHINES))
        visits["group"] = mix(mix(base, 3), mix(item, 4) % np.uint64(work.templates))
        intents, targets = _drawn(setting.campaign.wants, unit(mix(mix(base, 5), item)))
        visits["says"] = np.where(
            first, says(*(f"{work.wording}.{intent}" for intent in intents))[targets],
            says(*(f"chase.{intent if intent in _CHASED else 'other'}" for intent in intents))[targets],
        )  # fmt: skip
        draw = unit(mix(mix(base, 11), item))
        for language, share in work.languages.items():
            spoken, draw = draw < share, np.where(draw < share, 2.0, draw - share)
            own, chased = says(f"{work.wording}.{language}", f"chase.{language}")
            visits["says"] = np.where(spoken, np.where(first, own, chased), visits["says"])
        visits["extraction"] = True
        if work.dealing == "random":
            return visits, (mix(visits["talk"], 12) % np.uint64(setting.count)).astype(np.int64)
        # round robin with a little disorder, as a balancer deals
        return visits, (job + rng.integers(0, 2, len(block.starts))[job - block.before]) % setting.count


@dataclass(frozen=True)
class Probes:
    """Variants of instructions, tried out one by one."""

    def visits(self, setting: Setting, block: Block) -> tuple[Visits, Rows]:
        """Return the probes of a block, and the slot of each."""
        visits = talk_visits(block.rng, block.starts, turns=1.0, gap_s=40)
        base = np.full(len(visits), setting.seed, np.uint64)
        visits["speaker"], visits["group"] = mix(base, 2), visits["seed"]
        intents, targets = _drawn(setting.campaign.wants, unit(mix(visits["seed"], 13)))
        visits["says"] = says(*(f"probe.{intent if intent in _PROBED else 'other'}" for intent in intents))[targets]
        visits["extraction"] = True
        return visits, (mix(visits["seed"], 14) % np.uint64(setting.count)).astype(np.int64)


@dataclass(frozen=True)
class Forwarded:
    """The firm's own people's conversations, whose turns hop between accounts."""

    def visits(self, setting: Setting, block: Block) -> tuple[Visits, Rows]:
        """Return the conversations that begin in a block, and the slot of each turn."""
        forwarding, rng = setting.campaign.forwarding, block.rng
        visits = talk_visits(rng, block.starts, turns=forwarding.turns, gap_s=80)
        number = mix(visits["talk"], 8) % np.uint64(max(4, forwarding.people))
        speakers = mix(mix(np.full(len(visits), setting.seed, np.uint64), 15), number)
        speak_as_people(visits, speakers, None, mixed=True)
        let_some_code(visits, speakers, forwarding.coders_share)
        visits["extraction"] = True
        moved = (visits["turn"] == 0) | (rng.random(len(visits)) < forwarding.hop_share)
        since = np.maximum.accumulate(np.where(moved, np.arange(len(visits)), 0))
        return visits, rng.integers(0, setting.count, len(visits))[since]


@dataclass(frozen=True)
class Covering:
    """Unrelated people's conversations; one person stays with one account."""

    def visits(self, setting: Setting, block: Block) -> tuple[Visits, Rows]:
        """Return the conversations that begin in a block, and the slot of each."""
        visits = talk_visits(block.rng, block.starts, turns=setting.campaign.cover.turns, gap_s=95)
        people = draw_seeds(block.rng, 1 + len(block.starts) // 2)
        speakers = people[(mix(visits["talk"], 6) % np.uint64(len(people))).astype(np.int64)]
        speak_as_people(visits, speakers, None, mixed=True)
        return visits, (mix(speakers, 7) % np.uint64(setting.count)).astype(np.int64)


def _drawn(wants: Mapping[Intent, float], draw: npt.NDArray[np.float64]) -> tuple[list[str], Rows]:
    """Return the targets, and which of them each draw falls on by their shares."""
    total = np.cumsum(list(wants.values()))
    return list(wants), np.searchsorted(total, draw * total[-1] * 0.999999, side="right")
