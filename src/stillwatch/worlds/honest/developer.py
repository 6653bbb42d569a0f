"""Developers on a popular coding agent: thousands of strangers with one long system prompt."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, lived_share, open_account, with_visits
from stillwatch.worlds.calendar import SECOND_US, Calendar, Instants, Rhythm, draw_starts
from stillwatch.worlds.clients import Stack
from stillwatch.worlds.knobs import COMPLAINTS, knob
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.speech import set_system, speak_as
from stillwatch.worlds.visits import talk_visits

_FRAMEWORKS = ("system.agent", "system.agent2")


@dataclass(frozen=True)
class Developer(Kind):
    """One developer on a popular coding agent: a framework's long system prompt and fixed first messages."""

    kind = "developer"

    sessions: float = knob("median sessions in a week", unit="sessions a week", default=2.2, most=1000)
    loops: bool = knob(
        "the agent repeats a failing tool call over and over", unit="true or false", source=COMPLAINTS, default=False
    )
    parallel: int = knob("sessions that run at the same time", unit="sessions", source=COMPLAINTS, default=1, most=100)
    newest: bool = knob(
        "all have the newest client of one framework, so that many strangers share one rare stack",
        unit="true or false", default=False,
    )  # fmt: skip

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the developer's account."""
        rng = generator(seed_of(seed, "life"))
        account = open_account(calendar, seed, "developer", "agent")
        if self.newest:
            account = replace(
                account, stacks=(Stack("trellis-cli/2.0.0 (external, cli)", "t13d1311h2_7e1a0c55d1f2_90b1c2d3e4f5"),)
            )
        framework = 0 if self.newest else int(rng.random() < 0.4)
        worked = self.sessions * calendar.days / 7 * lived_share(account, calendar)
        count = 1 + int(worked * rng.lognormal(0.0, 0.7))
        hours = "office" if rng.random() < 0.7 else "evening"
        between = (max(account.created_us, calendar.start_us), calendar.end_us)
        starts = draw_starts(rng, calendar, count, Rhythm(hours, account.offset_h), between)
        visits = talk_visits(rng, self._side_by_side(rng, starts), turns=16 if self.loops else 6, gap_s=35)
        speak_as(visits, "looping" if self.loops else "developer", seed)
        set_system(visits, _FRAMEWORKS[framework])
        # the framework opens every conversation with the same preamble, so strangers share the first digest
        visits["opening"] = 1 + framework
        return [with_visits(account, visits, calendar)]

    def _side_by_side(self, rng: np.random.Generator, starts: Instants) -> Instants:
        late = rng.integers(0, 240 * SECOND_US, (self.parallel, len(starts)))
        late[0] = 0
        return np.asarray((starts + late).reshape(-1))
