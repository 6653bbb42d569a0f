"""People: several devices and addresses, human hours, conversations about topics of their own."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, draw_card, lived_share, open_account, with_visits
from stillwatch.worlds.calendar import Calendar, Rhythm, draw_starts
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.places import COUNTRIES, draw_home
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.speech import set_system, speak_as_people
from stillwatch.worlds.visits import Visits, talk_visits


@dataclass(frozen=True)
class Person(Kind):
    """One person: several devices and addresses, evenings and breaks, topics of their own."""

    kind = "person"

    talks: float = knob(
        "median conversations in a week; few people hold most of them",
        unit="conversations a week",
        default=3.5,
        most=1000,
    )
    pays: bool = knob("false: a free tier, no payment known", unit="true or false", default=True)

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the person's account."""
        account = open_account(calendar, seed, "person", "chat")
        if not self.pays:
            account = replace(account, payment_hash=None)
        return [live(account, calendar, self.talks)]


@dataclass(frozen=True)
class Household(Kind):
    """People of one home: one card, one address, topics of their own."""

    kind = "household"

    people: int = knob("accounts of one home", unit="accounts", default=2)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.people

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account for each of them."""
        rng = generator(seed)
        home, card = draw_home(rng), draw_card(rng)
        members = [open_account(calendar, seed_of(seed, number), "household", "chat") for number in range(self.people)]
        country = members[0].country
        shared = [
            replace(member, country=country, payment_hash=card, addresses=(home, *member.addresses[1:]))
            for member in members
        ]
        return [live(member, calendar, 3.5) for member in shared]


def live(account: Account, calendar: Calendar, talks: float) -> Account:
    """Let a person's account be used as people use it.

    Parameters
    ----------
    talks
        Median conversations in a week.
    """
    rng = generator(seed_of(account.seed, "life"))
    visits = person_visits(rng, account, calendar, talks)
    return with_visits(account, visits, calendar)


def person_visits(rng: np.random.Generator, account: Account, calendar: Calendar, talks: float) -> Visits:
    """Plan a person's conversations."""
    talked = talks * calendar.days / 7 * lived_share(account, calendar)
    count = 1 + int(talked * rng.lognormal(0.0, 1.0))
    between = (max(account.created_us, calendar.start_us), calendar.end_us)
    starts = draw_starts(rng, calendar, count, Rhythm("evening", account.offset_h), between)
    visits = talk_visits(rng, starts, turns=2.6, gap_s=95)
    speakers = np.full(len(visits), account.seed, np.uint64)
    speak_as_people(visits, speakers, COUNTRIES[account.country][3])
    if account.seed % 5 < 2:
        set_system(visits, "system.chat", account.seed % 3)
    return visits
