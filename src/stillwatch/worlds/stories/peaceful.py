"""Honest stories: each thing that a detector must not be fooled by, among strangers; and all of them together."""

from stillwatch.worlds.accounts import Kind
from stillwatch.worlds.calendar import Calendar
from stillwatch.worlds.honest import (
    App,
    Benchmark,
    CarrierNat,
    Developer,
    Migration,
    Office,
    Person,
    Reseller,
    SharedVpn,
    UniversityClass,
    ViralCrowd,
)
from stillwatch.worlds.stories.background import FIRST_DAY, FORTNIGHT, PRICES, RELEASE, STRANGERS
from stillwatch.worlds.story import Story

_HASTY = Calendar(FIRST_DAY, 14, (RELEASE,), moving_share=0.9, pace_days=1.5)


def _among_strangers(name: str, tells: str, *kinds: tuple[Kind, int], calendar: Calendar = FORTNIGHT) -> Story:
    return Story(name, tells, calendar, (*STRANGERS, *kinds), prices=PRICES)


PEACEFUL = (
    _among_strangers("one_office", "A declared firm of 60 seats works behind one address.", (Office(60), 1)),
    _among_strangers(
        "undeclared_office",
        "A firm that nobody declared shares an address, a card and a mail domain.",
        (Office(40, declared=False), 1),
        (Office(12, declared=False), 2),
    ),
    _among_strangers(
        "university_class", "Classes sign up in one week and ask about one assignment.", (UniversityClass(70), 2)
    ),
    _among_strangers(
        "reseller",
        "Resellers carry many unrelated people behind one account each.",
        (Reseller(250), 4),
        (Reseller(60), 3),
    ),
    _among_strangers("carrier_nat", "Hundreds of strangers share a carrier's few addresses.", (CarrierNat(300), 1)),
    _among_strangers("shared_vpn", "Strangers share the exits of two VPNs.", (SharedVpn(130), 2)),
    _among_strangers(
        "framework_developers",
        "Strangers use one coding agent with one long system prompt; some have its newest build, some loop.",
        (Developer(sessions=1.2), 70),
        (Developer(sessions=1.2, newest=True), 50),
        (Developer(sessions=0.8, loops=True), 12),
        (Developer(sessions=0.8, parallel=4), 12),
    ),
    _among_strangers(
        "one_template_app",
        "Apps send one template thousands of times, some of them round the clock.",
        (App(calls=500, hours="always"), 2),
        (App(calls=120), 4),
    ),
    _among_strangers(
        "benchmark_runner",
        "Researchers run one public benchmark, hundreds of prompts in an hour.",
        (Benchmark(250), 6),
        (Benchmark(400, runs=2), 1),
    ),
    _among_strangers("viral_prompt", "Hundreds of strangers try one prompt on one day.", (ViralCrowd(300), 1)),
    _among_strangers(
        "release_day",
        "A model is released and nine honest accounts in ten move, each at their own pace.",
        (Person(talks=2.5), 120),
        (Developer(sessions=1.5), 40),
        (App(calls=30), 20),
        calendar=_HASTY,
    ),
    _among_strangers(
        "night_batch",
        "Jobs work through documents at night or without pause.",
        (App(calls=90, hours="night", batch=True), 6),
        (App(calls=110, hours="always", batch=True), 3),
    ),
    _among_strangers("migration", "Firms move between gateways and carry their conversations on.", (Migration(30), 5)),
    Story(
        "peace",
        "Everything that is honest at once.",
        FORTNIGHT,
        (
            *STRANGERS,
            (Person(talks=2.5), 150),
            (Developer(sessions=1.2), 50),
            (Developer(sessions=1.2, newest=True), 20),
            (Developer(sessions=0.8, loops=True), 6),
            (Developer(sessions=0.8, parallel=4), 6),
            (App(calls=30), 20),
            (App(calls=250, hours="always"), 1),
            (Office(30), 2),
            (Office(25, declared=False), 2),
            (UniversityClass(50), 1),
            (Reseller(150), 3),
            (CarrierNat(150), 1),
            (SharedVpn(80), 1),
            (ViralCrowd(120), 1),
            (Benchmark(250), 4),
            (App(calls=70, hours="night", batch=True), 3),
            (Migration(20), 2),
        ),
        prices=PRICES,
    ),
)
