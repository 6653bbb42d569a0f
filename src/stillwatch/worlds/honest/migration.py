"""A firm that moves from one gateway to another: two accounts, conversations continued in the second."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, draw_own_domain, open_account, with_visits
from stillwatch.worlds.calendar import DAY_US, Calendar, Rhythm, draw_starts
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.speech import set_system, speak_as
from stillwatch.worlds.visits import draw_seeds, talk_visits


@dataclass(frozen=True)
class Migration(Kind):
    """One firm, which moves in the middle of the world over some hours; its conversations go on in the new account."""

    kind = "migration"

    people: int = knob("people who use the firm's two accounts", unit="people", default=20, most=100_000)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return 2

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the account at the old gateway and the one at the new."""
        rng = generator(seed_of(seed, "life"))
        domain, card = draw_own_domain(rng), f"pm_{rng.bytes(8).hex()}"
        before, after = (
            replace(
                open_account(calendar, seed_of(seed, side), "migration", "sdk"), email_domain=domain, payment_hash=card
            )
            for side in ("before", "after")
        )
        middle = (calendar.day(calendar.days * 0.35), calendar.day(calendar.days * 0.65))
        moved = int(draw_starts(rng, calendar, 1, Rhythm("office", before.offset_h), middle)[0])
        starts = draw_starts(
            rng, calendar, int(self.people * 2.2 * calendar.days / 7), Rhythm("office", before.offset_h)
        )
        # long pauses, so that many conversations are open while the firm moves
        visits = talk_visits(rng, starts, turns=5, gap_s=2400)
        people = draw_seeds(rng, self.people)
        speakers = people[(visits["talk"] % np.uint64(self.people)).astype(np.int64)]
        speak_as(visits, "office", speakers, seed)
        set_system(visits, "system.team", seed)
        old = visits["at"] < moved + rng.integers(0, calendar.day(1) - calendar.day(0), len(visits)) // 4
        after = replace(
            after,
            created_us=moved - int((0.1 + 6 * rng.random()) * DAY_US),
            country=before.country,
            habits=replace(after.habits, replays_signatures=True),
        )
        before = replace(
            before,
            created_us=min(before.created_us, calendar.start_us),
            habits=replace(before.habits, replays_signatures=True),
        )
        return [with_visits(before, visits[old], calendar), with_visits(after, visits[~old], calendar)]
