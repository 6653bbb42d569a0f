"""A relay: a firm forwards its own people's conversations, whose turns hop between accounts."""

from dataclasses import dataclass, field, replace

import numpy as np

from stillwatch.worlds.accounts import Account, with_visits
from stillwatch.worlds.calendar import HOUR_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.campaigns.hiding import Hiding, buy_pools
from stillwatch.worlds.campaigns.slots import Staffing, fill_slots
from stillwatch.worlds.seeds import Seeds, generator, mix, seed_of, unit
from stillwatch.worlds.speech import VOICES, set_system, speak_as_people
from stillwatch.worlds.visits import Visits, draw_seeds, says, talk_visits


@dataclass(frozen=True)
class Relay:
    """A campaign that forwards conversations. All of its exchanges are extraction: the answers are kept.

    Parameters
    ----------
    slots
        Accounts at work at any time.
    calls
        Mean exchanges of a slot.
    people
        The firm's own people.
    hop_share
        Share (0-1) of later turns that go to another account than the turn before.
    replays
        Whether signed reasoning of one account is sent with the other.
    coders_share
        Share of the firm's people who use a coding agent; the others ask what people ask.
    """

    name: str
    slots: int
    calls: float
    people: int = 400
    hop_share: float = 0.4
    replays: bool = False
    coders_share: float = 0.3
    closed_daily: float = 0.0
    hiding: Hiding = field(default_factory=Hiding)

    def accounts(self, calendar: Calendar, seed: int, scale: float = 1.0) -> list[Account]:
        """Return every account of the campaign."""
        count = max(2, round(self.slots * scale))
        staffing = Staffing(self.name, seed, (calendar.start_us, calendar.end_us), count, self.closed_daily)
        slots = fill_slots(calendar, staffing, buy_pools(self.hiding, seed))
        rng = generator(seed_of(seed, "forwarding"))
        starts = draw_starts(rng, calendar, round(count * self.calls / 3.2), Rhythm("evening", 8))
        visits = talk_visits(rng, starts, turns=3.2, gap_s=80)
        people = draw_seeds(rng, max(4, round(self.people * scale)))
        speakers = people[(mix(visits["talk"], 8) % np.uint64(len(people))).astype(np.int64)]
        speak_as_people(visits, speakers, None, mixed=True)
        self._code(visits, speakers)
        visits["extraction"] = True
        first = visits["turn"] == 0
        moved = first | (rng.random(len(visits)) < self.hop_share)
        since = np.maximum.accumulate(np.where(moved, np.arange(len(visits)), 0))
        slot = rng.integers(0, count, len(visits))[since]
        owner = slots.account_at(slot, visits["at"])
        return [self._use(account, visits[owner == number], calendar) for number, account in enumerate(slots.accounts)]

    def _code(self, visits: Visits, speakers: Seeds) -> None:
        coding = unit(mix(speakers, 9)) < self.coders_share
        first, later = (says(*symbols) for symbols in VOICES["developer"])
        drawn = mix(visits["seed"], 10)
        asked = first[(drawn % np.uint64(len(first))).astype(np.int64)]
        chased = later[(drawn % np.uint64(len(later))).astype(np.int64)]
        visits["says"] = np.where(coding, np.where(visits["turn"] == 0, asked, chased), visits["says"])
        visits["typed"] &= ~coding

    def _use(self, account: Account, visits: Visits, calendar: Calendar) -> Account:
        rng = generator(seed_of(account.seed, "life"))
        if rng.random() < 0.5:
            set_system(visits, "system.chat", account.seed % 3)
        if self.replays:
            account = replace(account, habits=replace(account.habits, replays_signatures=True))
        # opened before the first conversation that it carries on
        account = replace(account, created_us=account.created_us - HOUR_US)
        return with_visits(account, visits, calendar, rng)
