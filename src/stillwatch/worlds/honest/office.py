"""Offices: many seats behind one address; declared as one organisation, or only sharing a card and a mail domain."""

from dataclasses import dataclass, replace

from stillwatch.worlds.accounts import Account, Kind, draw_card, draw_own_domain, lived_share, open_account, with_visits
from stillwatch.worlds.calendar import Calendar, Rhythm, draw_starts
from stillwatch.worlds.knobs import knob
from stillwatch.worlds.places import draw_country, draw_home, neighbours
from stillwatch.worlds.seeds import generator, seed_of
from stillwatch.worlds.speech import set_system, speak_as
from stillwatch.worlds.visits import Visits, talk_visits


@dataclass(frozen=True)
class Office(Kind):
    """One firm: one address, one card, one mail domain, office hours; a quarter of its seats are coding agents."""

    kind = "office"

    seats: int = knob("accounts of the firm", unit="accounts", default=25)
    declared: bool = knob("whether the operator knows it as an organisation", unit="true or false", default=True)
    talks: float = knob("median conversations of a seat in a week", unit="conversations a week", default=4.0, most=1000)

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.seats

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account a seat."""
        rng = generator(seed)
        gate, card, domain = neighbours(rng, draw_home(rng), 1), draw_card(rng), draw_own_domain(rng)
        country, founded = draw_country(rng), calendar.day(-300 * rng.random())
        members = []
        for number in range(self.seats):
            member = open_account(calendar, seed_of(seed, number), "office", "chat" if number % 4 else "agent")
            member = replace(
                member,
                country=country,
                payment_hash=card,
                email_domain=domain,
                addresses=(*gate, *member.addresses[1:]),
                org_id=f"org_{seed:016x}" if self.declared else None,
                created_us=max(member.created_us, founded),
            )
            members.append(self._work(member, calendar, seed))
        return members

    def _work(self, member: Account, calendar: Calendar, group: int) -> Account:
        return with_visits(member, self._visits(member, calendar, group), calendar)

    def _visits(self, member: Account, calendar: Calendar, group: int) -> Visits:
        rng = generator(seed_of(member.seed, "work"))
        talked = self.talks * calendar.days / 7 * lived_share(member, calendar)
        count = 1 + int(talked * rng.lognormal(0.0, 0.7))
        between = (max(member.created_us, calendar.start_us), calendar.end_us)
        starts = draw_starts(rng, calendar, count, Rhythm("office", member.offset_h), between)
        visits = talk_visits(rng, starts, turns=2.4, gap_s=120)
        speak_as(visits, "office" if member.habits.client == "chat" else "developer", member.seed, group)
        if group % 2 or self.declared:
            set_system(visits, "system.team", group)
        return visits
