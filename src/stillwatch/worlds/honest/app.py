"""Apps and jobs: one template, one system prompt, one program; a few of them make most of the calls, in bursts."""

from dataclasses import dataclass, replace

import numpy as np

from stillwatch.worlds.accounts import Account, Kind, lived_share, open_account, with_visits
from stillwatch.worlds.calendar import Calendar, Hours, Rhythm, draw_bursts
from stillwatch.worlds.knobs import OURS, SERVEGEN, knob
from stillwatch.worlds.seeds import generator, mix, seed_of
from stillwatch.worlds.speech import set_system, speak_as
from stillwatch.worlds.visits import draw_seeds, single_visits

_HOURS: tuple[Hours, ...] = ("office", "evening", "always")


@dataclass(frozen=True)
class App(Kind):
    """One app whose people's messages go into one template."""

    kind = "app"

    calls: float = knob("median calls in a week", unit="calls a week", default=14.0, most=100_000)
    tail: float = knob(
        "spread of the calls from app to app, of their natural logarithm; at most 150 medians",
        unit="standard deviation", source=OURS, default=1.45, most=10,
    )  # fmt: skip
    variation: float = knob(
        "coefficient of variation of the waits between calls; chance is 1, and clients of an API mostly call in bursts",
        unit="ratio", source=SERVEGEN, default=2.0, least=0.01, most=10,
    )  # fmt: skip
    hours: Hours | None = knob(
        "when it is used; left out: a third each by office hours, evenings and round the clock",
        unit="`evening`, `office`, `night` or `always`", default=None,
    )  # fmt: skip

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return the app's account."""
        rng = generator(seed_of(seed, "life"))
        calls = min(self.calls * rng.lognormal(0.0, self.tail), 150 * self.calls)
        account = open_account(calendar, seed, self.kind, "sdk")
        return [_app(self, calendar, account, rng, calls * calendar.days / 7)]


@dataclass(frozen=True)
class NightBatch(App):
    """A job that works through documents at night or without pause."""

    kind = "night batch"

    calls: float = knob("median calls in a week", unit="calls a week", default=90.0, most=100_000)
    hours: Hours | None = knob("when it runs", unit="`evening`, `office`, `night` or `always`", default="night")


@dataclass(frozen=True)
class ApiClients(Kind):
    """All clients of an API by rank: the ten largest carry most of the calls, and everybody calls in bursts."""

    kind = "api clients"

    clients: int = knob("accounts", unit="accounts", source=SERVEGEN, default=60)
    calls: float = knob("calls of all of them together in a week", unit="calls a week", default=4000.0)
    ten_largest_share: float = knob(
        "share of the calls that the ten largest make; ServeGen tells of 0.63-0.93",
        unit="0-1", source=SERVEGEN, default=0.75,
    )  # fmt: skip
    variation: float = knob(
        "coefficient of variation of the waits between calls", unit="ratio", source=SERVEGEN, default=2.0, least=0.01,
        most=10,
    )  # fmt: skip

    @property
    def size(self) -> int:
        """Accounts that one of this kind has."""
        return self.clients

    def accounts(self, calendar: Calendar, seed: int) -> list[Account]:
        """Return one account a client."""
        shares = _ranked_shares(self.clients, self.ten_largest_share)
        app = App(variation=self.variation)
        made = []
        for rank, share in enumerate(shares.tolist()):
            client = open_account(calendar, seed_of(seed, rank), "client", "sdk")
            if client.created_us > calendar.start_us:
                # a client has its rank from the first day on
                client = replace(client, created_us=client.created_us - calendar.end_us + calendar.start_us)
            calls = self.calls * calendar.days / 7 * share
            made.append(_app(app, calendar, client, generator(seed_of(client.seed, "life")), calls))
        return made


def _ranked_shares(count: int, ten_largest: float) -> np.ndarray:
    """Return shares that fall with a power of the rank, so steeply that the ten largest have theirs."""
    ranks = np.arange(1, count + 1, dtype=float)
    low, high = 0.0, 6.0
    for _ in range(40):
        power = (low + high) / 2
        shares = ranks**-power / (ranks**-power).sum()
        low, high = (power, high) if shares[:10].sum() < ten_largest else (low, power)
    return np.asarray(shares)


def _app(app: App, calendar: Calendar, account: Account, rng: np.random.Generator, calls: float) -> Account:
    batch = isinstance(app, NightBatch)
    count = 2 + int(calls * lived_share(account, calendar))
    hours = app.hours or str(rng.choice(_HOURS))
    between = (max(account.created_us, calendar.start_us), calendar.end_us)
    at = draw_bursts(rng, calendar, count, Rhythm(hours, account.offset_h, app.variation), between)
    visits = single_visits(rng, at)
    voice = "nightly" if batch else "bare app" if rng.random() < 0.5 else "app"
    people = draw_seeds(rng, 2 + count // 4)
    speak_as(visits, voice, people[(mix(visits["seed"], 3) % np.uint64(len(people))).astype(np.int64)], account.seed)
    if voice == "bare app":
        set_system(visits, "system.app", account.seed)
    return with_visits(account, visits, calendar)
