"""A harvest: one pool of prompts dealt out as jobs over many accounts, with or without templates and cover."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from stillwatch.worlds.accounts import Account, with_visits
from stillwatch.worlds.calendar import HOUR_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.campaigns.hiding import Hiding, buy_pools
from stillwatch.worlds.campaigns.slots import Slots, Staffing, fill_slots
from stillwatch.worlds.seeds import generator, mix, seed_of, unit
from stillwatch.worlds.speech import set_system, speak_as_people
from stillwatch.worlds.visits import Visits, draw_seeds, says, talk_visits

_CHASED = ("reasoning", "trajectory", "tools", "coding", "analysis")
_MACHINES = 25

Dealt = tuple[Visits, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Harvest:
    """A campaign that works through a pool of prompts.

    Parameters
    ----------
    slots
        Accounts at work at any time.
    calls
        Mean extraction exchanges of a slot over the whole campaign.
    wants
        Intents and their shares: reasoning, rubric, synthetic, trajectory, tools, coding, analysis, sensitive, vision.
    wording
        `verbatim` templates, `paraphrased` templates, or `none`.
    templates
        Different templates for each intent.
    hours
        As in `calendar.draw_starts`: `always` for a queue round the clock.
    turns
        Mean turns of a job.
    cover_share
        Share (0-1) of the accounts' exchanges that are unrelated people's.
    closed_daily
        Share of the accounts that is closed, and replaced, in a day.
    samples
        Answers harvested for each prompt.
    pivot_h
        Hours within which all accounts turn to a released model; None: at the public's pace.
    days
        First and last day.
    """

    name: str
    slots: int
    calls: float
    wants: tuple[tuple[str, float], ...]
    wording: str = "verbatim"
    templates: int = 3
    hours: str = "always"
    turns: float = 1.9
    cover_share: float = 0.0
    closed_daily: float = 0.0
    samples: int = 1
    pivot_h: float | None = None
    days: tuple[float, float] = (0.0, 1000.0)
    hiding: Hiding = field(default_factory=Hiding)

    def accounts(self, calendar: Calendar, seed: int, scale: float = 1.0) -> list[Account]:
        """Return every account of the campaign, those that took a closed one's place too."""
        between = (calendar.day(self.days[0]), min(calendar.day(self.days[1]), calendar.end_us))
        staffing = Staffing(self.name, seed, between, max(2, round(self.slots * scale)), self.closed_daily)
        slots = fill_slots(calendar, staffing, buy_pools(self.hiding, seed))
        rng = generator(seed_of(seed, "queue"))
        jobs = self._jobs(rng, calendar, staffing)
        cover = self._cover(rng, calendar, staffing, len(jobs[0]))
        visits, slot = (np.concatenate(pair) for pair in zip(jobs, cover, strict=True))
        return self._deal(slots, visits, slot, calendar)

    def _jobs(self, rng: np.random.Generator, calendar: Calendar, staffing: Staffing) -> Dealt:
        count, seed = staffing.count, staffing.seed
        jobs = max(count, round(count * self.calls / self.turns))
        starts = draw_starts(rng, calendar, jobs, Rhythm(self.hours, 8), staffing.between)
        visits = talk_visits(rng, starts, turns=self.turns, gap_s=40)
        job = np.cumsum(visits["turn"] == 0) - 1
        item = (job // self.samples).astype(np.uint64)
        first = visits["turn"] == 0
        base = np.full(len(visits), seed, np.uint64)
        visits["words"] = np.where(first, mix(mix(base, 1), item), visits["seed"])
        visits["speaker"] = mix(mix(base, 2), item % np.uint64(_MACHINES))
        visits["group"] = mix(mix(base, 3), mix(item, 4) % np.uint64(self.templates))
        drawn = np.searchsorted(np.cumsum([share for _, share in self.wants]), unit(mix(mix(base, 5), item)) * 0.999999)
        asked = says(*(f"{self.wording}.{intent}" for intent, _ in self.wants))
        chased = says(*(f"chase.{intent if intent in _CHASED else 'other'}" for intent, _ in self.wants))
        visits["says"] = np.where(first, asked[drawn], chased[drawn])
        visits["extraction"] = True
        # round robin with a little disorder, as a balancer deals
        return visits, (job + rng.integers(0, 2, len(starts))[job]) % count

    def _cover(self, rng: np.random.Generator, calendar: Calendar, staffing: Staffing, extraction: int) -> Dealt:
        wanted = extraction * self.cover_share / (1 - self.cover_share)
        starts = draw_starts(rng, calendar, round(wanted / 2.4), Rhythm("evening", 4), staffing.between)
        visits = talk_visits(rng, starts, turns=2.4, gap_s=95)
        people = draw_seeds(rng, 1 + len(starts) // 2)
        speakers = people[(mix(visits["talk"], 6) % np.uint64(len(people))).astype(np.int64)]
        speak_as_people(visits, speakers, None, mixed=True)
        return visits, (mix(speakers, 7) % np.uint64(staffing.count)).astype(np.int64)

    def _deal(self, slots: Slots, visits: Visits, slot: npt.NDArray[np.int64], calendar: Calendar) -> list[Account]:
        owner = slots.account_at(slot, visits["at"])
        order = np.argsort(owner, kind="stable")
        parts = np.split(visits[order], np.searchsorted(owner[order], np.arange(1, len(slots.accounts))))
        return [self._use(account, part, calendar) for account, part in zip(slots.accounts, parts, strict=True)]

    def _use(self, account: Account, visits: Visits, calendar: Calendar) -> Account:
        rng = generator(seed_of(account.seed, "life"))
        draw = rng.random()
        if account.habits.client == "agent":
            set_system(visits, "system.agent" if draw < 0.6 else "system.agent2")
            visits["opening"] = seed_of("opening", 0 if draw < 0.6 else 1)
        elif draw < 0.45:
            set_system(visits, "system.chat", account.seed % 3)
        if self.pivot_h is not None and calendar.releases:
            released = round(calendar.releases[-1].at.timestamp()) * 1_000_000
            account = replace(account, moves_us=released + int(rng.random() * self.pivot_h * HOUR_US))
        return with_visits(account, visits, calendar, rng)
